using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>
/// What an evaluator found about one checkpoint: nothing but what follows from the request. Layout: source 1 (0: its samples are not here, and all
/// else is empty) | verdict 1 | detail 4 | losses of the draws, count 1, each count 4, each 4 | labels, length first | logits, count 4, each the 4 bytes
/// of a single | losses under the triggers, as those of the draws | fault of the probe 1.
/// </summary>
internal sealed record CheckpointReport(CandidateVerdict Verdict)
{
    private const int LogitsMax = FunctionDistance.SamplesMax * ModelLimits.ClassesMax;

    public static readonly CheckpointReport NoSource = new(CandidateVerdict.Evaluated) { IsSourceHere = false };

    public bool IsSourceHere { get; init; } = true;

    public uint Detail { get; init; }

    /// <summary>Of each draw, in 2^-20 nats, in its order; none where a sample of it gave a number that is not finite.</summary>
    public IReadOnlyList<uint[]> Losses { get; init; } = [];

    /// <summary>Of the first draw's samples.</summary>
    public byte[] Labels { get; init; } = [];

    /// <summary>[sample][class], as many samples as were asked for.</summary>
    public float[] Logits { get; init; } = [];

    /// <summary>Of each trigger, in the same way as of a draw.</summary>
    public IReadOnlyList<uint[]> TriggerLosses { get; init; } = [];

    public ProbeFault Probe { get; init; }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Byte(IsSourceHere ? (byte)1 : (byte)0).Byte((byte)Verdict).UInt32(Detail);
        Write(writer, Losses);
        writer.LengthAndBytes(Labels).UInt32((uint)Logits.Length);
        foreach (var logit in Logits) writer.UInt32(BitConverter.SingleToUInt32Bits(logit));
        Write(writer, TriggerLosses);
        return writer.Byte((byte)Probe).ToArray();
    }

    /// <summary>Null for what no evaluator says: whoever wrote it is broken.</summary>
    public static CheckpointReport? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var source = reader.Byte();
        var (verdict, detail) = ((CandidateVerdict)reader.Byte(), reader.UInt32());
        var losses = ReadLosses(ref reader);
        var labels = reader.LengthAndBytes(Limits.EvaluationSamplesMax).ToArray();
        var logits = new float[reader.Count32(LogitsMax, 4)];
        for (var i = 0; i < logits.Length; i++) logits[i] = BitConverter.UInt32BitsToSingle(reader.UInt32());
        var triggers = ReadLosses(ref reader);
        var probe = (ProbeFault)reader.Byte();
        if (!reader.IsWhole || source > 1 || verdict > CandidateVerdict.Unbalanced || probe > ProbeFault.DeadUnits) return null;
        if (logits.Any(logit => !float.IsFinite(logit))) return null;
        return new CheckpointReport(verdict)
        {
            IsSourceHere = source == 1,
            Detail = detail,
            Losses = losses,
            Labels = labels,
            Logits = logits,
            TriggerLosses = triggers,
            Probe = probe,
        };
    }

    private static void Write(ByteWriter writer, IReadOnlyList<uint[]> lists)
    {
        writer.Byte((byte)lists.Count);
        foreach (var losses in lists)
        {
            writer.UInt32((uint)losses.Length);
            foreach (var loss in losses) writer.UInt32(loss);
        }
    }

    private static uint[][] ReadLosses(ref ByteReader reader)
    {
        var lists = new uint[reader.Byte()][];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = new uint[reader.Count32(Limits.EvaluationSamplesMax, 4)];
            for (var j = 0; j < lists[i].Length; j++)
                if ((lists[i][j] = reader.UInt32()) > Loss.UnitsMax)
                    reader.Fail();
        }

        return lists;
    }
}
