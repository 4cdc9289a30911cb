using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Token, vault and deposit factory on a local Ethereum, and a holder of NTK there.</summary>
internal sealed record VaultSite(LocalEthereum Ethereum, Contract Token, Contract Vault, Contract Factory)
{
    /// <summary>Ends with the old 2018 date, so that the token is free.</summary>
    private const ulong FreezeEnd = 1_518_739_199;

    private const ulong HolderNtk = 20_000_000;

    /// <summary>Has NTK, and lets the vault take all of them.</summary>
    public Address Holder => Ethereum.Accounts[1];

    public Address Receiver => Ethereum.Accounts[2];

    public Address Guardian => Ethereum.Accounts[3];

    /// <summary>Calls what anybody may call.</summary>
    public Address Stranger => Ethereum.Accounts[5];

    /// <summary>Where the vault will be: the deployer's second contract. The genesis names it before it is there.</summary>
    public static Address VaultAddress(LocalEthereum ethereum) => ContractAddress.Create(ethereum.Accounts[0], 1);

    public static Address TokenAddress(LocalEthereum ethereum) => ContractAddress.Create(ethereum.Accounts[0], 0);

    /// <summary>Deploys all three. On a fresh Ethereum they come to the same addresses each time.</summary>
    public static async Task<VaultSite> DeployAsync(LocalEthereum ethereum, GenesisDocument genesis)
    {
        var owner = ethereum.Accounts[0];
        var token = await Contract.DeployAsync(ethereum, owner, "test/MockNtk", AbiValue.Number(FreezeEnd)).ConfigureAwait(false);
        var config = new VaultConfig(token.Address, genesis.Hash.Value, genesis.ValidatorSet().Validators) { Guardians = [ethereum.Accounts[3]] };
        var vault = await Contract.DeployAsync(ethereum, owner, "NtkVault", config.ToAbi()).ConfigureAwait(false);
        RehearsalFault.Compare(genesis.Bridge!.Vault, vault.Address, "the vault's address");
        var factory = await Contract.DeployAsync(ethereum, owner, "DepositFactory", AbiValue.Address(vault.Address)).ConfigureAwait(false);
        var site = new VaultSite(ethereum, token, vault, factory);
        await token.SendAsync(owner, "transfer", AbiValue.Address(site.Holder), AbiValue.Amount(Amount.FromNtk(HolderNtk))).ConfigureAwait(false);
        await token.SendAsync(site.Holder, "approve", AbiValue.Address(vault.Address), AbiValue.Amount(Amount.FromNtk(HolderNtk))).ConfigureAwait(false);
        return site;
    }

    /// <summary>Locks for a recipient; the nonce of the lock.</summary>
    public async Task<ulong> LockAsync(Amount amount, Hash256 recipient)
    {
        await Vault.SendAsync(Holder, VaultCalls.Lock(amount, recipient)).ConfigureAwait(false);
        return await NonceAsync().ConfigureAwait(false);
    }

    /// <summary>Of the vault's last event.</summary>
    public async Task<ulong> NonceAsync() => (ulong)await Vault.NumberAsync("eventNonce").ConfigureAwait(false);

    public async Task<Amount> BalanceAsync(Address account) => new(await Token.NumberAsync("balanceOf", AbiValue.Address(account)).ConfigureAwait(false));

    public async Task<Amount> NtkAsync(string name) => new(await Vault.NumberAsync(name).ConfigureAwait(false));

    /// <summary>Calls of the vault in one block, in this order; it may be that some revert.</summary>
    /// <returns>Whether each succeeded, and its place in the block.</returns>
    public async Task<(ulong Block, ImmutableArray<(bool Succeeded, ulong Index)> Calls)> SendTogetherAsync(params (Address From, byte[] Call)[] calls)
    {
        var hashes = new List<string>();
        await Ethereum.CallAsync("evm_setAutomine", false).ConfigureAwait(false);
        try
        {
            foreach (var (from, call) in calls)
            {
                var request = new { from = from.ToString(), to = Vault.Address.ToString(), data = Hex.Encode(call), gas = "0x7a120" };
                hashes.Add((await Ethereum.CallAsync("eth_sendTransaction", request).ConfigureAwait(false)).GetString()!);
            }

            await Ethereum.CallAsync("evm_mine").ConfigureAwait(false);
        }
        finally
        {
            await Ethereum.CallAsync("evm_setAutomine", true).ConfigureAwait(false);
        }

        var (block, done) = (0UL, ImmutableArray.CreateBuilder<(bool, ulong)>());
        foreach (var hash in hashes)
        {
            var json = await Ethereum.CallAsync("eth_getTransactionReceipt", hash).ConfigureAwait(false);
            var receipt = LocalReceipt.Read(json);
            block = receipt.BlockNumber;
            done.Add((receipt.Succeeded, (ulong)LocalEthereum.Number(json.GetProperty("transactionIndex"))));
        }

        return (block, done.ToImmutable());
    }

    public Task MineAsync(int blocks) => Ethereum.CallAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>All that there is becomes final.</summary>
    public Task FinalizeAsync() => MineAsync(LocalEthereum.FinalityBlocks);
}
