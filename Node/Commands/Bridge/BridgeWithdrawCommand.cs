using System.CommandLine;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain bridge withdraw: burns NTK here for an address on Ethereum, and follows them.</summary>
internal static class BridgeWithdrawCommand
{
    private static readonly TimeSpan BlockPatience = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var (key, password, node) = (CommonOptions.Key(), CommonOptions.PasswordFile(), CommonOptions.Node());
        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        var to = new Option<string?>("--to") { Description = "Address on Ethereum; by default that of the key, which is the same there" };
        var until = new Option<string>("--until") { Description = "\"burned\", \"certified\" (anybody may have it paid then), or \"released\"", DefaultValueFactory = _ => "certified" };
        var wait = new Option<int>("--wait") { Description = "Minutes to wait for that", DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON; steps go to standard error" };
        var command = new Command("withdraw", "Send NTK to Ethereum: they are burned here and paid by the vault there") { amount, to, until, wait, json, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var sum = BridgeText.NtkIn(parsed.GetValue(amount), "--amount");
            if (parsed.GetValue(until) is not ("burned" or "certified" or "released")) throw new OperatorException("--until: \"burned\", \"certified\" or \"released\"");
            if (parsed.GetValue(wait) is < 1 or > 100_000) throw new OperatorException("--wait: a number of minutes from 1 to 100000");
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            var receiver = BridgeCommand.Account(parsed.GetValue(to), "--to", signer.Address);
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            await bridge.VaultAsync(null, cancellationToken).ConfigureAwait(false);
            var isJson = parsed.GetValue(json);
            Action<string> say = isJson ? Console.Error.WriteLine : Console.WriteLine;

            var message = new BridgeWithdraw { To = receiver.ToByteString(), Amount = sum.ToByteString() };
            var transaction = await client.SignAsync(signer, null, body => body.BridgeWithdraw = message, cancellationToken).ConfigureAwait(false);
            var hash = await client.SubmitAsync(transaction, cancellationToken).ConfigureAwait(false);
            say($"transaction {hash}");
            var placed = await client.WaitAsync(hash, BlockPatience, cancellationToken).ConfigureAwait(false);
            if (placed.Code != 0) throw new OperatorException($"refused in block {placed.Height}: {placed.Reason}");
            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            var burnId = BridgeLeaf.BurnId(genesis.Hash, new Height(placed.Height), hash, 0);
            say($"burned {sum} NTK in block {placed.Height} for {receiver} on Ethereum");
            say($"burn id {burnId}");
            var state = "Burned";
            if (parsed.GetValue(until) != "burned")
            {
                var patience = TimeSpan.FromMinutes(parsed.GetValue(wait));
                state = await new WithdrawalWait(bridge, burnId, placed.Height, say).RunAsync(parsed.GetValue(until) == "released", patience, cancellationToken).ConfigureAwait(false);
            }

            if (isJson) BridgeText.Print(new JsonObject { ["burn_id"] = burnId.ToString(), ["transaction"] = hash.ToString(), ["height"] = placed.Height, ["amount"] = sum.ToString(), ["to"] = receiver.ToString(), ["state"] = state });
            return IsReached(state, parsed.GetValue(until)!) ? 0 : 1;
        });
        return command;
    }

    private static bool IsReached(string state, string until) => until switch
    {
        "burned" => true,
        "certified" => state is "Certified" or "Released",
        _ => state == "Released",
    };
}

/// <summary>Follows a withdrawal until it is where it is wanted, and says on the way what it waits for.</summary>
/// <param name="bridge">Of the chain.</param>
/// <param name="burnId">Which.</param>
/// <param name="burnHeight">Of its burn: its events come later.</param>
/// <param name="say">Takes lines.</param>
internal sealed class WithdrawalWait(BridgeClient bridge, Hash256 burnId, ulong burnHeight, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Of a withdrawal that is not open any more, its end is in a block between the last look and this one.
    private ulong _seen = burnHeight;

    /// <returns>Held, Waiting, Certified, Released or Refunded: where it is at the end.</returns>
    public async Task<string> RunAsync(bool untilReleased, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (started, said) = (System.Diagnostics.Stopwatch.GetTimestamp(), "");
        while (true)
        {
            if (await BridgeClient.PatientlyAsync(() => bridge.WithdrawalAsync(burnId, cancellationToken), Pause, say, cancellationToken).ConfigureAwait(false) is not { } detail) return await EndAsync(cancellationToken).ConfigureAwait(false);
            _seen = Math.Max(_seen, detail.Height);
            if ($"{detail.State}: {detail.Reason}" is var text && text != said) Say(detail, said = text);
            if (detail.State == "Certified" && !untilReleased) return detail.State;
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) >= patience)
            {
                say($"not there in {BridgeText.Time((ulong)patience.TotalMilliseconds)}; it goes on without this command: ./neurochain bridge status --withdrawal {burnId}");
                return detail.State;
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Say(WithdrawalDetail detail, string text)
    {
        say(BridgeText.Waiting(text, detail.WaitMs));
        if (detail.State != "Certified") return;
        say($"anybody may bring it to the vault until {BridgeText.Clock(detail.Deadline)}: a relayer does (./neurochain bridge relay), or whoever sends what ./neurochain bridge proof writes");
        say("after that it comes back by itself, once a proof shows that it was not paid");
    }

    private async Task<string> EndAsync(CancellationToken cancellationToken)
    {
        var newest = (await bridge.Node.StatusAsync(cancellationToken).ConfigureAwait(false)).Height;
        for (var height = _seen; height <= newest; height++)
        {
            var request = new GetBlockRequest { Height = height, LeaveOut = new BlockParts { Raw = true } };
            var block = await bridge.Node.BlockAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var happened in block.Events.Where(happened => happened.Attributes.Any(one => one.Key == "burn_id" && one.Value == burnId.ToString())))
            {
                if (happened.Kind == "bridge.released")
                {
                    say($"released on Ethereum; this chain knows since block {height}");
                    return "Released";
                }

                if (happened.Kind != "bridge.refunded") continue;
                say($"refunded in block {height}: {happened.Attributes.FirstOrDefault(one => one.Key == "cause")?.Value}");
                return "Refunded";
            }
        }

        throw new OperatorException($"{burnId} is not open, and no block from {_seen} to {newest} says why: ask a node that keeps them");
    }
}
