namespace NeuroChain.Chain;

/// <summary>
/// A holder's leaf in the snapshot's tree, as OpenZeppelin's StandardMerkleTree of ["address","uint256"] has it: keccak256 of keccak256 of
/// abi.encode(holder, amount). A node of the tree is keccak256 of its two children, the lesser first.
/// </summary>
/// <remarks>
/// Hashed twice, because a leaf's encoding has 64 bytes as two children have: hashed once, whoever found an inner node whose bytes spell a holder
/// could claim it.
/// </remarks>
public static class ClaimLeaf
{
    public static Hash256 Hash(Address holder, Amount amount) => Keccak256.Hash(Once(holder, amount).ToArray());

    public static Hash256 Node(Hash256 a, Hash256 b)
    {
        Span<byte> children = stackalloc byte[2 * Hash256.Size];
        var isAscending = a.CompareTo(b) <= 0;
        (isAscending ? a : b).CopyTo(children);
        (isAscending ? b : a).CopyTo(children[Hash256.Size..]);
        return Keccak256.Hash(children);
    }

    /// <summary>Whether a leaf's hash with the nodes beside its way up comes to the root.</summary>
    public static bool Leads(Hash256 leaf, IEnumerable<Hash256> path, Hash256 root) => path.Aggregate(leaf, Node) == root;

    /// <summary>What an inner node with these 64 bytes would hash to: for telling whoever shows one that it is no leaf.</summary>
    public static Hash256 Once(Address holder, Amount amount) => Keccak256.Hash(new AbiWriter().Address(holder).UInt128(amount.Units).ToArray());
}
