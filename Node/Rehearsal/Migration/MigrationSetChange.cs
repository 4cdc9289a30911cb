using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The validators change, and the vault goes by the new ones.</summary>
internal sealed class MigrationSetChange : RehearsalCase
{
    public override string Number => "M6";

    public override string Name => "the validator set changes, a relayer has the vault follow, and a withdrawal goes on under the new set";

    public override string Wanted => "no certificate until the chain knows that the vault followed";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, receiver, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), PrivateKey.Generate().Address, Amount.FromNtk(200));
        var set = await RehearsalSets.ChangeAsync(world).ConfigureAwait(false);
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        var waiting = await world.Nodes[0].Bridge.WithdrawalAsync(burnId, world.Cancelled).ConfigureAwait(false);
        RehearsalFault.Compare("Waiting", waiting?.State, "state before the vault follows");
        var (_, key) = await world.RelayerKeyAsync().ConfigureAwait(false);
        await RelayAsync(world, key, $"set {set}").ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        await RelayAsync(world, key, $"release {burnId}").ConfigureAwait(false);
        RehearsalFault.Compare(amount, await world.Site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver on Ethereum");
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"the vault goes by set {set}; {amount} NTK waited for it (\"{waiting!.Reason}\") and were paid";
    }

    private static async Task RelayAsync(RehearsalWorld world, string key, string what)
    {
        var (code, output) = await world.RelayAsync(key).ConfigureAwait(false);
        RehearsalFault.Unless(code == 0 && output.Contains($"{what}: done in block", StringComparison.Ordinal), $"the relayer ended with {code} and not with {what}: {output}");
    }
}
