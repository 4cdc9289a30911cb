using System.CommandLine;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>neurochain bridge status: where the bridge stands, or one deposit or withdrawal.</summary>
internal static class BridgeStatusCommand
{
    public static Command Create()
    {
        var node = CommonOptions.Node();
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var deposit = new Option<ulong?>("--deposit") { Description = "One deposit, by the nonce of its lock in the vault" };
        var burn = new Option<string?>("--withdrawal") { Description = "One withdrawal, by its burn id" };
        var command = new Command("status", "Sums, limits, stops, validator sets and the watch of Ethereum; or where one transfer is, why, and for how long") { deposit, burn, json, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(deposit) is not null && parsed.GetValue(burn) is not null) throw new OperatorException("--deposit or --withdrawal: one of them");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(deposit) is { } nonce)
            {
                var detail = await bridge.DepositAsync(nonce, cancellationToken).ConfigureAwait(false);
                if (asJson) BridgeText.Print(ToJson(detail));
                else Print(detail);
                return 0;
            }

            if (parsed.GetValue(burn) is { } id)
            {
                var detail = await bridge.WithdrawalAsync(BridgeText.HashIn(id, "--withdrawal"), cancellationToken).ConfigureAwait(false)
                    ?? throw new OperatorException($"--withdrawal: {id} is not open: it was released or refunded, or never was");
                if (asJson) BridgeText.Print(ToJson(detail));
                else Print(detail);
                return 0;
            }

