using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// One version of a task's training set, for good: from the first one and the blobs of the others anybody makes the set again. Layout:
/// root 32 | samples 4 | height 8 | delta 8 | blob 32 | proposer 20 | adds 4 | removes 4; all zeros after the samples in version 0.
/// </summary>
/// <param name="Root">Root of the set.</param>
/// <param name="Samples">How many it has.</param>
/// <param name="Height">The block at whose end it came.</param>
/// <param name="Delta">Number of the delta that made it.</param>
/// <param name="Blob">That delta's blob.</param>
/// <param name="Proposer">Who proposed it.</param>
/// <param name="Adds">Samples that it added.</param>
/// <param name="Removes">Samples that it removed.</param>
public sealed record VersionRecord(Hash256 Root, uint Samples, Height Height, ulong Delta, BlobHash Blob, Address Proposer, uint Adds, uint Removes)
{
    public static VersionRecord? Get(IStateReader state, Hash256 task, ulong version)
    {
        if (state.Get(DatasetKeys.Version(task, version)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new VersionRecord(
            reader.Hash(),
            reader.UInt32(),
            reader.Height(),
            reader.UInt64(),
            new BlobHash(reader.Hash()),
            reader.Address(),
            reader.UInt32(),
            reader.UInt32());
        Invariant.Check(reader.IsWhole, "a version record is as it was written");
        return record;
    }

    internal void Store(StateOverlay state, Hash256 task, ulong version) => state.Set(
        DatasetKeys.Version(task, version),
        new ByteWriter().Hash(Root).UInt32(Samples).Height(Height).UInt64(Delta).Hash(Blob.Value).Address(Proposer).UInt32(Adds).UInt32(Removes).ToArray());
}
