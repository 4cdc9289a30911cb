using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>What the two chains tell differently of NTK that moved between them.</summary>
internal enum BridgeFindingKind
{
    /// <summary>The vault's events have a gap, or one is of no form that a vault has.</summary>
    EventMissing,

    /// <summary>An event of the vault is not the one that this chain took, or the sums in it do not follow.</summary>
    EventDiffers,

    /// <summary>This chain credited a lock that the vault does not have, or another amount, or to somebody else.</summary>
    FalseCredit,

    /// <summary>The vault paid what nobody burned, or somebody else, or another amount, or what was refunded.</summary>
    FalseRelease,

    /// <summary>A holder's claim was paid twice, or out of what nobody locked for claims.</summary>
    FalseClaim,

    /// <summary>A sum in the state is not what the events come to.</summary>
    SumDiffers,
}

internal sealed record BridgeFinding(BridgeFindingKind Kind, string Detail)
{
    public override string ToString() => $"{Kind}: {Detail}";
}

/// <summary>The sums of a finished audit.</summary>
/// <param name="Events">Events of the vault that were read.</param>
/// <param name="Locked">By the vault's events up to the chain's cursor.</param>
/// <param name="Credited">To accounts, the learning reserve and quarantine.</param>
/// <param name="Waiting">Locked, taken by this chain and not credited yet.</param>
/// <param name="Burned">For Ethereum, by this chain's events.</param>
/// <param name="Released">By the vault's events up to the chain's cursor.</param>
/// <param name="Refunded">To whoever burned.</param>
/// <param name="Open">Burned, and neither released nor refunded.</param>
/// <param name="Funded">Of what was credited: to the pot that claims are paid from.</param>
/// <param name="Claimed">By holders of the snapshot.</param>
/// <param name="Findings">What is wrong.</param>
internal sealed record BridgeAuditReport(
    ulong Events,
    Amount Locked,
    Amount Credited,
    Amount Waiting,
    Amount Burned,
    Amount Released,
    Amount Refunded,
    Amount Open,
    Amount Funded,
    Amount Claimed,
    IReadOnlyList<BridgeFinding> Findings)
{
    /// <summary>What is left to pay claims from; zero where more was claimed than came, which is a finding.</summary>
    public Amount Pot => Claimed > Funded ? Amount.Zero : Funded - Claimed;
}

/// <summary>
/// Holds what the vault said against what this chain made of it: lock by lock and burn by burn, from the events of both and from nothing that the ledger
/// sums up itself. First all events of the vault in order, then those of this chain's blocks.
/// </summary>
internal sealed class BridgeAudit
{
    private readonly SortedDictionary<ulong, LockState> _locks = [];
    private readonly Dictionary<Hash256, VaultNotice.Released> _released = [];
    private readonly SortedDictionary<Hash256, Burn> _burns = [];
    private readonly List<BridgeFinding> _findings = [];
    private readonly List<Hash256> _chains = [Hash256.Zero];
    private readonly HashSet<Address> _claimants = [];
    private ulong _taken;
    private Amount _funded, _claimed;

    /// <summary>The next event of the vault.</summary>
    public void Take(EthereumLog log)
    {
        var expected = (ulong)_chains.Count;
        if (!VaultNotice.TryRead(log, out var happened))
        {
            Find(BridgeFindingKind.EventMissing, $"after event {expected - 1} comes one that is of no known form");
            return;
        }

        if (happened.Nonce != expected)
        {
            Find(BridgeFindingKind.EventMissing, $"after event {expected - 1} comes {happened.Nonce}");
            return;
        }

        _chains.Add(VaultNotice.Fold(_chains[^1], log));
        if (happened is VaultNotice.Locked locked) _locks.Add(locked.Nonce, new LockState(locked));
        if (happened is VaultNotice.Released released && !_released.TryAdd(released.BurnId, released))
            Find(BridgeFindingKind.FalseRelease, $"the vault released {released.BurnId} twice");
    }

    /// <summary>Something that happened in a block of this chain; what is not about the bridge is passed over.</summary>
    public void Take(Height height, Event happened)
    {
        if (!happened.Kind.StartsWith("bridge.", StringComparison.Ordinal) && happened.Kind is not ("claims.funded" or "claims.claimed")) return;
        var told = happened.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        switch (happened.Kind)
        {
            case "bridge.locked":
                Taken(height, told);
                break;
            case "bridge.credited":
            case "bridge.reserve_credited":
            case "bridge.quarantined":
            case "claims.funded":
                Credited(height, told, happened.Kind);
                break;
            case "claims.claimed":
                Claimed(height, told);
                break;
            case "bridge.withdrawal":
                _burns.Add(HashIn(told, "burn_id"), new Burn(AddressIn(told, "sender"), AddressIn(told, "to"), AmountIn(told)));
                break;
            case "bridge.released":
                Released(height, told);
                break;
            case "bridge.refunded":
                Refunded(height, told);
                break;
        }
    }