            var status = await bridge.StatusAsync(cancellationToken).ConfigureAwait(false);
            if (asJson) BridgeText.Print(ToJson(status));
            else foreach (var (name, value) in Lines(status)) BridgeText.Print(name, value);
            return 0;
        });
        return command;
    }

    /// <summary>The table, a field a line.</summary>
    internal static IEnumerable<(string Name, string Value)> Lines(GetBridgeStatusResponse s)
    {
        yield return ("height", $"{s.Height}");
        yield return ("ethereum", $"chain {s.EthereumChainId}");
        yield return ("vault", $"{BridgeText.Address(s.Vault)}: {VaultOf(s)}");
        yield return ("token", BridgeText.Address(s.Token));
        yield return ("locked", BridgeText.Ntk(s.Locked));
        yield return ("released", BridgeText.Ntk(s.Released));
        yield return ("coming", $"{BridgeText.Ntk(s.Pending)} locked and not credited yet");
        yield return ("going", $"{BridgeText.Ntk(s.Open)} burned and neither released nor refunded yet");
        yield return ("credits", BucketOf(s.Credits));
        yield return ("withdrawals", BucketOf(s.Withdrawals));
        yield return ("least", $"{BridgeText.Ntk(s.WithdrawalMin)} for a withdrawal");
        yield return ("held", $"above {BridgeText.Ntk(s.HoldAbove)}, for {s.HoldBlocks} blocks");
        yield return ("stops", StopsOf(s));
        foreach (var halt in s.Halts) yield return ("  halt", $"{halt}: {HaltText.Of(halt)}");
        yield return ("sets", SetsOf(s));
        yield return ("attested", $"up to block {s.AttestedHighest} of Ethereum, reserves proven {(s.ReservesBlock == 0 ? "never" : $"at block {s.ReservesBlock}")}");
        if (s.Watch is not { } watch)
        {
            yield return ("watch", "this node does not watch Ethereum");
            yield break;
        }

        yield return ("watch", WatchOf(watch));
        foreach (var endpoint in watch.Endpoints) yield return ("  endpoint", $"{endpoint.Name}: {endpoint.State}");
    }

    internal static JsonObject ToJson(GetBridgeStatusResponse s) => new()
    {
        ["height"] = s.Height,
        ["ethereum_chain_id"] = s.EthereumChainId,
        ["vault"] = BridgeText.Address(s.Vault),
        ["token"] = BridgeText.Address(s.Token),
        ["nonce"] = s.Nonce,
        ["vault_locks_paused"] = s.VaultLocksPaused,
        ["vault_releases_paused"] = s.VaultReleasesPaused,
        ["vault_forked"] = s.VaultForked,
        ["vault_retiring"] = s.VaultRetiring,
        ["vault_retired"] = s.VaultRetired,
        ["credits_paused"] = s.CreditsPaused,
        ["withdrawals_paused"] = s.WithdrawalsPaused,
        ["halts"] = new JsonArray([.. s.Halts.Select(halt => JsonValue.Create(halt))]),
        ["stop_count"] = s.StopCount,
        ["locked"] = BridgeText.Json(s.Locked),
        ["released"] = BridgeText.Json(s.Released),
        ["pending"] = BridgeText.Json(s.Pending),
        ["open"] = BridgeText.Json(s.Open),
        ["credits"] = ToJson(s.Credits),
        ["withdrawals"] = ToJson(s.Withdrawals),
        ["hold_above"] = BridgeText.Json(s.HoldAbove),
        ["hold_blocks"] = s.HoldBlocks,
        ["withdrawal_min"] = BridgeText.Json(s.WithdrawalMin),
        ["attested_highest"] = s.AttestedHighest,
        ["reserves_block"] = s.ReservesBlock,
        ["followed_set"] = s.FollowedSet,
        ["elected_set"] = s.ElectedSet,
        ["next_set_height"] = s.NextSetHeight,
        ["watch"] = s.Watch is not { } watch ? null : new JsonObject
        {
            ["scanned"] = watch.Scanned,
            ["finalized"] = watch.Finalized,
            ["halt"] = watch.Halt,
            ["endpoints"] = new JsonArray([.. watch.Endpoints.Select(endpoint => new JsonObject { ["name"] = endpoint.Name, ["state"] = endpoint.State })]),
        },
    };

    internal static JsonObject ToJson(DepositDetail d) => new()
    {
        ["height"] = d.Height,
        ["nonce"] = d.Nonce,
        ["state"] = d.State,
        ["reason"] = d.Reason,
        ["wait_ms"] = d.WaitMs,
        ["sender"] = BridgeText.Address(d.Sender),
        ["recipient"] = BridgeText.Hash(d.Recipient),
        ["amount"] = BridgeText.Json(d.Amount),
    };

    internal static JsonObject ToJson(WithdrawalDetail w) => new()
    {
        ["height"] = w.Height,
        ["burn_id"] = BridgeText.Hash(w.BurnId),
        ["state"] = w.State,
        ["reason"] = w.Reason,
        ["wait_ms"] = w.WaitMs,
        ["sender"] = BridgeText.Address(w.Sender),
        ["to"] = BridgeText.Address(w.To),
        ["amount"] = BridgeText.Json(w.Amount),
        ["burn_height"] = w.BurnHeight,
        ["held_until"] = w.HeldUntil,
        ["leaf"] = w.Leaf,
        ["deadline"] = w.Deadline,
        ["vetoes"] = new JsonArray([.. w.Vetoes.Select(veto => JsonValue.Create(BridgeText.Address(veto)))]),
    };

    private static void Print(DepositDetail d)
    {
        BridgeText.Print("deposit", $"{d.Nonce}");
        BridgeText.Print("state", d.State);
        if (d.Reason.Length > 0) BridgeText.Print("why", BridgeText.Waiting(d.Reason, d.WaitMs));
        if (!d.Amount.IsEmpty) BridgeText.Print("amount", $"{BridgeText.Ntk(d.Amount)} from {BridgeText.Address(d.Sender)}");
        if (!d.Recipient.IsEmpty) BridgeText.Print("recipient", BridgeText.Hash(d.Recipient));
        BridgeText.Print("at height", $"{d.Height}");
    }

    private static void Print(WithdrawalDetail w)
    {
        BridgeText.Print("withdrawal", BridgeText.Hash(w.BurnId));
        BridgeText.Print("state", w.State);
        if (w.Reason.Length > 0) BridgeText.Print("why", BridgeText.Waiting(w.Reason, w.WaitMs));
        BridgeText.Print("amount", $"{BridgeText.Ntk(w.Amount)} to {BridgeText.Address(w.To)} on Ethereum, burned by {BridgeText.Address(w.Sender)} in block {w.BurnHeight}");
        if (w.HeldUntil > 0) BridgeText.Print("held until", $"block {w.HeldUntil}");
        if (w.Deadline > 0) BridgeText.Print("deadline", BridgeText.Clock(w.Deadline));
        foreach (var veto in w.Vetoes) BridgeText.Print("veto", BridgeText.Address(veto));
        BridgeText.Print("at height", $"{w.Height}");
    }

    private static string VaultOf(GetBridgeStatusResponse s)
    {
        if (s.Nonce == 0) return "not seen yet";
        if (s.VaultForked) return "a fork was proven to it; it pays nothing any more";
        if (s.VaultRetired) return "retired; another vault has its tokens";
        return (s.VaultRetiring, s.VaultLocksPaused, s.VaultReleasesPaused) switch
        {
            (true, _, _) => "retiring; it takes no locks",
            (_, true, true) => "a guardian stopped locks and releases",
            (_, true, false) => "a guardian stopped locks",
            (_, false, true) => "a guardian stopped releases",
            _ => "takes locks and pays",
        };
    }

    private static string StopsOf(GetBridgeStatusResponse s)
    {
        var halted = s.Halts.Count > 0 ? "halted" : null;
        var paused = (s.CreditsPaused, s.WithdrawalsPaused) switch
        {
            (true, true) => "a validator stopped credits and withdrawals",
            (true, false) => "a validator stopped credits",
            (false, true) => "a validator stopped withdrawals",
            _ => null,
        };
        return (halted, paused) is (null, null) ? $"none (stop count {s.StopCount})" : $"{string.Join("; ", new[] { paused, halted }.OfType<string>())} (stop count {s.StopCount}; a vote resumes)";
    }

    private static string SetsOf(GetBridgeStatusResponse s) => s.FollowedSet == s.ElectedSet
        ? $"the vault goes by set {s.FollowedSet}, which is the elected one"
        : $"the vault goes by set {s.FollowedSet}, elected is {s.ElectedSet}: no withdrawal is certified until somebody brings the certificate of height {s.NextSetHeight}";

    private static string WatchOf(V1.EthereumWatch watch)
    {
        if (watch.Halt.Length > 0) return $"HALTED at block {watch.Scanned}: {watch.Halt}";
        if (watch.Finalized == 0) return $"no quorum of endpoints; scanned up to block {watch.Scanned}";
        return $"scanned up to block {watch.Scanned} of Ethereum, final is {watch.Finalized}";
    }

    private static string BucketOf(BridgeBucket? bucket)
    {
        if (bucket is null || !Amount.TryFromBytes(bucket.Capacity.Span, out var capacity) || !Amount.TryFromBytes(bucket.Level.Span, out var level) || !Amount.TryFromBytes(bucket.PerSecond.Span, out var rate)) return "-";
        if (level >= capacity || rate.IsZero) return $"limit {capacity} NTK and {rate} a second; {level} NTK may pass now";
        var seconds = ((capacity - level).Units + rate.Units - 1) / rate.Units;
        return $"limit {capacity} NTK and {rate} a second; {level} NTK may pass now, full in {(seconds <= ulong.MaxValue / 1_000 ? BridgeText.Time((ulong)seconds * 1_000) : "ages")}";
    }

    private static JsonObject? ToJson(BridgeBucket? bucket) => bucket is null ? null : new JsonObject
    {
        ["capacity"] = BridgeText.Json(bucket.Capacity),
        ["per_second"] = BridgeText.Json(bucket.PerSecond),
        ["level"] = BridgeText.Json(bucket.Level),
    };
}

/// <summary>Halts in words (docs/protocol/bridge.md).</summary>
internal static class HaltText
{
    public static string Of(string halt) => halt switch
    {
        "Dispute" => "validators are of two minds about a block of Ethereum",
        "Cap" => "a credit would have brought more NTK than there are",
        "Finality" => "a block of Ethereum that was attested has another hash now",
        "Supply" => "what the vault says of its sums is not what follows from its events",
        "UnknownEvent" => "the vault logged something of no known kind",
        "UnknownLayout" => "Ethereum's headers have a layout that this release does not know",
        "WrongVault" => "the vault is made for another chain, token or validator set",
        "WrongSet" => "the vault follows a validator set that this chain never had",
        "Reserves" => "the vault holds less than it owes",
        _ => "a reason that this program does not know",
    };
}
