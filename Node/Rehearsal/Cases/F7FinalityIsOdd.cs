using System.Text.Json.Nodes;
using NeuroChain.Bridge;

namespace NeuroChain.Node;

/// <summary>What an endpoint calls final is looked at too.</summary>
internal sealed class F7FinalityIsOdd : RehearsalCase
{
    public override string Number => "F7";

    public override string Name => "finality that is the head, stands still, or falls";

    public override string Wanted => "the endpoint is refused; with all of them below the quorum nothing is read until finality is sound";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (node, seen) = (world.Nodes[0], new List<string>());
        async Task RefusedAsync(int endpoint, string cause)
        {
            var place = node.LogPlace();
            string State(V1.GetBridgeStatusResponse status) => status.Watch.Endpoints[endpoint].State;
            await world.UntilAsync(async () => State(await node.StatusAsync().ConfigureAwait(false)) == cause || node.LogSince(place).Contains(cause, StringComparison.Ordinal), $"endpoint {endpoint} is refused as {cause}").ConfigureAwait(false);
            seen.Add(cause);
        }

        await world.Site.MineAsync(30).ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        node.Proxies[1].Lie = Lies.Named("all is final");
        await RefusedAsync(1, "FinalizedIsLatest").ConfigureAwait(false);

        var stuck = Of(await world.Ethereum.CallAsync("eth_getBlockByNumber", "finalized", false).ConfigureAwait(false));
        node.Proxies[1].Lie = (method, parameters, result) => method == "eth_getBlockByNumber" && (string?)parameters[0] == "finalized" ? JsonNode.Parse(stuck) : result;
        await world.Site.MineAsync(300).ConfigureAwait(false);
        await RefusedAsync(1, "FinalizedLags").ConfigureAwait(false);
        world.TellTheTruth();
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);

        // Every endpoint tells the same: the node behind them all fell back.
        var cursor = (await node.StatusAsync().ConfigureAwait(false)).Watch.Scanned;
        await world.Ethereum.CallAsync("anvil_rollback", 3).ConfigureAwait(false);
        await RefusedAsync(0, "FinalizedMovedBackwards").ConfigureAwait(false);
        RehearsalFault.Compare(cursor, (await node.StatusAsync().ConfigureAwait(false)).Watch.Scanned, "what was read stays");
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.CreditAsync(5, world.Account.Address).ConfigureAwait(false);
        return $"refused as {string.Join(", ", seen)}; credits went on when finality was sound";
    }

    private static string Of(System.Text.Json.JsonElement block) => block.GetRawText();
}