    /// <summary>Nothing more happened.</summary>
    /// <param name="status">What the state after the last block says of itself.</param>
    /// <param name="claims">The same of its claims; null where the genesis names no snapshot.</param>
    public BridgeAuditReport Close(BridgeStatus status, ClaimsStatus? claims = null)
    {
        var known = status.Nonce < (ulong)_chains.Count;
        if (!known) Find(BridgeFindingKind.EventMissing, $"this chain took the vault's event {status.Nonce}, of which {_chains.Count - 1} were read");
        if (known && _chains[(int)status.Nonce] != status.EventChain) Find(BridgeFindingKind.EventDiffers, $"the vault's events up to {status.Nonce} are others than this chain took");
        foreach (var nonce in _locks.Where(one => one.Key <= status.Nonce && !one.Value.IsTaken).Select(one => one.Key))
            Find(BridgeFindingKind.EventDiffers, $"this chain is past lock {nonce} and never took it");
        foreach (var (burnId, released) in _released.Where(one => one.Value.Nonce <= status.Nonce))
            if (_burns.GetValueOrDefault(burnId) is not { IsReleased: true })
                Find(BridgeFindingKind.FalseRelease, $"the vault paid {released.Amount} NTK to {released.To} for {burnId}, which this chain does not have as released");
        // What the vault has paid and this chain has not read yet must be open here all the same.
        foreach (var (burnId, released) in _released.Where(one => one.Value.Nonce > status.Nonce))
            Check(burnId, released);

        var taken = _locks.Values.Where(one => one.IsTaken).ToList();
        var report = new BridgeAuditReport(
            (ulong)_chains.Count - 1,
            Sum(taken.Select(one => one.Event.Amount)),
            Sum(taken.Select(one => one.Credited)),
            Sum(taken.Select(one => one.Event.Amount - one.Credited)),
            Sum(_burns.Values.Select(burn => burn.Amount)),
            Sum(_burns.Values.Where(burn => burn.IsReleased).Select(burn => burn.Amount)),
            Sum(_burns.Values.Where(burn => burn.IsRefunded).Select(burn => burn.Amount)),
            Sum(_burns.Values.Where(burn => burn.IsOpen).Select(burn => burn.Amount)),
            _funded,
            _claimed,
            _findings);
        Same("locked", report.Locked, status.Locked);
        Same("waiting", report.Waiting, status.Pending);
        Same("released", report.Released, status.Released);
        Same("open", report.Open, status.Open);
        Same("claimed", report.Claimed, claims?.Claimed ?? Amount.Zero);
        Same("pot", report.Pot, claims?.Pot ?? Amount.Zero);
        return report;
    }

    private void Taken(Height height, Dictionary<string, string> told)
    {
        var nonce = NonceIn(told);
        if (nonce <= _taken) Find(BridgeFindingKind.EventDiffers, $"block {height} takes lock {nonce} after {_taken}");
        _taken = nonce;
        if (!_locks.TryGetValue(nonce, out var known))
        {
            Find(BridgeFindingKind.FalseCredit, $"block {height} takes lock {nonce} of {AmountIn(told)} NTK, which the vault does not have");
            return;
        }

        known.IsTaken = true;
        if (AmountIn(told) != known.Event.Amount || AddressIn(told, "sender") != known.Event.Sender || HashIn(told, "recipient") != known.Event.Recipient)
            Find(BridgeFindingKind.EventDiffers, $"block {height} takes lock {nonce} as {AmountIn(told)} NTK for {HashIn(told, "recipient")}, the vault has {known.Event.Amount} for {known.Event.Recipient}");
    }

