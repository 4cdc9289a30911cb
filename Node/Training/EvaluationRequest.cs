using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// What an evaluator process is asked: the losses of some checkpoints on some samples. Layout: data set root 32 | spec, length first |
/// samples, count 4, each 4 | checkpoints, count 1, each length first.
/// </summary>
internal sealed record EvaluationRequest(Hash256 Dataset, ReadOnlyMemory<byte> Spec, IReadOnlyList<int> Samples, IReadOnlyList<ReadOnlyMemory<byte>> Checkpoints)
{
    public const int BytesMax = 1 << 30;

    private const int SpecBytesMax = 1 << 20;

    public byte[] Encode()
    {
        var writer = new ByteWriter().Hash(Dataset).LengthAndBytes(Spec.Span).UInt32((uint)Samples.Count);
        foreach (var sample in Samples) writer.UInt32((uint)sample);
        writer.Byte((byte)Checkpoints.Count);
        foreach (var checkpoint in Checkpoints) writer.LengthAndBytes(checkpoint.Span);
        return writer.ToArray();
    }

    public static EvaluationRequest? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var dataset = reader.Hash();
        var spec = reader.LengthAndBytes(SpecBytesMax).ToArray();
        var samples = new int[reader.Count32(2 * Limits.EvaluationSamplesMax, 4)];
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = reader.UInt32();
            if (sample > int.MaxValue) return null;
            samples[i] = (int)sample;
        }

        var checkpoints = new ReadOnlyMemory<byte>[reader.Byte()];
        for (var i = 0; i < checkpoints.Length; i++) checkpoints[i] = reader.LengthAndBytes(BlobLimits.BlobBytesMax).ToArray();
        return reader.IsWhole ? new EvaluationRequest(dataset, spec, samples, checkpoints) : null;
    }
}

/// <summary>What became of one checkpoint: its losses in the order of the samples, or why it has none. Layout: verdict 1 | losses, count 4, each 4.</summary>
internal sealed record CheckpointLosses(CandidateVerdict Verdict, IReadOnlyList<uint> Losses)
{
    public static byte[] Encode(IReadOnlyList<CheckpointLosses> results)
    {
        var writer = new ByteWriter().Byte((byte)results.Count);
        foreach (var (verdict, losses) in results)
        {
            writer.Byte((byte)verdict).UInt32((uint)losses.Count);
            foreach (var loss in losses) writer.UInt32(loss);
        }

        return writer.ToArray();
    }

    public static IReadOnlyList<CheckpointLosses>? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var results = new CheckpointLosses[reader.Byte()];
        for (var i = 0; i < results.Length; i++)
        {
            var verdict = (CandidateVerdict)reader.Byte();
            var losses = new uint[reader.Count32(2 * Limits.EvaluationSamplesMax, 4)];
            for (var j = 0; j < losses.Length; j++) losses[j] = reader.UInt32();
            results[i] = new CheckpointLosses(verdict, losses);
        }

        return reader.IsWhole ? results : null;
    }
}
