using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Samples by their numbers, and the seed of the draw that they came from, under which a generator paints them.</summary>
internal sealed record DrawnSamples(Hash256 Seed, IReadOnlyList<int> Numbers);

/// <summary>Training for a few steps, on what a seed draws from a training set.</summary>
internal sealed record ProbeOrder(Hash256 TrainingSet, Hash256 Seed, int Steps, int Batch);

/// <summary>
/// What an evaluator is asked about one checkpoint. Layout: data set root 32 | spec, length first | balance 1 | logit samples 4 | draws, count 1,
/// each seed 32 and numbers, count 4, each 4 | triggers, count 1, each corner 1, size 1, value 1 | their samples, as a draw | probe steps 4 and, where
/// there are any, batch 4, training set 32, seed 32 | sealed samples, count 2, pixels 4, label and pixels of each | checkpoint, length first. A number above
/// 2^31 - 1 is a sealed sample: 2^32 - 1 less its place.
/// </summary>
internal sealed record EvaluationRequest(Hash256 Source, ReadOnlyMemory<byte> Spec, ReadOnlyMemory<byte> Checkpoint)
{
    /// <summary>Of a checkpoint, a spec, and as many samples as a round may have.</summary>
    public const int BytesMax = BlobLimits.BlobBytesMax + (16 << 20) + (SealedLimits.DrawnMax * (1 + SealedLimits.PixelsMax));

    public const int DrawsMax = 255;

    private const int SpecBytesMax = 1 << 20;

    private static readonly DrawnSamples NoSamples = new(Hash256.Zero, []);

    /// <summary>What losses are asked for; the verdict is that of the first draw alone.</summary>
    public IReadOnlyList<DrawnSamples> Draws { get; init; } = [];

    public bool IsBalanceDemanded { get; init; }

    /// <summary>The logits of so many samples, the first ones of the first draw, are wanted too.</summary>
    public int LogitSamples { get; init; }

    public IReadOnlyList<TriggerPatch> Triggers { get; init; } = [];

    /// <summary>What each trigger is stamped on.</summary>
    public DrawnSamples TriggerSamples { get; init; } = NoSamples;

    public ProbeOrder? Probe { get; init; }

    /// <summary>What numbers below zero mean: ~i is sample i of these.</summary>
    public SealedSamples Sealed { get; init; } = SealedSamples.None;

    /// <summary>What the answer takes, in samples that are evaluated. One that is learned from, forward and backward, is as much as three.</summary>
    public long Work => Draws.Sum(draw => (long)draw.Numbers.Count) + ((long)Triggers.Count * TriggerSamples.Numbers.Count)
        + (Probe is { } probe ? ((3L * probe.Steps) + TrainabilityProbe.Window) * probe.Batch : 0);

    public byte[] Encode()
    {
        Invariant.Check(Draws.Count <= DrawsMax, "a request draws for one validator or a few");
        Invariant.Check(Triggers.Count <= RegressionCheck.TriggersMax, "a task has few triggers");
        var writer = new ByteWriter()
            .Hash(Source).LengthAndBytes(Spec.Span).Byte(IsBalanceDemanded ? (byte)1 : (byte)0).UInt32((uint)LogitSamples).Byte((byte)Draws.Count);
        foreach (var draw in Draws) Write(writer, draw);
        writer.Byte((byte)Triggers.Count);
        foreach (var (corner, size, value) in Triggers) writer.Byte((byte)corner).Byte((byte)size).Byte(value);
        Write(writer, TriggerSamples);
        writer.UInt32((uint)(Probe?.Steps ?? 0));
        if (Probe is { } probe) writer.UInt32((uint)probe.Batch).Hash(probe.TrainingSet).Hash(probe.Seed);
        writer.UInt16((ushort)Sealed.Count).UInt32((uint)Sealed.Pixels);
        foreach (var sample in Sealed.Samples) writer.Bytes(sample);
        return writer.LengthAndBytes(Checkpoint.Span).ToArray();
    }

    public static EvaluationRequest? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var source = reader.Hash();
        var spec = reader.LengthAndBytes(SpecBytesMax).ToArray();
        var balance = reader.Byte();
        var logits = reader.UInt32();
        var draws = new DrawnSamples[reader.Byte()];
        for (var i = 0; i < draws.Length && !reader.Failed; i++) draws[i] = ReadDraw(ref reader);
        var triggers = new TriggerPatch[reader.Byte()];
        for (var i = 0; i < triggers.Length && !reader.Failed; i++) triggers[i] = new TriggerPatch((ImageCorner)reader.Byte(), reader.Byte(), reader.Byte());
        var stamped = ReadDraw(ref reader);
        var steps = reader.UInt32();
        var probe = steps == 0 ? null : ReadProbe(ref reader, steps);
        var opened = ReadSealed(ref reader);
        var checkpoint = reader.LengthAndBytes(BlobLimits.BlobBytesMax).ToArray();
        if (!reader.IsWhole || balance > 1 || logits > FunctionDistance.SamplesMax || triggers.Length > RegressionCheck.TriggersMax) return null;
        if (triggers.Any(trigger => trigger.Corner > ImageCorner.BottomRight || trigger.Size is < 1 or > TriggerPatch.SizeMax)) return null;
        return new EvaluationRequest(source, spec, checkpoint)
        {
            IsBalanceDemanded = balance == 1,
            LogitSamples = (int)logits,
            Draws = draws,
            Triggers = triggers,
            TriggerSamples = stamped,
            Probe = probe,
            Sealed = opened,
        };
    }

    private static void Write(ByteWriter writer, DrawnSamples draw)
    {
        writer.Hash(draw.Seed).UInt32((uint)draw.Numbers.Count);
        foreach (var number in draw.Numbers) writer.UInt32(unchecked((uint)number));
    }

    private static DrawnSamples ReadDraw(ref ByteReader reader)
    {
        var seed = reader.Hash();
        var numbers = new int[reader.Count32(Limits.EvaluationSamplesMax, 4)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = unchecked((int)reader.UInt32());
        return new DrawnSamples(seed, numbers);
    }

    private static SealedSamples ReadSealed(ref ByteReader reader)
    {
        var count = reader.UInt16();
        var pixels = reader.UInt32();
        if (count > SealedLimits.DrawnMax || pixels > SealedLimits.PixelsMax) reader.Fail();
        var samples = ImmutableArray.CreateBuilder<byte[]>();
        for (var i = 0; i < count && !reader.Failed; i++) samples.Add(reader.Bytes(1 + (int)pixels).ToArray());
        return new SealedSamples((int)Math.Min(pixels, SealedLimits.PixelsMax), samples.ToImmutable(), []);
    }

    private static ProbeOrder ReadProbe(ref ByteReader reader, uint steps)
    {
        var batch = reader.UInt32();
        if (steps is < TrainabilityProbe.Window or > 1_000 || batch is 0 or > 1_000) reader.Fail();
        return new ProbeOrder(reader.Hash(), reader.Hash(), (int)Math.Min(steps, 1_000), (int)Math.Min(batch, 1_000));
    }
}
