using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>
/// What the chain must hold, worked out again from three things alone: the locks and releases on Ethereum, the transactions in the blocks, and the
/// blocks' word on when something happened that no transaction says (credits, refunds, redirections). Amounts and owners are never taken from the chain's
/// word: a credit is what the lock says, for whom it says, and a refund is what was burned, for who burned it.
/// </summary>
/// <param name="genesis">Of the chain.</param>
/// <param name="leaves">What each holder of the snapshot may claim, once.</param>
internal sealed class ExpectedChain(GenesisDocument genesis, IReadOnlyDictionary<Address, UInt128> leaves)
{
    private static readonly Hash256 ReserveRecipient = Keccak256.Hash("NeuroChain learning reserve v1"u8);
    private static readonly Hash256 PotRecipient = Keccak256.Hash("NeuroChain claims pot v1"u8);

    private readonly Dictionary<Address, Int128> _balances = [];
    private readonly Dictionary<ulong, UInt128> _credited = [];
    private readonly Dictionary<ulong, UInt128> _quarantine = [];
    private readonly UInt128 _leaves = leaves.Values.Aggregate(UInt128.Zero, (sum, units) => sum + units);
    private readonly HashSet<Address> _claimed = [];
    private EthereumBooks _ethereum = null!;
    private readonly GenesisHash _genesisHash = genesis.Hash;
    private ulong _parentTime = genesis.TimeMs;

    /// <summary>The last block that was read.</summary>
    public Height Height { get; private set; } = Height.Genesis;

    public UInt128 Credited { get; private set; }

    public UInt128 Burned { get; private set; }

    public UInt128 Refunded { get; private set; }

    public UInt128 Reserve { get; private set; }

    public UInt128 Pot { get; private set; }

    public UInt128 Claimed { get; private set; }

    public UInt128 FeesBurned { get; private set; }

    public UInt128 Treasury { get; private set; }

    public Dictionary<Hash256, ExpectedBurn> Burns { get; } = [];

    /// <summary>When how much was credited, and when how much was certified: milliseconds of the blocks before, and units.</summary>
    public List<(ulong Time, UInt128 Units)> FlowIn { get; } = [];

    public List<(ulong Time, UInt128 Units)> FlowOut { get; } = [];

    /// <summary>How often each kind of event was in a block.</summary>
    public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    public UInt128 BridgeSupply => Credited + Refunded - Burned;

    public UInt128 PotRoom => _leaves - Claimed - Pot;

    public UInt128 TotalLeaves => _leaves;

    public IReadOnlyCollection<Address> Claimants => _claimed;

    public IReadOnlyDictionary<ulong, UInt128> Quarantine => _quarantine;

    public IEnumerable<KeyValuePair<Address, UInt128>> Balances => _balances.Where(pair => pair.Value > 0).Select(pair => KeyValuePair.Create(pair.Key, (UInt128)pair.Value));

    /// <summary>Of the locks up to a nonce, what is still to be credited.</summary>
    public Dictionary<ulong, UInt128> Pending(ulong nonce) =>
        _ethereum.Locks.Where(one => one.Nonce <= nonce).Select(one => (one.Nonce, Left: one.Amount - _credited.GetValueOrDefault(one.Nonce))).Where(one => one.Left > 0).ToDictionary(one => one.Nonce, one => one.Left);

    /// <summary>Reads the blocks up to a height.</summary>
    /// <exception cref="BrokenEquationException">One of them credits, pays back or spends what it must not.</exception>
    public void Advance(RunningNetwork.Member member, Height height, EthereumBooks ethereum)
    {
        _ethereum = ethereum;
        while (Height < height)
        {
            Height = Height.Next();
            var (committed, outcome) = member.Whole(Height) ?? throw new InvalidOperationException($"{member} does not keep block {Height}");
            Read(committed.Block, outcome);
            foreach (var (account, balance) in _balances) Equation.Holds("S2", balance >= 0, $"{account} has spent {-balance} units that it never had, up to block {Height}");
            _parentTime = committed.Block.Header.Time.Milliseconds;
        }
    }

