using System.CommandLine;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>neurochain bridge proof: the call of the vault that pays a withdrawal, carries out an order or follows a set, as a file that any wallet can send.</summary>
internal static class BridgeProofCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), Patience = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var node = CommonOptions.Node();
        var burn = new Option<string?>("--withdrawal") { Description = "Burn id of a certified withdrawal" };
        var order = new Option<ulong?>("--order") { Description = "Number of an order to the vault" };
        var set = new Option<ulong?>("--set") { Description = "Number of the next validator set of the vault's" };
        var file = new Option<string?>("--out") { Description = "File for the JSON (default: standard output)" };
        var proof = new ProofOptions("--verify");
        var command = new Command("proof", "Write the call of the vault that anybody may send, and check it against a trusted header") { burn, order, set, file, node };
        proof.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var trust = proof.Read(parsed);
            var (burnId, number, which) = (parsed.GetValue(burn), parsed.GetValue(order), parsed.GetValue(set));
            if ((burnId is null ? 0 : 1) + (number is null ? 0 : 1) + (which is null ? 0 : 1) != 1) throw new OperatorException("--withdrawal, --order or --set: one of them");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            var call = burnId is not null ? await ReleaseAsync(bridge, BridgeText.HashIn(burnId, "--withdrawal"), cancellationToken).ConfigureAwait(false)
                : number is { } of ? await bridge.CallOfOrderAsync(of, cancellationToken).ConfigureAwait(false)
                : await bridge.CallOfSetAsync(which!.Value, cancellationToken).ConfigureAwait(false);
            if (trust is not null)
            {
                try
                {
                    var vault = await bridge.VaultAsync(null, cancellationToken).ConfigureAwait(false);
                    var session = await ProofSession.StartAsync(trust, client.Channel, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    var wanted = new VaultCallCheck.Wanted(burnId is null ? null : BridgeText.HashIn(burnId, "--withdrawal"), number, which);
                    if (call.Height == 0) throw new NotProvedException("the call names no block");
                    var header = (await session.FollowAsync(new Height(call.Height), cancellationToken).ConfigureAwait(false)).Header!;
                    if (VaultCallCheck.Fault(call, wanted, vault.VaultAddress, session.Genesis, header) is { } fault) throw new NotProvedException(fault);
                    Console.Error.WriteLine($"proved {await session.FinishAsync(header, cancellationToken).ConfigureAwait(false)}");
                }
                catch (NotProvedException refused)
                {
                    Console.Error.WriteLine($"neurochain: NOT PROVED: {refused.Message}");
                    return 1;
                }
            }

            var json = ToJson(call);
            if (parsed.GetValue(file) is { } path) PolicyFile.Write(path, json);
            else BridgeText.Print(json);
            return 0;
        });
        return command;
    }

    // What was just certified is proven by the next header: it comes within a block's time.
    private static async Task<VaultCall> ReleaseAsync(BridgeClient bridge, Hash256 burnId, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await bridge.CallOfReleaseAsync(burnId, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException notYet) when (notYet.StatusCode == StatusCode.FailedPrecondition && !patience.IsCancellationRequested)
            {
                if (await bridge.WithdrawalAsync(burnId, cancellationToken).ConfigureAwait(false) is not { State: "Certified" }) throw;
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal static JsonObject ToJson(VaultCall call) => new()
    {
        ["vault"] = BridgeText.Address(call.Vault),
        ["calldata"] = Hex.Encode(call.Calldata.Span),
        ["height"] = call.Height,
        ["deadline"] = call.Deadline,
        ["leaf"] = BridgeText.Hash(call.Leaf),
        ["bridge_root"] = BridgeText.Hash(call.BridgeRoot),
    };
}

/// <summary>Whether a call of the vault is what it should be, held against a header that is trusted: with that, the node that made it need not be believed.</summary>
internal static class VaultCallCheck
{
    /// <summary>What was asked for; one of them.</summary>
    internal sealed record Wanted(Hash256? BurnId, ulong? Order, ulong? Set);

    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Fault(VaultCall call, Wanted wanted, VaultAddress vault, GenesisHash genesis, Header header)
    {
        if (!call.Vault.Span.SequenceEqual(vault.Address.ToArray())) return $"the call is for another vault than {vault.Address}";
        if (!VaultCallContent.TryRead(call.Calldata.Span, out var content)) return "the calldata are no call of the vault";
        if (!IsWanted(content, wanted)) return "the calldata are of something else than was asked for";
        var certificate = content.Certificate;
        if (certificate.Height != header.Height.Value || certificate.BlockHash != header.Hash.Value) return $"its certificate is of another block than header {header.Height}";
        if (certificate.BridgeRoot != header.BridgeRoot || certificate.NextValidators != header.NextValidatorsRoot) return "its certificate names other roots than the header";
        if (certificate.Fault(genesis, out var set) is { } fault) return $"its certificate is refused: {fault}";
        if (set != header.ValidatorsRoot) return "its certificate is of another validator set than the header names";
        var leaf = content.LeafFor(vault, wanted.Set ?? 0);
        if (!call.Leaf.Span.SequenceEqual(leaf.ToArray())) return $"the leaf is {leaf}, the node says {Hex.Encode(call.Leaf.Span)}";
        return content.Path.Proves(header.BridgeRoot, leaf) ? null : "the path does not lead from the leaf to the header's bridge root";
    }

    private static bool IsWanted(VaultCallContent content, Wanted wanted) => content switch
    {
        VaultCallContent.Release release => wanted.BurnId == release.Withdrawal.BurnId,
        VaultCallContent.Act act => wanted.Order is { } order && act.Action.ActionId == new UInt256(order).ToHash(),
        _ => wanted.Set is not null,
    };
}
