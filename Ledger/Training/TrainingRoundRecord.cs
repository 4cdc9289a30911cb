using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A training round in progress. What it is judged by (samples, required gain, what is paid, what raises z, the fee, the device, the age of
/// training sets, the windows) is fixed at its opening, like the incumbent; z when it is known which candidates are judged. Layout: task 32 | number 8 | incumbent 32 | opened 8 | phase 1 | window opened 8 |
/// seed index 8 | seed 32 | samples 4 | paid samples 4 | private samples 4 | required gain 4 | z base 4 | attempts before 4 | z 4 |
/// paid errors 4 | colluder bits 4 | tries bits at most 4 | fee 16 | training set version 8 | needs cuda 1 | window lengths 28 |
/// check rules 33 | authors, count 2 | candidates, count 1.
/// </summary>
public sealed record TrainingRoundRecord
{
    public required Hash256 Task { get; init; }

    public required ulong Number { get; init; }

    public required BlobHash Incumbent { get; init; }

    /// <summary>The block of the first commit. Only seed chains that were registered before it count.</summary>
    public required Height Opened { get; init; }

    public required TrainingPhase Phase { get; init; }

    /// <summary>The block at whose end the window opened; messages are taken from the next one on (commits from this one on).</summary>
    public required Height WindowOpened { get; init; }

    /// <summary>The running number, over all tasks, that says which share of each chain belongs here; 0 before the seed window opens.</summary>
    public ulong SeedIndex { get; init; }

    /// <summary>Zero until the seed window has closed.</summary>
    public Hash256 Seed { get; init; }

    public required uint Samples { get; init; }

    /// <summary>The last ones of the draw, which judge nobody.</summary>
    public required uint PaidSamples { get; init; }

    public required uint PrivateSamples { get; init; }

    public required uint RequiredGainMillionths { get; init; }

    /// <summary>For a single look, as the parameters had it at the opening.</summary>
    public required uint ZBaseThousandths { get; init; }

    /// <summary>Candidates that were judged against this incumbent in earlier rounds.</summary>
    public required uint AttemptsBefore { get; init; }

    /// <summary>What is asked; zero until the availability window has closed.</summary>
    public uint ZThousandths { get; init; }

    public required uint PaidErrorsThousandths { get; init; }

    /// <summary>Doublings that z allows for colluding validators.</summary>
    public uint ColluderBits { get; init; }

    /// <summary>Doublings at most that z allows for the candidates tried.</summary>
    public uint TriesBitsMax { get; init; }

    /// <summary>What an honest candidate that falls short pays.</summary>
    public Amount Fee { get; init; }

    /// <summary>The version of the task's training set by which the age of others is judged.</summary>
    public ulong TrainingSetVersion { get; init; }

    /// <summary>Whether a candidate must declare a CUDA device.</summary>
    public bool NeedsCuda { get; init; }

    public required WindowLengths Windows { get; init; }

    /// <summary>What candidates are checked for besides their losses.</summary>
    public CheckRules Rules { get; init; }

    /// <summary>Who has authored a block since the window opened, each once, in that order.</summary>
    public ImmutableArray<Address> Authors { get; init; } = [];

    /// <summary>In the order of commitment.</summary>
    public ImmutableArray<RoundCandidate> Candidates { get; init; } = [];

    /// <summary>Those that are judged, in the order of commitment, each with its place among the candidates.</summary>
    public IEnumerable<(int Index, RoundCandidate Candidate)> Judged
    {
        get
        {
            for (var i = 0; i < Candidates.Length; i++)
                if (Candidates[i].Status == CandidateStatus.Available)
                    yield return (i, Candidates[i]);
        }
    }

    /// <summary>How many private losses an attestation carries: the incumbent's and each judged candidate's.</summary>
    public int PrivateLossesCount => (int)PrivateSamples * (1 + Judged.Count());

    public static TrainingRoundRecord? Get(IStateReader state, Hash256 task)
    {
        if (state.Get(TrainingKeys.Round(task)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new TrainingRoundRecord
        {
            Task = reader.Hash(),
            Number = reader.UInt64(),
            Incumbent = new BlobHash(reader.Hash()),
            Opened = reader.Height(),
            Phase = (TrainingPhase)reader.Byte(),
            WindowOpened = reader.Height(),
            SeedIndex = reader.UInt64(),
            Seed = reader.Hash(),
            Samples = reader.UInt32(),
            PaidSamples = reader.UInt32(),
            PrivateSamples = reader.UInt32(),
            RequiredGainMillionths = reader.UInt32(),
            ZBaseThousandths = reader.UInt32(),
            AttemptsBefore = reader.UInt32(),
            ZThousandths = reader.UInt32(),
            PaidErrorsThousandths = reader.UInt32(),
            ColluderBits = reader.UInt32(),
            TriesBitsMax = reader.UInt32(),
            Fee = reader.Amount(),
            TrainingSetVersion = reader.UInt64(),
            NeedsCuda = reader.Byte() != 0,
            Windows = WindowLengths.ReadFrom(ref reader),
            Rules = CheckRules.ReadFrom(ref reader),
            Authors = ReadAuthors(ref reader),
            Candidates = ReadCandidates(ref reader),
        };
        Invariant.Check(reader.IsWhole, "a round record is as it was written");
        return record;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter()
            .Hash(Task)
            .UInt64(Number)
            .Hash(Incumbent.Value)
            .Height(Opened)
            .Byte((byte)Phase)
            .Height(WindowOpened)
            .UInt64(SeedIndex)
            .Hash(Seed)
            .UInt32(Samples)
            .UInt32(PaidSamples)
            .UInt32(PrivateSamples)
            .UInt32(RequiredGainMillionths)
            .UInt32(ZBaseThousandths)
            .UInt32(AttemptsBefore)
            .UInt32(ZThousandths)
            .UInt32(PaidErrorsThousandths)
            .UInt32(ColluderBits)
            .UInt32(TriesBitsMax)
            .Amount(Fee)
            .UInt64(TrainingSetVersion)
            .Byte(NeedsCuda ? (byte)1 : (byte)0);
        Windows.WriteTo(writer);
        Rules.WriteTo(writer);
        writer.UInt16((ushort)Authors.Length);
        foreach (var author in Authors) writer.Address(author);
        writer.Byte((byte)Candidates.Length);
        foreach (var candidate in Candidates) candidate.WriteTo(writer);
        return writer.ToArray();
    }

    internal void Store(StateOverlay state) => state.Set(TrainingKeys.Round(Task), Encode());

    internal TrainingRoundRecord WithCandidate(int index, RoundCandidate candidate) => this with { Candidates = Candidates.SetItem(index, candidate) };

    /// <summary>The next window, opened at the end of a block.</summary>
    internal TrainingRoundRecord Enter(TrainingPhase phase, Height height) => this with { Phase = phase, WindowOpened = height, Authors = [] };

    private static ImmutableArray<Address> ReadAuthors(ref ByteReader reader)
    {
        var count = reader.Count16(ushort.MaxValue, Address.Size);
        var authors = ImmutableArray.CreateBuilder<Address>(count);
        for (var i = 0; i < count; i++) authors.Add(reader.Address());
        return authors.MoveToImmutable();
    }

    private static ImmutableArray<RoundCandidate> ReadCandidates(ref ByteReader reader)
    {
        int count = reader.Byte();
        if (count > Limits.CandidatesMax) reader.Fail();
        var candidates = ImmutableArray.CreateBuilder<RoundCandidate>();
        for (var i = 0; i < count && !reader.Failed; i++) candidates.Add(RoundCandidate.ReadFrom(ref reader));
        return candidates.ToImmutable();
    }
}
