using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// How many blocks each window of a round has, as the parameters were at its opening: a vote changes the rounds that follow. Layout: commit 4 |
/// reveal 4 | availability 4 | seed 4 | release 4 | attest commit 4 | attest reveal 4.
/// </summary>
public readonly record struct WindowLengths(uint Commit, uint Reveal, uint Availability, uint Seed, uint Release, uint AttestCommit, uint AttestReveal)
{
    public uint this[TrainingPhase phase] => phase switch
    {
        TrainingPhase.Commit => Commit,
        TrainingPhase.Reveal => Reveal,
        TrainingPhase.Availability => Availability,
        TrainingPhase.Seed => Seed,
        TrainingPhase.Release => Release,
        TrainingPhase.AttestCommit => AttestCommit,
        TrainingPhase.AttestReveal => AttestReveal,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static WindowLengths Of(TrainingParameters parameters, HoldOutParameters holdOuts) => new(
        parameters.CommitBlocks,
        parameters.RevealBlocks,
        parameters.AvailabilityBlocks,
        parameters.SeedBlocks,
        holdOuts.ReleaseBlocks,
        parameters.AttestCommitBlocks,
        parameters.AttestRevealBlocks);

    internal void WriteTo(ByteWriter writer) =>
        writer.UInt32(Commit).UInt32(Reveal).UInt32(Availability).UInt32(Seed).UInt32(Release).UInt32(AttestCommit).UInt32(AttestReveal);

    internal static WindowLengths ReadFrom(ref ByteReader reader) =>
        new(reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32());
}
