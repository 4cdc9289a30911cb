using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What the chain answers: a value, or why there is none.</summary>
/// <param name="Value">Counts where there is no reason.</param>
/// <param name="Reason">Null where there is a value.</param>
/// <param name="IsSilent">Nobody answered, or not in time: that says nothing about what was asked for.</param>
public readonly record struct ChainAnswer<T>(T? Value, string? Reason, bool IsSilent = false)
{
    public static implicit operator ChainAnswer<T>(T value) => new(value, null);

    public static ChainAnswer<T> No(string reason) => new(default, reason);

    public static ChainAnswer<T> Silent(string reason) => new(default, reason, true);
}

/// <summary>The chain as a relayer sees it.</summary>
public interface IRelayChain
{
    /// <summary>All that may be brought now.</summary>
    Task<ChainAnswer<RelayOffers>> OffersAsync(CancellationToken cancellation);

    /// <summary>Calldata of a set, an order or a release, under a certificate of the set that the vault goes by.</summary>
    Task<ChainAnswer<ReadOnlyMemory<byte>>> CallOfAsync(RelayItem item, CancellationToken cancellation);
}

/// <summary>Something that the operator of a relayer may want to know.</summary>
/// <param name="Subject">Key of an item, "account", "chain" or "vault".</param>
/// <param name="Text">What of it.</param>
public sealed record RelayNote(string Subject, string Text);

/// <summary>
/// Brings to the vault what the chain has for it. Anybody may run one, any number may run beside each other: the vault takes each thing once, and each is asked by
/// a call that costs nothing before it is sent, so that one pays and the others say so. Nothing that it brings can be changed by it.
/// </summary>
public sealed class Relayer
{
    /// <summary>A slot of Ethereum: no block comes sooner.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(12);

    // Calls that are tried in one pass; the rest waits for the next.
    private const int TriesMax = 8;

    private readonly IRelayChain _chain;
    private readonly SendingAccount _account;
    private readonly Address _vault;
    private readonly VaultReader _reader;
    private readonly RelayScope _scope;
    private readonly Func<RelayerTurns> _turns;
    private readonly TimeProvider _time;
    private readonly RelayMemory _memory = new();
    private readonly Dictionary<string, string> _said = [];
    private readonly List<RelayNote> _notes = [];

    /// <param name="chain">What it brings from.</param>
    /// <param name="account">Who pays.</param>
    /// <param name="vault">What it brings to.</param>
    /// <param name="scope">How much it brings.</param>
    /// <param name="turns">Who goes first, as it is now.</param>
    /// <param name="time">For the turns.</param>
    public Relayer(IRelayChain chain, SendingAccount account, Address vault, RelayScope scope, Func<RelayerTurns> turns, TimeProvider? time = null)
    {
        (_chain, _account, _vault, _scope, _turns, _time) = (chain, account, vault, scope, turns, time ?? TimeProvider.System);
        _reader = new VaultReader(account.Endpoint, vault);
    }

    /// <summary>Evidence of forks, to be brought before all else.</summary>
    public ImmutableArray<RelayItem.Fork> Forks { get; init; } = [];

    /// <summary>Whether the last pass left nothing open and sent nothing: what could be brought is.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Whether the last pass could not do what it was there for: no answer, no ether, fees above the cap.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Whether it was blocked because somebody did not answer, who may answer the next pass.</summary>
    public bool IsUnheard { get; private set; }

    /// <summary>One look, and at most one transaction. What it says is new: the same word about the same subject is said once.</summary>
    /// <exception cref="StoreFailedException">Nothing can be noted any more, so nothing is sent.</exception>
    public async Task<ImmutableArray<RelayNote>> PassAsync(CancellationToken cancellation)
    {
        _notes.Clear();
        (IsIdle, IsBlocked, IsUnheard) = (false, false, false);
        await LookAsync(cancellation);
        return [.. _notes];
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var offers = await _chain.OffersAsync(cancellation);
        if (offers.Reason is { } silent) Blame("chain", silent, offers.IsSilent);
        else Hush("chain");
        // What is open is followed whether the chain answers or not.
        var known = offers.Value ?? new RelayOffers(0, [], []);
        var vault = await _reader.ReadAsync(_scope == RelayScope.Everything ? [.. known.Orders, .. known.Releases] : [], cancellation);
        if (vault.Fault != EndpointFault.None)
        {
            Blame("vault", $"the endpoint does not answer: {vault.Fault}, {vault.Detail}", isUnheard: true);
            return;
        }

        Hush("vault");
        var agenda = RelayPlan.Next(known, vault.Value!, Forks, _scope);
        if (agenda.Closed is { } closed) Say("vault", closed);
        foreach (var held in agenda.Held) Say(held.Item.Key, held.IsDone ? "the vault has it" : $"waits: {held.Why}");
        if (offers.Reason is null) Forget(agenda);
        if (_account.Open is { } open) await GoOnAsync(open, agenda, vault.Value!, cancellation);
        else IsIdle = !await BeginAsync(agenda, cancellation);
    }

    // What comes next is seen by the next pass, with a vault that knows of this one.
    private async Task GoOnAsync(OpenTransaction open, RelayAgenda agenda, VaultView vault, CancellationToken cancellation)
    {
        var isDone = agenda.Closed is not null || agenda.Held.Any(held => held.IsDone && held.Item.Key == open.Purpose) || IsFollowed(open.Purpose, vault);
        var report = await _account.StepAsync(isDone ? new SendingWish.Cancel() : new SendingWish.GoOn(), cancellation);
        Say(report, agenda.Due.FirstOrDefault(item => item.Key == open.Purpose));
    }

