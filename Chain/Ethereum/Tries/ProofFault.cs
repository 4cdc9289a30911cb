namespace NeuroChain.Chain;

/// <summary>Why nodes prove nothing about a key under a root.</summary>
public enum ProofFault
{
    None,
    TooManyNodes,
    NodeTooLarge,

    /// <summary>The same node twice.</summary>
    RepeatedNode,

    /// <summary>Zero is the root of nothing: whoever compares with a value that was never set must not succeed.</summary>
    ZeroRoot,

    /// <summary>A node on the way is not there; or what is there hashes to something else.</summary>
    MissingNode,

    /// <summary>Nodes do not stand in the order in which the way meets them first.</summary>
    NodeOutOfOrder,

    /// <summary>A node that no way met.</summary>
    UnusedNode,

    /// <summary>No canonical RLP of a branch, an extension or a leaf.</summary>
    MalformedNode,

    /// <summary>A node that no trie has: a branch of fewer than two, an extension that is empty or leads to none, an empty value, a wrong reference.</summary>
    NodeShape,

    /// <summary>The value is not what the trie holds: an account, a word or a receipt.</summary>
    MalformedValue,

    /// <summary>The key is proven not to be there, where something was to be proven of its value.</summary>
    Absent,

    /// <summary>Keys that are not in ascending order, none, or too many of them.</summary>
    KeysOutOfOrder,
}
