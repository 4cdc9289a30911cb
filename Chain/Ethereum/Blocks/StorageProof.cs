namespace NeuroChain.Chain;

/// <summary>A word of a contract's storage under its storage root, as eth_getProof gives its nodes (EIP-1186).</summary>
public static class StorageProof
{
    /// <param name="storageRoot">Of a proven account.</param>
    /// <param name="slot">As <see cref="StorageSlot"/> places it.</param>
    /// <param name="nodes">In order; whoever reads the last of them asks whether all were used. None for a storage that holds nothing.</param>
    /// <param name="value">Zero where it is proven that nothing is there: storage holds no zeros.</param>
    /// <param name="fault">Why nothing is proven.</param>
    public static bool TryRead(Hash256 storageRoot, Hash256 slot, ProofNodes nodes, out UInt256 value, out ProofFault fault)
    {
        value = default;
        Span<byte> key = stackalloc byte[Hash256.Size];
        Keccak256.Hash(slot.ToArray()).CopyTo(key);
        if (!PatriciaProof.TryRead(storageRoot, key, nodes, out var encoded, out fault)) return false;
        if (encoded.IsEmpty) return true;
        var reader = new RlpReader(encoded);
        value = reader.UInt256();
        if (!reader.IsWhole || value.IsZero) (value, fault) = (default, ProofFault.MalformedValue);
        return fault == ProofFault.None;
    }
}
