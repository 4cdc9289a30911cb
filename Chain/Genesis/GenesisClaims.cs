namespace NeuroChain.Chain;

/// <summary>
/// A snapshot of the token on Ethereum, whose holders claim their NTK here. Where the supply mode is "claimed" every claim makes its NTK, and no
/// vault exists; where it is "bridged" claims are paid from a pot that locks have filled.
/// </summary>
/// <param name="EthereumChainId">EIP-155: 1 is the main network.</param>
/// <param name="Token">The ERC-20, known by its address alone.</param>
/// <param name="BlockNumber">The final block after which balances were read.</param>
/// <param name="BlockHash">Of that block.</param>
/// <param name="Root">Of the tree over all leaves.</param>
/// <param name="Total">Sum of all leaves.</param>
/// <param name="Excluded">What holders have that are no leaves; the holders file names each with the reason. With the total it is the token's supply.</param>
/// <param name="ClosingHeight">The last height at which claims are taken, unless a vote names a later one.</param>
public sealed record GenesisClaims(
    ulong EthereumChainId, Address Token, ulong BlockNumber, Hash256 BlockHash, Hash256 Root, Amount Total, Amount Excluded, ulong ClosingHeight)
{
    /// <summary>A week of one-second blocks: who has not heard of it by then is not the one who is late.</summary>
    public const ulong ClosingHeightMin = 604_800;

    private static readonly Amount Cap = Amount.FromNtk(NtkAllocation.CapNtk);

    /// <summary>The first bad setting as "key: wanted form", or null.</summary>
    public string? Fault()
    {
        if (EthereumChainId == 0) return "claims.ethereum_chain_id: above 0";
        if (Token.IsZero) return "claims.token: an address, not zero";
        if (BlockNumber is 0 or > long.MaxValue) return "claims.block_number: a block of Ethereum, above 0";
        if (BlockHash.IsZero) return "claims.block_hash: a hash, not zero";
        if (Root.IsZero) return "claims.root: a hash, not zero";
        if (Total.IsZero || !Amount.TryAdd(Total, Excluded, out var supply) || supply > Cap) return $"claims.total: above 0, with claims.excluded at most {Cap}";
        return ClosingHeight is < ClosingHeightMin or > long.MaxValue ? $"claims.closing_height: a height from {ClosingHeightMin} on" : null;
    }
}
