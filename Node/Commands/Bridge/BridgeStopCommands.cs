using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain bridge veto, pause: what one validator may do alone. Both only stop; what goes on again is voted on.</summary>
internal static class BridgeStopCommands
{
    public static Command Veto()
    {
        var burnId = new Argument<string>("burn-id") { Description = "Of a withdrawal that is held: 0x and 64 digits" };
        return Of("veto", "Say no to a withdrawal that is held; more than a third of the power refunds it", burnId, (parsed, _, _) =>
        {
            var veto = new BridgeVeto { BurnId = BridgeText.HashIn(parsed.GetValue(burnId), "burn-id").ToByteString() };
            return Task.FromResult<Action<TransactionBody>>(body => body.BridgeVeto = veto);
        });
    }

    public static Command Pause()
    {
        var what = new Argument<string>("what") { Description = "credits, withdrawals or both" };
        return Of("pause", "Stop credits, withdrawals or both on this chain, at once; a vote resumes", what, async (parsed, bridge, cancellationToken) =>
        {
            var sides = parsed.GetValue(what) switch
            {
                "credits" => 1u,
                "withdrawals" => 2u,
                "both" => 3u,
                _ => throw new OperatorException("what: credits, withdrawals or both"),
            };
            // The count says that no stop came since: an old message never stops it again.
            var count = (await bridge.StatusAsync(cancellationToken).ConfigureAwait(false)).StopCount;
            return body => body.BridgePause = new BridgePause { What = sides, StopCount = count };
        });
    }

    private static Command Of(string name, string text, Argument<string> argument, Func<ParseResult, BridgeClient, CancellationToken, Task<Action<TransactionBody>>> make)
    {
        var (key, password, node) = (CommonOptions.Key(), CommonOptions.PasswordFile(), CommonOptions.Node());
        var command = new Command(name, text) { argument, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var fill = await make(parsed, new BridgeClient(client), cancellationToken).ConfigureAwait(false);
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            return await SignedMessage.OperateAsync(client, signer, fill, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
