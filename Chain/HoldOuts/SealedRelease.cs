namespace NeuroChain.Chain;

/// <summary>What a custodian shows of its shares: those of the drawn samples, and what leads from them to the root on chain.</summary>
/// <param name="Shares">In the order of the draw.</param>
/// <param name="Beside">Of <see cref="MerkleOpening"/>.</param>
public sealed record SealedRelease(Hash256[] Shares, Hash256[] Beside)
{
    public static SealedRelease Make(SealedSet set, int custodian, Hash256 secret, IReadOnlyList<int> drawn)
    {
        Hash256[] leaves = [.. Enumerable.Range(0, set.Terms.Samples).Select(sample => SealedKeys.ShareLeaf(sample, set.ShareOf(custodian, secret, sample)))];
        return new SealedRelease([.. drawn.Select(sample => set.ShareOf(custodian, secret, sample))], MerkleOpening.Prove(leaves, drawn));
    }

    /// <summary>Whether these are the custodian's shares of the drawn samples.</summary>
    /// <param name="root">The custodian's, as the chain has it.</param>
    /// <param name="samples">Of the set.</param>
    /// <param name="drawn">Ascending.</param>
    public bool IsOf(Hash256 root, int samples, IReadOnlyList<int> drawn) =>
        Shares.Length == drawn.Count
        && MerkleOpening.Proves(root, samples, drawn, [.. drawn.Select((sample, i) => SealedKeys.ShareLeaf(sample, Shares[i]))], Beside);
}
