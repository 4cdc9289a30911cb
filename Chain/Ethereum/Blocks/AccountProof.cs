namespace NeuroChain.Chain;

/// <summary>An account under a state root, as eth_getProof gives its nodes (EIP-1186).</summary>
public static class AccountProof
{
    /// <param name="stateRoot">Of an attested header.</param>
    /// <param name="address">Whose account.</param>
    /// <param name="nodes">In order; whoever reads the last of them asks whether all were used.</param>
    /// <param name="account">Null where it is proven that there is none.</param>
    /// <param name="fault">Why nothing is proven.</param>
    public static bool TryRead(Hash256 stateRoot, Address address, ProofNodes nodes, out EthereumAccount? account, out ProofFault fault)
    {
        account = null;
        Span<byte> key = stackalloc byte[Hash256.Size];
        Keccak256.Hash(address.ToArray()).CopyTo(key);
        if (!PatriciaProof.TryRead(stateRoot, key, nodes, out var value, out fault)) return false;
        if (!value.IsEmpty && !EthereumAccount.TryDecode(value, out account, out _)) fault = ProofFault.MalformedValue;
        return fault == ProofFault.None;
    }
}
