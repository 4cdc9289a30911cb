using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>The relayer, as the command line runs it: passes of one process, which ends and begins again with what it has noted.</summary>
/// <param name="run">The world.</param>
/// <param name="account">Which pays. No reorganisation may reach its ether.</param>
internal sealed class RelaySteps(BridgeRun run, SendingWorld account)
{
    private const int PassesMax = 40;

    public Task<string> RelayAsync(SeededStream stream) => RelayAsync(1 + (int)stream.NextBelow(5));

    /// <summary>Until there is nothing that could be brought now.</summary>
    public Task<string> RelayAllAsync() => RelayAsync(PassesMax);

    private async Task<string> RelayAsync(int passes)
    {
        using var node = new NodeClient(run.World.Speaker.Api);
        var chain = new GrpcRelayChain(new BridgeClient(node), RelayScope.Everything);
        var relayer = new Relayer(chain, account.Account, run.World.Vault.Address, RelayScope.Everything, () => RelayerTurns.Alone);
        var notes = new List<string>();
        for (var pass = 0; pass < passes && !relayer.IsIdle; pass++)
            foreach (var note in await relayer.PassAsync(TestContext.Current.CancellationToken)) notes.Add($"{note.Subject}: {note.Text}");
        account.Restart();
        if (notes.Exists(note => note.Contains(": done in block", StringComparison.Ordinal))) run.Count("relayed");
        return string.Join("; ", notes);
    }
}