    private void Read(Block block, BlockOutcome outcome)
    {
        var fees = UInt128.Zero;
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var receipt = outcome.Receipts[i];
            var parsed = UnverifiedTransaction.TryParse(block.Transactions[i].ToArray(), _genesisHash, out var transaction, out var fault);
            if (!parsed) throw new InvalidOperationException($"transaction {i} of block {Height} is {fault}");
            fees += receipt.Fee.Units;
            Add(transaction!.Sender, -(Int128)receipt.Fee.Units);
            if (receipt.IsSuccess) Read(TransactionEnvelope.Parser.ParseFrom(block.Transactions[i].Span).Body, transaction);
        }

        foreach (var happened in outcome.Events) Read(happened, block.Header.Author, ref fees);
        Equation.Equal("S2", UInt128.Zero, fees, $"fees of block {Height} that went nowhere");
    }

    private void Read(Google.Protobuf.ByteString bytes, UnverifiedTransaction transaction)
    {
        var body = TransactionBody.Parser.ParseFrom(bytes);
        if (body.BridgeWithdraw is { } withdraw)
        {
            var (units, to) = (Units(withdraw.Amount), Address.FromBytes(withdraw.To.Span));
            // keccak256(abi.encode(genesis, height, transaction, 0))
            var burnId = Keccak256.Hash(new AbiWriter().Hash(_genesisHash.Value).UInt64(Height.Value).Hash(transaction.Hash.Value).UInt64(0).ToArray());
            Burns.Add(burnId, new ExpectedBurn(burnId, transaction.Sender, to, units));
            Burned += units;
            Add(transaction.Sender, -(Int128)units);
        }

        if (body.ClaimSnapshot is not { } claim) return;
        var holder = Address.FromBytes(claim.Holder.Span);
        Equation.Holds("S9", leaves.TryGetValue(holder, out var leaf) && leaf == Units(claim.Amount), $"{holder} claimed another leaf than its own in block {Height}");
        Equation.Holds("S9", _claimed.Add(holder), $"{holder} claimed twice, again in block {Height}");
        Equation.Holds("S9", Pot >= leaf, $"a claim of {leaf} in block {Height} took more than the pot of {Pot}");
        (Claimed, Pot) = (Claimed + leaf, Pot - leaf);
        Add(Address.FromBytes(claim.Recipient.Span), (Int128)leaf);
    }

    private void Read(Event happened, Address author, ref UInt128 fees)
    {
        Happened[happened.Kind] = Happened.GetValueOrDefault(happened.Kind) + 1;
        string Of(string key) => happened.Attributes.Single(attribute => attribute.Key == key).Value;
        UInt128 UnitsOf(string key) => Amount.TryParseNtk(Of(key), out var amount) ? amount.Units : throw new InvalidOperationException($"{key} of {happened.Kind} is no amount");
        switch (happened.Kind)
        {
            case "fees.paid":
                var (paid, burned, treasury) = (UnitsOf("to_author"), UnitsOf("burned"), UnitsOf("to_treasury"));
                Add(author, (Int128)paid);
                (FeesBurned, Treasury) = (FeesBurned + burned, Treasury + treasury);
                fees -= paid + burned + treasury;
                break;
            case "bridge.credited" or "bridge.reserve_credited" or "bridge.quarantined" or "claims.funded":
                Credit(happened.Kind, ulong.Parse(Of("nonce"), CultureInfo.InvariantCulture), UnitsOf("amount"));
                break;
            case "bridge.redirected":
                var nonce = ulong.Parse(Of("nonce"), CultureInfo.InvariantCulture);
                Equation.Holds("S6", _quarantine.Remove(nonce, out var freed), $"lock {nonce} was in no quarantine when it was redirected in block {Height}");
                Add(AddressOf(Of("to")), (Int128)freed);
                break;
            case "bridge.certified": FlowOut.Add((_parentTime, Burn(Of("burn_id"), "certified").Units)); break;
            case "bridge.released": End(Of("burn_id"), BurnEnd.Released); break;
            case "bridge.refunded":
                var refunded = End(Of("burn_id"), BurnEnd.Refunded);
                Refunded += refunded.Units;
                Add(refunded.Sender, (Int128)refunded.Units);
                break;
        }
    }

    // Locks are credited one after the other: a part only of the first one that is not whole.
    private void Credit(string kind, ulong nonce, UInt128 units)
    {
        var first = _ethereum.Locks.FirstOrDefault(one => _credited.GetValueOrDefault(one.Nonce) < one.Amount);
        Equation.Holds("S6", first is not null, $"lock {nonce} was credited in block {Height}, and all that are there had been");
        Equation.Equal("S6", first.Nonce, nonce, $"the lock whose turn it is in block {Height}");
        var sum = _credited.GetValueOrDefault(nonce) + units;
        Equation.Holds("S6", sum <= first.Amount, $"{sum} credited of lock {nonce} by block {Height}, {first.Amount} were locked");
        _credited[nonce] = sum;
        Credited += units;
        FlowIn.Add((_parentTime, units));
        var wanted = WantedFor(first.Recipient);
        Equation.Equal("S6", wanted, kind, $"what becomes of lock {nonce} for {first.Recipient} in block {Height}");
        switch (kind)
        {
            case "bridge.credited": Add(AddressOf(first.Recipient), (Int128)units); break;
            case "bridge.reserve_credited": Reserve += units; break;
            case "bridge.quarantined": _quarantine[nonce] = _quarantine.GetValueOrDefault(nonce) + units; break;
            case "claims.funded":
                Equation.Holds("S9", units <= PotRoom, $"lock {nonce} put {units} into a pot with room for {PotRoom} in block {Height}");
                Pot += units;
                break;
        }
    }

    private string WantedFor(Hash256 recipient)
    {
        if (recipient == ReserveRecipient) return "bridge.reserve_credited";
        if (recipient == PotRecipient) return PotRoom > 0 ? "claims.funded" : "bridge.quarantined";
        var bytes = recipient.ToArray();
        var isAccount = bytes.Take(Hash256.Size - Address.Size).All(b => b == 0) && bytes.Any(b => b != 0);
        return isAccount ? "bridge.credited" : "bridge.quarantined";
    }

    private ExpectedBurn End(string burnId, BurnEnd end)
    {
        var burn = Burn(burnId, end.ToString());
        Equation.Holds("S7", burn.End == BurnEnd.Open, $"burn {burnId} was {burn.End} and is {end} in block {Height}");
        var isPaid = _ethereum.Releases.Any(release => release.BurnId == burn.BurnId);
        Equation.Holds("S7", isPaid == (end == BurnEnd.Released), $"burn {burnId} is {end} in block {Height}, and the vault {(isPaid ? "has" : "has not")} paid it");
        burn.End = end;
        return burn;
    }

    private ExpectedBurn Burn(string burnId, string end)
    {
        var known = Hash256.TryParse(burnId, out var id) & Burns.TryGetValue(id, out var burn);
        Equation.Holds("S7", known, $"burn {burnId}, {end} in block {Height}, is in no block");
        return burn!;
    }

    private void Add(Address account, Int128 units) => _balances[account] = _balances.GetValueOrDefault(account) + units;

    private static UInt128 Units(Google.Protobuf.ByteString bytes) => Amount.TryFromBytes(bytes.Span, out var amount) ? amount.Units : throw new InvalidOperationException("no amount");

    private static Address AddressOf(string text) => Address.TryParse(text, out var address) ? address : throw new InvalidOperationException($"no address: {text}");

    private static Address AddressOf(Hash256 recipient) => Address.FromBytes(recipient.ToArray().AsSpan(Hash256.Size - Address.Size));
}
