using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>What every honest validator finds when it evaluates a training round: the same bytes, so that attestation is equality.</summary>
/// <remarks>
/// Layout: genesis 32 | task 32 | training round 8 | seed 32 | sample root 32 | incumbent 32 | incumbent losses root 32 |
/// incumbent loss sum 8 | incumbent paid sum 8 | samples 4 | paid samples 4 | required gain 4 (millionths of the incumbent's loss) |
/// z 4 (thousandths) | paid errors 4 (thousandths) | candidates, count 1. Losses are in 2^-20 nats. The first samples of the draw judge, the last
/// ones, as many as paid samples says, pay: what chose the winner says nothing about its pay, so nobody is paid for luck.
/// </remarks>
public sealed record TrainingStatement
{
    /// <summary>A part of the samples has at least two, so that it has a spread.</summary>
    public const uint SamplesPerPartMin = 2;

    public required GenesisHash Genesis { get; init; }

    public required Hash256 Task { get; init; }

    public required ulong TrainingRound { get; init; }

    public required Hash256 Seed { get; init; }

    /// <summary>Over the samples that were drawn, <see cref="CandidateBinding.SampleList"/>.</summary>
    public required Hash256 SampleRoot { get; init; }

    public required BlobHash Incumbent { get; init; }

    public required Hash256 IncumbentLossesRoot { get; init; }

    /// <summary>On the samples that judge.</summary>
    public required ulong IncumbentLossSum { get; init; }

    /// <summary>On the samples that pay.</summary>
    public required ulong IncumbentPaidSum { get; init; }

    /// <summary>All that were drawn.</summary>
    public required uint Samples { get; init; }

    /// <summary>The last ones of the draw.</summary>
    public required uint PaidSamples { get; init; }

    public required uint RequiredGainMillionths { get; init; }

    public required uint ZThousandths { get; init; }

    /// <summary>Standard errors of the part that pays that are taken off what is paid, in thousandths.</summary>
    public required uint PaidErrorsThousandths { get; init; }

    /// <summary>In the order of commitment.</summary>
    public required ImmutableArray<CandidateResult> Candidates { get; init; }

    /// <summary>The first ones of the draw.</summary>
    public uint JudgedSamples => Samples - PaidSamples;

    /// <summary>What an attester signs.</summary>
    public TaggedContent Attestation => new(Domain.Attestation, Encode());

    public Hash256 Digest => Attestation.Digest;

    /// <summary>
    /// Index of the certified candidate: the largest gain among those that reach both bounds; the earliest commit where two are equal.
    /// Null where none does.
    /// </summary>
    public int? Winner
    {
        get
        {
            int? best = null;
            for (var i = 0; i < Candidates.Length; i++)
            {
                if (!Reaches(Candidates[i])) continue;
                if (best is null || Candidates[i].LossSum < Candidates[best.Value].LossSum) best = i;
            }

            return best;
        }
    }

    /// <summary>What a candidate gained over the incumbent on the samples that judge.</summary>
    public GainStatistics GainOf(CandidateResult candidate) => new(JudgedSamples, (Int128)IncumbentLossSum - candidate.LossSum, candidate.DifferenceSquareSum);

    /// <summary>The same on the samples that pay.</summary>
    public GainStatistics PaidGainOf(CandidateResult candidate) =>
        new(PaidSamples, (Int128)IncumbentPaidSum - candidate.PaidLossSum, candidate.PaidSquareSum);

    /// <summary>The summed gain that a reward is paid for, against <see cref="IncumbentPaidSum"/>.</summary>
    public ulong PaidSumOf(CandidateResult candidate) => PaidGainOf(candidate).PaidSum(PaidErrorsThousandths);

    public bool Reaches(CandidateResult candidate) =>
        candidate.Verdict == CandidateVerdict.Evaluated
        && GainOf(candidate).ReachesZ(ZThousandths)
        && GainOf(candidate).ReachesShare(IncumbentLossSum, RequiredGainMillionths);

    public byte[] Encode()
    {
        var writer = new ByteWriter()
            .Hash(Genesis.Value)
            .Hash(Task)
            .UInt64(TrainingRound)
            .Hash(Seed)
            .Hash(SampleRoot)
            .Hash(Incumbent.Value)
            .Hash(IncumbentLossesRoot)
            .UInt64(IncumbentLossSum)
            .UInt64(IncumbentPaidSum)
            .UInt32(Samples)
            .UInt32(PaidSamples)
            .UInt32(RequiredGainMillionths)
            .UInt32(ZThousandths)
            .UInt32(PaidErrorsThousandths)
            .Byte((byte)Candidates.Length);
        foreach (var candidate in Candidates) candidate.WriteTo(writer);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TrainingStatement? statement)
    {
        statement = null;
        var reader = new ByteReader(bytes);
        var read = new TrainingStatement
        {
            Genesis = new GenesisHash(reader.Hash()),
            Task = reader.Hash(),
            TrainingRound = reader.UInt64(),
            Seed = reader.Hash(),
            SampleRoot = reader.Hash(),
            Incumbent = new BlobHash(reader.Hash()),
            IncumbentLossesRoot = reader.Hash(),
            IncumbentLossSum = reader.UInt64(),
            IncumbentPaidSum = reader.UInt64(),
            Samples = reader.UInt32(),
            PaidSamples = reader.UInt32(),
            RequiredGainMillionths = reader.UInt32(),
            ZThousandths = reader.UInt32(),
            PaidErrorsThousandths = reader.UInt32(),
            Candidates = ReadCandidates(ref reader),
        };
        if (!reader.IsWhole || !AreSamplesPossible(read) || !AreSumsPossible(read)) return false;
        statement = read;
        return true;
    }

    public bool Equals(TrainingStatement? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(Task, TrainingRound, Seed);

    private static ImmutableArray<CandidateResult> ReadCandidates(ref ByteReader reader)
    {
        int count = reader.Byte();
        if (count > Limits.CandidatesMax) reader.Fail();
        var candidates = ImmutableArray.CreateBuilder<CandidateResult>();
        for (var i = 0; i < count && !reader.Failed; i++) candidates.Add(CandidateResult.ReadFrom(ref reader));
        return candidates.ToImmutable();
    }

    // Compared so that no sum wraps: samples are few, what is read may be anything.
    private static bool AreSamplesPossible(TrainingStatement statement) =>
        statement.Samples <= Limits.EvaluationSamplesMax
        && statement.PaidSamples >= SamplesPerPartMin
        && statement.PaidSamples <= Limits.EvaluationSamplesMax
        && statement.Samples >= statement.PaidSamples + SamplesPerPartMin
        && statement.PaidErrorsThousandths <= GainStatistics.PaidErrorsThousandthsMax;

    // Bounds that make every later product fit.
    private static bool AreSumsPossible(TrainingStatement statement)
    {
        var judged = (UInt128)statement.JudgedSamples * Loss.UnitsMax;
        var paid = (UInt128)statement.PaidSamples * Loss.UnitsMax;
        if (statement.IncumbentLossSum > judged || statement.IncumbentPaidSum > paid) return false;
        foreach (var candidate in statement.Candidates)
        {
            if (candidate.LossSum > judged || candidate.DifferenceSquareSum > judged * Loss.UnitsMax) return false;
            if (candidate.PaidLossSum > paid || candidate.PaidSquareSum > paid * Loss.UnitsMax) return false;
            if (candidate.HasLosses && !(statement.GainOf(candidate).IsPossible && statement.PaidGainOf(candidate).IsPossible)) return false;
        }

        return true;
    }
}
