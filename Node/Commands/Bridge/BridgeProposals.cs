using System.CommandLine;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain bridge resume, redirect, order: what the validators vote on. Whoever proposes approves; the others vote with "validator vote".</summary>
internal static class BridgeProposals
{
    public static Command Resume() => ProposeCommand.Of("resume", "Propose to end all pauses and halts up to now", [], [], async (_, client, cancellationToken) =>
    {
        var count = (await new BridgeClient(client).StatusAsync(cancellationToken).ConfigureAwait(false)).StopCount;
        return new GovernanceAction { ResumeBridge = new ResumeBridge { StopCount = count } };
    });

    public static Command Redirect()
    {
        var nonce = new Argument<ulong>("nonce") { Description = "Of a lock that is in quarantine" };
        var to = new Option<string>("--to") { Description = "Account that it is credited to", Required = true };
        return ProposeCommand.Of("redirect", "Propose to credit a lock in quarantine to an account", [nonce], [to], parsed => new GovernanceAction
        {
            RedirectLock = new RedirectLock { Nonce = parsed.GetValue(nonce), To = AddressArgument.Parse(parsed.GetValue(to), "--to").ToByteString() },
        });
    }

    public static Command Order()
    {
        var count = new Argument<uint>("pause-count") { Description = "The vault's count of pauses: of a later one the order says nothing" };
        var capacity = new Option<string>("--capacity") { Description = "NTK that may be released at once", Required = true };
        var rate = new Option<string>("--per-second") { Description = "NTK by which that fills each second", Required = true };
        var minimum = new Option<string>("--min-lock") { Description = "NTK of the least lock", Required = true };
        var vault = new Argument<string>("vault") { Description = "The next vault, which names this one as its predecessor" };
        var token = new Argument<string>("token") { Description = "A token that the vault has and does not owe" };
        var to = new Option<string>("--to") { Description = "Who gets it", Required = true };
        var units = new Option<string>("--units") { Description = "How much, in the token's base units", Required = true };
        var due = new Argument<ulong>("due") { Description = "When the recovery is due, in seconds, as its start said" };
        var guardian = new Argument<string>("address") { Description = "0x and 40 digits" };
        var isOut = new Option<bool>("--remove") { Description = "Put it out of office, two days later" };
        return new Command("order", "Propose an order to the vault: once voted, it is a leaf that relayers bring")
        {
            Of("unpause", "End a guardian's pause, a day later", [count], [], parsed => BridgeAction.Unpause(default, parsed.GetValue(count), 0)),
            Of("limits", "Limits of releases and the least lock: lower at once, higher two days later", [], [capacity, rate, minimum], parsed => BridgeAction.SetLimits(
                default, BridgeText.NtkIn(parsed.GetValue(capacity), "--capacity"), Rate(parsed.GetValue(rate)), BridgeText.NtkIn(parsed.GetValue(minimum), "--min-lock"), 0)),
            Of("retire", "Move all to another vault, 14 days later; closes this chain's bridge until a rule takes that vault over", [vault], [], parsed => BridgeAction.Retire(default, AddressArgument.Parse(parsed.GetValue(vault), "vault"), 0)),
            Of("rescue", "Send on tokens that came by mistake", [token], [to, units], parsed => BridgeAction.Rescue(
                default, AddressArgument.Parse(parsed.GetValue(token), "token"), AddressArgument.Parse(parsed.GetValue(to), "--to"), Units(parsed.GetValue(units)), 0)),
            Of("cancel-recovery", "Cancel a recovery that was started", [due], [], parsed => BridgeAction.CancelRecovery(default, parsed.GetValue(due), 0)),
            Of("guardian", "Put a guardian in office, or out of it", [guardian], [isOut], parsed => BridgeAction.SetGuardian(
                default, AddressArgument.Parse(parsed.GetValue(guardian), "address"), !parsed.GetValue(isOut), 0)),
        };
    }

    // Number and deadline the chain gives when the vote is carried out.
    private static Command Of(string name, string text, Argument[] arguments, Option[] options, Func<ParseResult, BridgeAction> make) => ProposeCommand.Of(name, text, arguments, options, parsed =>
    {
        var order = make(parsed);
        return new GovernanceAction { OrderVault = new OrderVault { Kind = (uint)order.Kind, Arguments = ByteString.CopyFrom(order.Arguments.AsSpan()) } };
    });

    // None at all is a limit too.
    private static Amount Rate(string? text) => Amount.TryParseNtk(text, out var rate) ? rate : throw new OperatorException("--per-second: NTK as a decimal number");

    private static Amount Units(string? text) =>
        UInt128.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var units) ? new Amount(units) : throw new OperatorException("--units: a whole number");
}
