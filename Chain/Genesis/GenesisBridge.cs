namespace NeuroChain.Chain;

/// <summary>The vault on Ethereum from which every NTK of a bridged chain comes.</summary>
/// <param name="EthereumChainId">EIP-155: 1 is the main network.</param>
/// <param name="Vault">Known before it is deployed: it follows from its deployer's address and nonce.</param>
/// <param name="Token">The ERC-20 that the vault holds, known by its address alone.</param>
/// <param name="FirstBlock">A block of Ethereum at or before the vault's deployment: no earlier one is attested.</param>
/// <remarks>
/// Neither the block of the deployment nor the vault's first event can stand here: the vault is made with this document's hash, so both come
/// after it. The chain knows the first event (<see cref="VaultNotice.Deployed"/>) by what it must say.
/// </remarks>
public sealed record GenesisBridge(ulong EthereumChainId, Address Vault, Address Token, ulong FirstBlock)
{
    public VaultAddress VaultAddress => new(EthereumChainId, Vault);

    /// <summary>The first bad setting as "key: wanted form", or null.</summary>
    public string? Fault()
    {
        if (EthereumChainId == 0) return "bridge.ethereum_chain_id: above 0";
        if (Vault.IsZero) return "bridge.vault: an address, not zero";
        if (Token.IsZero || Token == Vault) return "bridge.token: an address, neither zero nor the vault's";
        return FirstBlock is 0 or > long.MaxValue ? "bridge.first_block: a block of Ethereum, above 0" : null;
    }
}
