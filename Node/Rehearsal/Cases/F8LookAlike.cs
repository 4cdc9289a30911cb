using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The vault is known by its address.</summary>
internal sealed class F8LookAlike : RehearsalCase
{
    public override string Number => "F8";

    public override string Name => "another contract logs exactly what the vault would";

    public override string Wanted => "ignored: no credit, no event taken";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, victim) = (world.Site, PrivateKey.Generate().Address);
        // The very code of the vault, with the same genesis and token, at another address.
        var config = new VaultConfig(site.Token.Address, world.Genesis.Hash.Value, world.Genesis.ValidatorSet().Validators);
        var copy = await Contract.DeployAsync(world.Ethereum, site.Stranger, "NtkVault", config.ToAbi()).ConfigureAwait(false);
        var before = (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Nonce;
        await site.Token.SendAsync(site.Holder, "approve", AbiValue.Address(copy.Address), AbiValue.Amount(Amount.FromNtk(999))).ConfigureAwait(false);
        await copy.SendAsync(site.Holder, BridgeContracts.Lock(Amount.FromNtk(999), BridgeContracts.RecipientOf(victim))).ConfigureAwait(false);
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        await world.BlocksAsync(3).ConfigureAwait(false);
        RehearsalFault.Compare(before, (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Nonce, "the chain's cursor");
        RehearsalFault.Compare(Amount.Zero, await world.BalanceAsync(victim).ConfigureAwait(false), "who was to be credited");
        return $"999 NTK locked in a copy of the vault at {copy.Address}: nothing here";
    }
}
