using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A validator whose attestation made the certificate.</summary>
/// <param name="Key">The one that committed.</param>
/// <param name="Committed">The block with the commitment.</param>
/// <param name="Paid">What it was paid for the round.</param>
public readonly record struct RecheckedAttester(Address Key, Height Committed, Amount Paid);

/// <summary>One whose private losses are computed again.</summary>
/// <param name="Attester">Its place among the attesters.</param>
/// <param name="Losses">What it showed on the samples that were drawn: the incumbent's, then each judged candidate's.</param>
public readonly record struct RecheckTarget(ushort Attester, ImmutableArray<uint> Losses);

/// <summary>A judged candidate, and whether the certificate says that it has losses; one that has none has zeros for private losses.</summary>
public readonly record struct RecheckModel(BlobHash Model, bool HasLosses);

/// <summary>
/// The re-check of a certified round's private losses, in progress: all that it takes is here, for the round itself is over. Layout: task 32 | round 8 | window
/// opened 8 | blocks 4 | seed 32 | private samples 4 | incumbent 32 | authors, count 2, each 20 | candidates, count 1, each model 32 and has losses 1 | places,
/// count 2, each 2 | attesters, count 2, each key 20, committed 8, paid 16 | targets, count 1, each attester 2 and its losses, 4 each.
/// </summary>
public sealed record RecheckRecord
{
    public required Hash256 Task { get; init; }

    public required ulong Number { get; init; }

    /// <summary>The block that certified the round: messages are taken from the next one on.</summary>
    public required Height Opened { get; init; }

    /// <summary>Length of the window.</summary>
    public required uint Blocks { get; init; }

    /// <summary>The round's.</summary>
    public required Hash256 Seed { get; init; }

    /// <summary>How many each attester had.</summary>
    public required uint PrivateSamples { get; init; }

    public required BlobHash Incumbent { get; init; }

    /// <summary>Who has authored a block that counts, each once, in that order.</summary>
    public ImmutableArray<Address> Authors { get; init; } = [];

    /// <summary>In the order of the statement.</summary>
    public required ImmutableArray<RecheckModel> Candidates { get; init; }

    /// <summary>Which of each target's private samples are computed again, by their places in its draw, ascending.</summary>
    public required ImmutableArray<ushort> Places { get; init; }

    /// <summary>All whose attestations make the certificate, ascending by the key that committed.</summary>
    public required ImmutableArray<RecheckedAttester> Attesters { get; init; }

    /// <summary>Bit i of a re-check stands for the i-th.</summary>
    public required ImmutableArray<RecheckTarget> Targets { get; init; }

    public RecheckedAttester AttesterOf(RecheckTarget target) => Attesters[target.Attester];

    /// <summary>What a target showed for a model: 0 is the incumbent, from 1 on the judged candidates.</summary>
    public ReadOnlySpan<uint> LossesOf(RecheckTarget target, int model) => target.Losses.AsSpan().Slice(model * Places.Length, Places.Length);

    /// <summary>Every checkpoint that the re-check computes with.</summary>
    public IEnumerable<BlobHash> Models => Candidates.Where(candidate => candidate.HasLosses).Select(candidate => candidate.Model).Prepend(Incumbent).Distinct();

    public static RecheckRecord? Get(IStateReader state, Hash256 task)
    {
        if (state.Get(TrainingKeys.Recheck(task)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new RecheckRecord
        {
            Task = reader.Hash(),
            Number = reader.UInt64(),
            Opened = reader.Height(),
            Blocks = reader.UInt32(),
            Seed = reader.Hash(),
            PrivateSamples = reader.UInt32(),
            Incumbent = new BlobHash(reader.Hash()),
            Authors = ReadAuthors(ref reader),
            Candidates = ReadCandidates(ref reader),
            Places = ReadPlaces(ref reader),
            Attesters = ReadAttesters(ref reader),
            Targets = [],
        };
        record = record with { Targets = ReadTargets(ref reader, record.Places.Length * (1 + record.Candidates.Length)) };
        Invariant.Check(reader.IsWhole, "a re-check is as it was written");
        return record;
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter()
            .Hash(Task)
            .UInt64(Number)
            .Height(Opened)
            .UInt32(Blocks)
            .Hash(Seed)
            .UInt32(PrivateSamples)
            .Hash(Incumbent.Value)
            .UInt16((ushort)Authors.Length);
        foreach (var author in Authors) writer.Address(author);
        writer.Byte((byte)Candidates.Length);
        foreach (var (model, hasLosses) in Candidates) writer.Hash(model.Value).Byte(hasLosses ? (byte)1 : (byte)0);
        writer.UInt16((ushort)Places.Length);
        foreach (var place in Places) writer.UInt16(place);
        writer.UInt16((ushort)Attesters.Length);
        foreach (var (key, committed, paid) in Attesters) writer.Address(key).Height(committed).Amount(paid);
        writer.Byte((byte)Targets.Length);
        foreach (var (attester, losses) in Targets)
        {
            writer.UInt16(attester);
            foreach (var loss in losses) writer.UInt32(loss);
        }

        state.Set(TrainingKeys.Recheck(Task), writer.ToArray());
    }

    private static ImmutableArray<Address> ReadAuthors(ref ByteReader reader)
    {
        var authors = new Address[reader.Count16(ushort.MaxValue, Address.Size)];
        for (var i = 0; i < authors.Length; i++) authors[i] = reader.Address();
        return [.. authors];
    }

    private static ImmutableArray<RecheckModel> ReadCandidates(ref ByteReader reader)
    {
        var candidates = new RecheckModel[reader.Byte()];
        for (var i = 0; i < candidates.Length; i++) candidates[i] = new RecheckModel(new BlobHash(reader.Hash()), reader.Byte() != 0);
        return [.. candidates];
    }

    private static ImmutableArray<ushort> ReadPlaces(ref ByteReader reader)
    {
        var places = new ushort[reader.Count16(Limits.PrivateSamplesMax, 2)];
        for (var i = 0; i < places.Length; i++) places[i] = reader.UInt16();
        return [.. places];
    }

    private static ImmutableArray<RecheckedAttester> ReadAttesters(ref ByteReader reader)
    {
        var attesters = new RecheckedAttester[reader.Count16(Limits.ValidatorsMax, Address.Size + 8 + Amount.Size)];
        for (var i = 0; i < attesters.Length; i++) attesters[i] = new RecheckedAttester(reader.Address(), reader.Height(), reader.Amount());
        return [.. attesters];
    }

    private static ImmutableArray<RecheckTarget> ReadTargets(ref ByteReader reader, int each)
    {
        var targets = new RecheckTarget[reader.Byte()];
        for (var i = 0; i < targets.Length; i++)
        {
            var attester = reader.UInt16();
            var losses = new uint[each];
            for (var j = 0; j < each; j++) losses[j] = reader.UInt32();
            targets[i] = new RecheckTarget(attester, [.. losses]);
        }

        return [.. targets];
    }
}