    // A set is offered until the vault has it, so that it is not among what is held.
    private static bool IsFollowed(string purpose, VaultView vault) =>
        purpose.StartsWith("set ", StringComparison.Ordinal) && ulong.TryParse(purpose.AsSpan(4), out var set) && set <= vault.SetNumber;

    // True where something was sent.
    private async Task<bool> BeginAsync(RelayAgenda agenda, CancellationToken cancellation)
    {
        var (now, turns, tried) = (_time.GetUtcNow(), _turns(), 0);
        foreach (var item in agenda.Due)
        {
            if (!_memory.IsReady(item, now, turns)) continue;
            if (tried++ == TriesMax) return false;
            var call = await CallOfAsync(item, cancellation);
            if (call.IsSilent)
            {
                // What is due stays due: who took this for "nothing to bring" would end with a withdrawal unpaid.
                Blame("chain", call.Reason!, isUnheard: true);
                return false;
            }

            if (call.Reason is { } reason)
            {
                Say(item.Key, $"waits: {reason}");
                continue;
            }

            if (call.Value.Length > SendingState.DataBytesMax)
            {
                Refuse(item, $"its call has {call.Value.Length} bytes, more than {SendingState.DataBytesMax}", now);
                continue;
            }

            var checkedCall = new EthereumCall(_account.Address, _vault, call.Value);
            var outcome = await _account.Endpoint.CallAsync(checkedCall, cancellation);
            if (outcome.Fault != EndpointFault.None)
            {
                Blame("vault", $"the endpoint does not answer: {outcome.Fault}, {outcome.Detail}", isUnheard: true);
                return false;
            }

            if (outcome.Value!.Reverted is { Name: "WrongValidators" or "HeightTooLow" })
            {
                // The chain learns what the vault follows when that is final: until then its certificates are of the set before.
                Say(item.Key, "waits: the node's certificate is of another set than the vault goes by");
                continue;
            }

            if (outcome.Value.Reverted is { } revert)
            {
                Refuse(item, TextOf(revert), now);
                continue;
            }

            var report = await _account.StepAsync(new SendingWish.Send(item.Key, checkedCall), cancellation);
            Say(report, item);
            // One at a time; and without ether, or with fees above the cap, nothing else goes either.
            if (report is not SendingReport.WouldRevert) return _account.Open is not null;
        }

        return false;
    }

    private void Refuse(RelayItem item, string why, DateTimeOffset now)
    {
        _memory.Failed(item, now);
        Say(item.Key, $"not sent: {why}");
    }

    private static string TextOf(Revert revert) => revert.Name switch
    {
        "AlreadyReleased" or "ActionAlreadyDone" or "SameValidators" or "NothingPending" => $"another relayer brought it ({revert.Name})",
        _ => $"the vault refuses it: {revert}",
    };

    private async Task<ChainAnswer<ReadOnlyMemory<byte>>> CallOfAsync(RelayItem item, CancellationToken cancellation) => item switch
    {
        RelayItem.Fork fork => fork.Calldata,
        RelayItem.Completion { Kind: CompletionKind.Unpause } => (ReadOnlyMemory<byte>)BridgeContracts.CompleteUnpause(),
        RelayItem.Completion { Kind: CompletionKind.Limits } => (ReadOnlyMemory<byte>)BridgeContracts.ApplyLimits(),
        RelayItem.Completion => (ReadOnlyMemory<byte>)BridgeContracts.CompleteRetire(),
        _ => await _chain.CallOfAsync(item, cancellation),
    };

    private void Say(SendingReport report, RelayItem? item)
    {
        switch (report)
        {
            case SendingReport.Waits or SendingReport.NoAnswer:
                Blame("account", report.ToString()!);
                break;
            case SendingReport.WouldRevert refused when item is not null:
                Refuse(item, TextOf(refused.Reason), _time.GetUtcNow());
                break;
            case SendingReport.Settled { IsDone: false } or SendingReport.Lost when item is not null:
                _memory.Failed(item, _time.GetUtcNow());
                Say(item.Key, report.ToString()!);
                Hush("account");
                break;
            case SendingReport.Nothing:
                break;
            default:
                Say("account", report.ToString()!);
                break;
        }
    }

    private void Say(string subject, string text)
    {
        if (_said.GetValueOrDefault(subject) == text) return;
        _said[subject] = text;
        _notes.Add(new RelayNote(subject, text));
    }

    private void Blame(string subject, string text, bool isUnheard = false)
    {
        IsBlocked = true;
        IsUnheard |= isUnheard;
        Say(subject, text);
    }

    // It may be said again.
    private void Hush(string subject) => _said.Remove(subject);

    private void Forget(RelayAgenda agenda)
    {
        RelayItem[] offered = [.. agenda.Due, .. agenda.Held.Select(held => held.Item)];
        _memory.Keep(offered);
        var keys = offered.Select(item => item.Key).Concat(["account", "chain", "vault"]).ToHashSet();
        foreach (var gone in _said.Keys.Where(key => !keys.Contains(key)).ToArray()) _said.Remove(gone);
    }
}
