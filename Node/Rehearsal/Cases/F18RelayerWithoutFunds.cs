using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Gas is a matter of who pays it.</summary>
internal sealed class F18RelayerWithoutFunds : RehearsalCase
{
    public override string Number => "F18";

    public override string Name => "a relayer without ether, then a gas price above a relayer's cap";

    public override string Wanted => "nothing is paid, the withdrawal stays certified and the status says so; any other relayer brings it";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), Amount.FromNtk(90));
        var receiver = PrivateKey.Generate().Address;
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        var (_, empty) = await world.RelayerKeyAsync(ether: 0).ConfigureAwait(false);
        var poor = await world.RelayAsync(empty).ConfigureAwait(false);
        RehearsalFault.Unless(poor.Code == 1 && poor.Output.Contains("EmptyBalance", StringComparison.Ordinal), $"the empty relayer ended with {poor.Code}: {poor.Output}");
        var (_, funded) = await world.RelayerKeyAsync().ConfigureAwait(false);
        // A cap below what every block asks: to this relayer it is as a spike.
        var dear = await world.RelayAsync(funded, "--fee-cap-gwei", "0.0000001", "--tip-gwei", "0.0000001").ConfigureAwait(false);
        RehearsalFault.Unless(dear.Code == 1, $"the relayer with a low cap ended with {dear.Code}: {dear.Output}");
        var status = await world.Nodes[0].Bridge.WithdrawalAsync(burnId, world.Cancelled).ConfigureAwait(false);
        RehearsalFault.Compare("Certified", status?.State, "the withdrawal meanwhile");
        RehearsalFault.Compare(Amount.Zero, await world.Site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver meanwhile");

        var (code, output) = await world.RelayAsync(funded).ConfigureAwait(false);
        RehearsalFault.Unless(code == 0, $"the funded relayer ended with {code}: {output}");
        RehearsalFault.Compare(amount, await world.Site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver");
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        var why = dear.Output.Split('\n').LastOrDefault(line => line.Contains("waits:", StringComparison.Ordinal))?.Split("waits: ")[^1].Trim();
        return $"EmptyBalance, then \"{why}\", both ended with 1 while the withdrawal stayed Certified (\"{status!.Reason}\"); another relayer brought it";
    }
}
