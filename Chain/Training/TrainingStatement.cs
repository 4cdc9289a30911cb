using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>What every honest validator finds when it evaluates a training round: the same bytes, so that attestation is equality.</summary>
/// <remarks>
/// Layout: genesis 32 | task 32 | training round 8 | seed 32 | evaluation set 32 | incumbent 32 | incumbent losses root 32 |
/// incumbent loss sum 8 | samples 4 | required gain 4 (millionths of the incumbent's loss) | z 4 (thousandths) | candidates, count 1.
/// Losses are in 2^-20 nats.
/// </remarks>
public sealed record TrainingStatement
{
    public required GenesisHash Genesis { get; init; }

    public required Hash256 Task { get; init; }

    public required ulong TrainingRound { get; init; }

    public required Hash256 Seed { get; init; }

    /// <summary>Root of the data set that the samples are drawn from.</summary>
    public required Hash256 EvaluationSet { get; init; }

    public required BlobHash Incumbent { get; init; }

    public required Hash256 IncumbentLossesRoot { get; init; }

    public required ulong IncumbentLossSum { get; init; }

    public required uint Samples { get; init; }

    public required uint RequiredGainMillionths { get; init; }

    public required uint ZThousandths { get; init; }

    /// <summary>In the order of commitment.</summary>
    public required ImmutableArray<CandidateResult> Candidates { get; init; }

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

    /// <summary>What a candidate gained over the incumbent on the same samples.</summary>
    public GainStatistics GainOf(CandidateResult candidate) => new(Samples, (Int128)IncumbentLossSum - candidate.LossSum, candidate.DifferenceSquareSum);

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
            .Hash(EvaluationSet)
            .Hash(Incumbent.Value)
            .Hash(IncumbentLossesRoot)
            .UInt64(IncumbentLossSum)
            .UInt32(Samples)
            .UInt32(RequiredGainMillionths)
            .UInt32(ZThousandths)
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
            EvaluationSet = reader.Hash(),
            Incumbent = new BlobHash(reader.Hash()),
            IncumbentLossesRoot = reader.Hash(),
            IncumbentLossSum = reader.UInt64(),
            Samples = reader.UInt32(),
            RequiredGainMillionths = reader.UInt32(),
            ZThousandths = reader.UInt32(),
            Candidates = ReadCandidates(ref reader),
        };
        if (!reader.IsWhole || read.Samples is < 2 or > Limits.EvaluationSamplesMax || !AreSumsPossible(read)) return false;
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

    // Bounds that make every later product fit.
    private static bool AreSumsPossible(TrainingStatement statement)
    {
        var most = (UInt128)statement.Samples * Loss.UnitsMax;
        if (statement.IncumbentLossSum > most) return false;
        foreach (var candidate in statement.Candidates)
        {
            if (candidate.LossSum > most || candidate.DifferenceSquareSum > most * Loss.UnitsMax) return false;
            if (candidate.Verdict == CandidateVerdict.Evaluated && !statement.GainOf(candidate).IsPossible) return false;
        }

        return true;
    }
}