    private void Credited(Height height, Dictionary<string, string> told, string kind)
    {
        var (nonce, amount) = (NonceIn(told), AmountIn(told));
        if (!_locks.TryGetValue(nonce, out var known) || !known.IsTaken)
        {
            Find(BridgeFindingKind.FalseCredit, $"block {height} credits {amount} NTK for lock {nonce}, which was not taken");
            return;
        }

        var wanted = known.Event.Recipient == Locks.LearningReserve ? "bridge.reserve_credited" : Locks.AccountOf(known.Event.Recipient) is null ? "bridge.quarantined" : "bridge.credited";
        // What the pot of claims has no use for is in quarantine.
        var isForPot = kind == "claims.funded" && known.Event.Recipient == ClaimsPot.Recipient;
        if (!isForPot && (kind != wanted || (kind == "bridge.credited" && AddressIn(told, "to") != Locks.AccountOf(known.Event.Recipient))))
            Find(BridgeFindingKind.FalseCredit, $"block {height} gives {amount} NTK of lock {nonce} to somebody else than {known.Event.Recipient}");
        if (known.Event.Amount - known.Credited < amount)
            Find(BridgeFindingKind.FalseCredit, $"block {height} credits {amount} NTK more of lock {nonce}, of which {known.Event.Amount - known.Credited} was left");
        else
            known.Credited += amount;
        if (kind == "claims.funded") _funded += amount;
    }

    private void Claimed(Height height, Dictionary<string, string> told)
    {
        var (holder, amount) = (AddressIn(told, "holder"), AmountIn(told));
        _claimed += amount;
        if (!_claimants.Add(holder)) Find(BridgeFindingKind.FalseClaim, $"block {height} pays {amount} NTK for a claim of {holder}, who had claimed before");
        if (_claimed > _funded) Find(BridgeFindingKind.FalseClaim, $"block {height} pays {amount} NTK for a claim of {holder}: {_claimed} NTK are claimed, {_funded} came for it");
    }

    private void Released(Height height, Dictionary<string, string> told)
    {
        var burnId = HashIn(told, "burn_id");
        if (!_released.TryGetValue(burnId, out var paid))
        {
            Find(BridgeFindingKind.FalseRelease, $"block {height} has {burnId} as released, which the vault has not paid");
            return;
        }

        if (Check(burnId, paid)) _burns[burnId].IsReleased = true;
    }

    private void Refunded(Height height, Dictionary<string, string> told)
    {
        var burnId = HashIn(told, "burn_id");
        if (_burns.GetValueOrDefault(burnId) is not { IsOpen: true } burn || burn.Amount != AmountIn(told) || burn.Sender != AddressIn(told, "to"))
            Find(BridgeFindingKind.FalseCredit, $"block {height} refunds {AmountIn(told)} NTK for {burnId}, which is no open burn of {told["to"]} of that amount");
        else
            burn.IsRefunded = true;
    }

    // Whether the vault paid what is open here.
    private bool Check(Hash256 burnId, VaultNotice.Released paid)
    {
        if (_burns.GetValueOrDefault(burnId) is { IsOpen: true } burn && burn.To == paid.To && burn.Amount == paid.Amount) return true;
        Find(BridgeFindingKind.FalseRelease, $"the vault paid {paid.Amount} NTK to {paid.To} for {burnId}, which is no open burn for that");
        return false;
    }

    private void Same(string name, Amount derived, Amount stated)
    {
        if (derived != stated) Find(BridgeFindingKind.SumDiffers, $"{name}: the events come to {derived} NTK, the state says {stated}");
    }

    private void Find(BridgeFindingKind kind, string detail) => _findings.Add(new BridgeFinding(kind, detail));

    private static Amount Sum(IEnumerable<Amount> amounts) => amounts.Aggregate(Amount.Zero, (sum, amount) => sum + amount);

    private static ulong NonceIn(Dictionary<string, string> told) => ulong.Parse(told["nonce"], CultureInfo.InvariantCulture);

    private static Amount AmountIn(Dictionary<string, string> told)
    {
        var isAmount = Amount.TryParseNtk(told["amount"], out var amount);
        Invariant.Check(isAmount, "an event's amount is one");
        return amount;
    }

    private static Address AddressIn(Dictionary<string, string> told, string name)
    {
        var isAddress = Address.TryParse(told[name], out var address);
        Invariant.Check(isAddress, "an event's address is one");
        return address;
    }

    private static Hash256 HashIn(Dictionary<string, string> told, string name)
    {
        var isHash = Hash256.TryParse(told[name], out var hash);
        Invariant.Check(isHash, "an event's hash is one");
        return hash;
    }

    private sealed class LockState(VaultNotice.Locked happened)
    {
        public VaultNotice.Locked Event { get; } = happened;

        public bool IsTaken { get; set; }

        public Amount Credited { get; set; }
    }

    private sealed class Burn(Address sender, Address to, Amount amount)
    {
        public Address Sender { get; } = sender;

        public Address To { get; } = to;

        public Amount Amount { get; } = amount;

        public bool IsReleased { get; set; }

        public bool IsRefunded { get; set; }

        public bool IsOpen => !IsReleased && !IsRefunded;
    }
}
