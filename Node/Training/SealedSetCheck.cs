using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Looks through an offered sealed set: whether its blob says what the offer says, and whether a sample of it is there twice, in another set of the task or
/// in the task's training set. What is inside nobody sees before it is drawn.
/// </summary>
/// <param name="read">The bytes of a blob that is here.</param>
/// <param name="trainingSet">
/// The task's training set as it is now: its sample hashes; none where a generator paints it afresh for everybody; null where it cannot be made here.
/// </param>
internal sealed class SealedSetCheck(Func<BlobHash, byte[]?> read, Func<Hash256, LedgerState, CancellationToken, Task<IReadOnlySet<Hash256>?>> trainingSet)
{
    /// <summary>What the check comes to, and why in words.</summary>
    public async Task<(DeltaState State, string Why)> RunAsync(SealedSetRecord set, LedgerState state, CancellationToken cancellationToken)
    {
        if (read(set.Blob) is not { } bytes) return (DeltaState.Missing, "its blob is not to be had");
        if (!SealedSet.TryDecode(bytes, out var blob)) return (DeltaState.Wrong, "its blob is no sealed set");
        if (!blob.Terms.Equals(set.Terms)) return (DeltaState.Wrong, "its blob says something else than its offer");
        var own = HashesOf(blob);
        if (own.Count < blob.Terms.Samples) return (DeltaState.Wrong, "a sample is in it twice");
        foreach (var other in SealedSets.All(state, set.Terms.Task))
        {
            // Of two offers with one sample the earlier one stands. Where a set that has ended is not here any more, its samples are not compared.
            if (other.Number >= set.Number) continue;
            if (read(other.Blob) is { } others && SealedSet.TryDecode(others, out var known)) own.ExceptWith(HashesOf(known));
            else if (other.IsLive) return (DeltaState.Missing, $"the blob of set {other.Number} is not to be had");
            if (own.Count < blob.Terms.Samples) return (DeltaState.Wrong, $"a sample of set {other.Number} is in it");
        }

        if (await trainingSet(set.Terms.Task, state, cancellationToken).ConfigureAwait(false) is not { } learned) return (DeltaState.Missing, "the training set cannot be made here");
        return own.Overlaps(learned) ? (DeltaState.Wrong, "a sample of the training set is in it") : (DeltaState.Held, "");
    }

    /// <summary>Hashes of the samples of a stored set.</summary>
    public static IReadOnlySet<Hash256> HashesOf(Dataset set) => Enumerable.Range(0, set.Count).Select(set.SampleHash).ToHashSet();

    private static HashSet<Hash256> HashesOf(SealedSet set) => [.. Enumerable.Range(0, set.Terms.Samples).Select(set.SampleHash)];
}
