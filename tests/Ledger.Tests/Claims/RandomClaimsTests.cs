using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Blocks with claims of everybody in any order, right ones and spoilt ones, between payments, locks, burns and votes, in both modes. After each
/// block S9 holds, every account is where it belongs, and the block can be taken back.
/// </summary>
public sealed class RandomClaimsTests(ITestOutputHelper output)
{
    private const int Blocks = 120;

    public static TheoryData<ulong, bool> Runs
    {
        get
        {
            var runs = new TheoryData<ulong, bool>();
            for (ulong seed = 1; seed <= (Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 40UL : 3UL); seed++)
            {
                runs.Add(seed, false);
                runs.Add(seed, true);
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void S9_NoMoreIsClaimedThanWasHeldAndEachLeafOnce(ulong seed, bool isSponsored)
    {
        var run = new Run(new SeededStream(seed), isSponsored);
        for (var i = 0; i < Blocks; i++) run.Block();
        output.WriteLine(string.Join(", ", run.Happened.Select(pair => $"{pair.Key} {pair.Value}")));
        output.WriteLine(string.Join(", ", run.Refused.Select(pair => $"{pair.Key} {pair.Value}")));

        // Or the run would show nothing.
        string[] wanted = ["claims.claimed", "claims.extended", "accounts.transferred", .. isSponsored ? ["claims.funded", "bridge.withdrawal"] : (string[])[]];
        Assert.All(wanted, kind => Assert.True(run.Happened.GetValueOrDefault(kind) > 0, kind));
        Assert.True(run.Happened["claims.claimed"] > (isSponsored ? 8 : 20));
        TransactionRejection[] refusals =
        [
            TransactionRejection.ClaimUsed, TransactionRejection.ClaimNotInSnapshot, TransactionRejection.ClaimForOtherChain, TransactionRejection.ClaimsClosed,
            .. isSponsored ? [TransactionRejection.ClaimAbovePot] : (TransactionRejection[])[],
        ];
        Assert.All(refusals, reason => Assert.True(run.Refused.GetValueOrDefault(reason) > 0, reason.ToString()));
    }

    private sealed class Run
    {
        private readonly SeededStream _stream;
        private readonly ClaimsWorld _world;
        private readonly BridgeWorld? _bridge;
        private readonly Dictionary<Address, Amount> _claimed = [];
        private bool _isClosedOnce;

        public Run(SeededStream stream, bool isSponsored)
        {
            _stream = stream;
            (_world, _bridge) = isSponsored ? ClaimsWorld.Sponsored() : (ClaimsWorld.Exclusive(), null);
        }

        public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<TransactionRejection, int> Refused { get; } = [];

        private LedgerFixture Chain => _world.Chain;

        public void Block()
        {
            if (_bridge is not null && _stream.NextChance(1, 4)) Lock(_bridge);
            if (!_isClosedOnce && Chain.State.Height.Value > 50)
            {
                _world.Close();
                _isClosedOnce = true;
            }

            var offered = Offer();
            var before = Chain.State;
            var built = Chain.Build([.. offered]);
            foreach (var refused in offered.Except(built.Transactions)) Count(Refused, Chain.OutcomeOf(refused));
            var applied = Chain.Apply(built.Block);
            Assert.Equal(built.Result.Next.Mark, applied.Result.Next.Mark);
            Assert.True(Chain.State.TryRewind(before.Mark, [applied.Result.Undo], out _, out var fault), fault.ToString());
            foreach (var happened in applied.Result.Events) Note(happened);
            Check();
        }

        // Events of the bridge come in blocks of their own.
        private void Lock(BridgeWorld bridge)
        {
            var recipient = _stream.NextChance(2, 3) ? ClaimsPot.Recipient : new UInt256(1 + (UInt128)_stream.NextBelow(3)).ToHash();
            bridge.Ethereum.Lock(LedgerFixture.Key(66).Address, recipient, Amount.FromNtk(1 + _stream.NextBelow(300)));
            foreach (var happened in bridge.Bring().Events) Note(happened);
            Check();
        }

        private List<Transaction> Offer()
        {
            var offered = new List<Transaction>();
            for (var i = _stream.NextBelow(3); i > 0; i--) offered.Add(Claim());
            var rich = ClaimsWorld.Keys.Where(key => Chain.AccountOf(key).Balance > Amount.FromNtk(2)).ToList();
            if (rich.Count > 0) offered.Add(Chain.Transfer(Any(rich), Any(ClaimsWorld.Keys).Address, Amount.FromNtk(1)));
            if (rich.Count > 0 && _bridge is not null && _stream.NextChance(1, 3)) offered.Add(_bridge.Withdraw(Amount.FromNtk(1), from: Any(rich)));
            if (Chain.State.Height.Value > 70 && OpenProposals.Get(Chain.State).Ids.IsEmpty && _world.Status.ClosingHeight < Chain.State.Height)
            {
                var id = OpenProposals.Get(Chain.State).NextId;
                offered.Add(Chain.Propose(Chain.ValidatorKeys[0], _world.Extend(10_000)));
                offered.AddRange(Chain.ValidatorKeys.Skip(1).Select(key => Chain.Vote(key, id)));
            }

            return offered;
        }

        private Transaction Claim()
        {
            var holder = Any(ClaimsWorld.Keys);
            var form = _stream.NextChance(1, 2) ? ClaimForm.Typed : ClaimForm.Text;
            var claim = _world.ClaimOf(holder, _stream.NextChance(1, 2) ? null : Any(ClaimsWorld.Keys).Address);
            var signer = Any(ClaimsWorld.Keys);
            Assert.Equal(signer == holder ? TransactionFault.None : TransactionFault.WrongClaimSigner, _world.FaultOf(claim, signer, form));
            return _stream.NextBelow(10) switch
            {
                0 => _world.Send(claim, holder, form, message => message.Path.Add(message.Path[0])),
                1 => _world.Send(claim with { Amount = new Amount(1 + (UInt128)_stream.NextUInt64()) }, holder, form),
                2 => _world.Send(claim with { Chain = new GenesisHash(_stream.NextHash()) }, holder, form),
                3 => _world.Send(claim, holder, form, message => message.Path.RemoveAt(0)),
                _ => _world.Send(claim, holder, form),
            };
        }

        private void Check()
        {
            var (status, supply) = (_world.Status, Chain.Supply);
            var claimed = _claimed.Values.Aggregate(Amount.Zero, (sum, amount) => sum + amount);
            Assert.Equal((claimed, (ulong)_claimed.Count), (status.Claimed, status.Leaves));
            Assert.True(claimed <= ClaimsWorld.Total, "S9");
            Assert.Equal(_claimed.Count, Chain.State.Records.Count(record => record.Key.Bytes[0] == (byte)StateModule.Claims && record.Key.Bytes[1] == 1));
            Assert.Null(SupplyModule.Audit(Chain.State));
            if (_bridge is null) Assert.Equal((claimed, Amount.Zero), (supply.Credited, supply.Escrow));
            else Assert.Equal(status.Pot, supply.Escrow);
            Assert.True(supply.Held <= SupplyModule.Cap);
        }

        private void Note(Types.V1.Event happened)
        {
            Count(Happened, happened.Kind);
            if (happened.Kind != "claims.claimed") return;
            Assert.True(Address.TryParse(happened.Attributes.Single(one => one.Key == "holder").Value, out var holder));
            Assert.True(Amount.TryParseNtk(happened.Attributes.Single(one => one.Key == "amount").Value, out var amount));
            Assert.Equal(ClaimsWorld.AmountOf(ClaimsWorld.Keys.Single(key => key.Address == holder)), amount);
            Assert.True(_claimed.TryAdd(holder, amount), "S9: each leaf once");
        }

        private PrivateKey Any(IReadOnlyList<PrivateKey> keys) => keys[(int)_stream.NextBelow((ulong)keys.Count)];

        private static void Count<T>(SortedDictionary<T, int> counts, T key)
            where T : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;
    }
}
