using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Solvency is looked at, not believed.</summary>
internal sealed class F12VaultIsDrained : RehearsalCase
{
    public override string Number => "F12";

    public override string Name => "the vault's tokens are gone, without an event";

    public override string Wanted => "the chain halts by Reserves at the next proof of reserves; nothing is credited or certified until a vote";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (site, account) = (world.Site, await world.FundedAsync(2_000).ConfigureAwait(false));
        var slot = Words.Entry(BridgeContracts.RecipientOf(site.Vault.Address), 1);
        var owned = await world.Ethereum.SlotAsync(site.Token.Address, slot).ConfigureAwait(false);
        async Task BalanceIsAsync(Hash256 word)
        {
            await world.Ethereum.CallAsync("anvil_setStorageAt", site.Token.Address.ToString(), slot.ToString(), word.ToString()).ConfigureAwait(false);
            await site.MineAsync(2 * (int)RehearsalHomes.HeartbeatBlocks).ConfigureAwait(false);
            await site.FinalizeAsync().ConfigureAwait(false);
        }

        await BalanceIsAsync(Words.Of(1)).ConfigureAwait(false);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Halts.Contains("Reserves"), "the chain halts by Reserves").ConfigureAwait(false);
        var refusal = await world.WithdrawalRefusalAsync(account, Amount.FromNtk(5), site.Receiver).ConfigureAwait(false);
        await BalanceIsAsync(owned).ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        var count = (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).StopCount;
        await world.VoteAsync(new GovernanceAction { ResumeBridge = new ResumeBridge { StopCount = count } }).ConfigureAwait(false);
        await world.CreditAsync(5, account.Address).ConfigureAwait(false);
        RehearsalFault.Compare(0, (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Halts.Count, "halts after the vote");
        return $"halted by Reserves within two heartbeats, a withdrawal refused ({refusal}); with the tokens back a vote resumed";
    }
}
