using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A change on its way through the tree: a field of an array, so that a million of them are one object.</summary>
internal struct PathChange
{
    public Hash256 Path;
    public StateKey Key;

    /// <summary>Null deletes.</summary>
    public byte[]? Value;
}
