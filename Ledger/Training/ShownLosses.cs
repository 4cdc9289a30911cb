using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a validator opened with its attestation beside the statement, kept until its round ends: the salt, of which the re-check is drawn, and its private
/// losses, which others compute again. Layout: salt 32 | losses, count 4, each 4.
/// </summary>
internal readonly record struct ShownLosses(Hash256 Salt, ImmutableArray<uint> Losses)
{
    private const int CountMax = Limits.PrivateSamplesMax * (Limits.CandidatesMax + 1);

    /// <param name="state">Where it stands.</param>
    /// <param name="task">The task in whose round it was shown.</param>
    /// <param name="committed">The key that had committed to the attestation.</param>
    public static ShownLosses? Get(IStateReader state, Hash256 task, Address committed)
    {
        if (state.Get(TrainingKeys.ShownLosses(task, committed)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var salt = reader.Hash();
        var losses = new uint[reader.Count32(CountMax, 4)];
        for (var i = 0; i < losses.Length; i++) losses[i] = reader.UInt32();
        Invariant.Check(reader.IsWhole, "shown losses are as they were written");
        return new ShownLosses(salt, [.. losses]);
    }

    public void Store(StateOverlay state, Hash256 task, Address committed)
    {
        var writer = new ByteWriter().Hash(Salt).UInt32((uint)Losses.Length);
        foreach (var loss in Losses) writer.UInt32(loss);
        state.Set(TrainingKeys.ShownLosses(task, committed), writer.ToArray());
    }

    public static void Delete(StateOverlay state, Hash256 task)
    {
        foreach (var (committed, _) in RoundBallots.AttestationCommits.Get(state, task))
            if (state.Get(TrainingKeys.ShownLosses(task, committed)) is not null)
                state.Delete(TrainingKeys.ShownLosses(task, committed));
    }
}
