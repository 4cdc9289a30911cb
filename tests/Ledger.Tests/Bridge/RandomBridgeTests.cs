using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Hundreds of blocks with random locks, burns, vetoes, releases, refunds, new keys, pauses, votes, wrong words and forged evidence, in any order and
/// several times over. After each block the equations S1 to S8 of the bridge hold, nonces went up by one, what was refused or failed changed nothing else,
/// and the block can be taken back.
/// </summary>
public sealed class RandomBridgeTests(ITestOutputHelper output)
{
    private const int Blocks = 250;

    public static TheoryData<ulong> Seeds =>
        [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 40 : 3).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverComesTheEquationsHold(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        var run = new RandomBridge(new SeededStream(seed));
        for (var i = 0; i < Blocks; i++) run.Block();
        output.WriteLine(string.Join(", ", run.Happened.Select(pair => $"{pair.Key} {pair.Value}")));
        output.WriteLine(string.Join(", ", run.Refused.Select(pair => $"{pair.Key} {pair.Value}")));

        // Or the run would show nothing.
        string[] wanted = ["bridge.credited", "bridge.quarantined", "bridge.credit_waits", "bridge.withdrawal", "bridge.certified", "bridge.released", "bridge.refunded",
            "bridge.followed", "bridge.paused", "bridge.resumed", "bridge.reserves"];
        Assert.All(wanted, kind => Assert.True(run.Happened.GetValueOrDefault(kind) > 0, kind));
        Assert.True(run.FailuresAlone > 5, $"only {run.FailuresAlone} blocks of failures were looked at");
        Assert.Equal(BridgeHalt.None, run.World.Status.Halts); // nobody lied about Ethereum to more than a third
    }

    private sealed class RandomBridge
    {
        private readonly SeededStream _stream;
        private readonly List<FakeBlock> _mined = [];
        private readonly Dictionary<ulong, (Amount Locked, Amount Released)> _sums = new() { [0] = (Amount.Zero, Amount.Zero) };
        private readonly List<Hash256> _burns = [];
        private readonly HashSet<string> _closed = [];
        private readonly HashSet<Hash256> _releasedThere = [];
        private readonly HashSet<string> _lockNonces = [];
        private readonly Timestamp _start;
        private Amount _certified = Amount.Zero;
        private ulong _followed;
        private int _keys = 5_000;

        public RandomBridge(SeededStream stream)
        {
            _stream = stream;
            World = new BridgeWorld(genesis => genesis with { Parameters = genesis.Parameters with { Bridge = BridgeWorld.Limits with { ReleaseSeconds = 60 } } });
            World.Ethereum.SecondsPerBlock = 1;
            _start = new Timestamp(World.Chain.Genesis.TimeMs);
            NoteSums();
            World.Fund(Amount.FromNtk(500));
            NoteSums();
            _lockNonces.Add("2");
        }

        public BridgeWorld World { get; }

        public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<TransactionRejection, int> Refused { get; } = [];

        /// <summary>Blocks that were built again of what failed alone.</summary>
        public int FailuresAlone { get; private set; }

        private LedgerFixture Chain => World.Chain;

        public void Block()
        {
            HappenThere();
            var offered = Offer();
            var before = Chain.State;
            var built = Chain.Build([.. offered]);
            foreach (var refused in offered.Except(built.Transactions)) Count(Refused, Chain.OutcomeOf(refused));
            foreach (var receipt in built.Result.Receipts.Where(receipt => !receipt.IsSuccess)) Count(Refused, (TransactionRejection)receipt.Code);
            if (RandomRunChecks.Failed(Chain, before, built)) FailuresAlone++;
            RandomRunChecks.Refused(Chain, before, built, offered);
            var applied = Chain.Apply(built.Block);
            Assert.Equal(built.Result.Next.Mark, applied.Result.Next.Mark);
            RandomRunChecks.Nonces(before, applied);
            Assert.True(Chain.State.TryRewind(before.Mark, [applied.Result.Undo], out _, out var fault), fault.ToString());
            foreach (var transaction in applied.Transactions.Where(transaction => transaction.Kind == Types.V1.TransactionBody.MessageOneofCase.BridgeWithdraw))
            {
                var burnId = BridgeLeaf.BurnId(Chain.GenesisHash, Chain.State.Height, transaction.Hash, 0);
                if (World.Withdrawal(burnId) is not null) _burns.Add(burnId);
            }

            foreach (var happened in applied.Result.Events) Note(happened);
            Check();
        }

        private void HappenThere()
        {
            for (var i = _stream.NextBelow(4); i > 0; i--)
            {
                switch (_stream.NextBelow(8))
                {
                    case 0: World.Ethereum.Lock(Chain.Bob.Address, Hash256.Sha256([(byte)i]), AnyAmount()); break;
                    case 1: World.Ethereum.Lock(Chain.Bob.Address, Locks.LearningReserve, AnyAmount()); break;
                    case 2: World.Ethereum.Spoof(LedgerFixture.Key(66).Address, Chain.Alice.Address, AnyAmount()); continue;
                    case 3 or 4: Release(); break;
                    default: World.Ethereum.Lock(_stream.NextChance(1, 2) ? Chain.Alice.Address : Chain.Bob.Address, AnyAmount()); break;
                }

                NoteSums();
            }

            if (VaultSets.NextToFollow(Chain.State) is { } next && next.LastHeight <= Chain.State.Height && next.Number > _followed && _stream.NextChance(1, 6))
            {
                _followed = next.Number;
                World.FollowNext();
                NoteSums();
            }

            if (_stream.NextChance(1, 3)) return; // the next block has more
            World.Ethereum.Time = Math.Max(World.Ethereum.Time, Chain.State.Time.Milliseconds / 1_000); // its clock is that of this chain
            _mined.Add(World.Ethereum.Mine(_stream.NextChance(1, 3)));
        }

        // As the vault would: what a leaf certifies, before its deadline, once, under the set that it goes by.
        private void Release()
        {
            foreach (var burnId in _burns)
            {
                if (World.Withdrawal(burnId) is not { State: WithdrawalState.Certified } record || _releasedThere.Contains(burnId)) continue;
                var isNeverFetched = burnId.Bit(0) && burnId.Bit(1);
                if (isNeverFetched || World.Ethereum.Time + 40 > record.DeadlineSeconds || _stream.NextChance(1, 3)) continue;
                _releasedThere.Add(burnId);
                World.Ethereum.Release(burnId, record.To, record.Amount);
                return;
            }
        }

        private List<Transaction> Offer()
        {
            var offered = new List<Transaction>();
            var open = _mined.TakeLast(12).Where(block => AttestedBlocks.HashOf(Chain.State, block.Number).IsZero).ToList();
            for (var i = 0; i < Chain.Members.Count && open.Count > 0; i++)
            {
                if (_stream.NextChance(1, 5)) continue;
                // One of them is wrong now and then: it is never more than a third.
                offered.Add(World.Word(Key(i), [.. open.Select(block => (block.Number, i == 3 && _stream.NextChance(1, 3) ? _stream.NextHash() : block.Hash))]));
            }

            foreach (var block in _mined.TakeLast(15).Where(block => block.OfVault.Length > 0 && _stream.NextChance(1, 2))) offered.Add(World.Relay(Spoilt(World.Receipts(block)), Key(0)));
            if (_mined.Count > 0 && _stream.NextChance(1, 6)) offered.Add(World.Relay(World.Reserves(_mined[^1]), Key(1)));
            foreach (var burnId in _burns.Where(burnId => World.Withdrawal(burnId) is not null))
            {
                if (World.Withdrawal(burnId)!.State == WithdrawalState.Held && _stream.NextChance(1, 4)) offered.Add(World.Veto(Key((int)_stream.NextBelow(4)), burnId));
                if (World.Withdrawal(burnId)!.State == WithdrawalState.Certified && _mined.Count > 0 && _mined[^1].Header.Timestamp > World.Withdrawal(burnId)!.DeadlineSeconds) offered.Add(World.Relay(World.Unreleased(_mined[^1], burnId), Key(2)));
            }

            if (_stream.NextChance(1, 2)) offered.Add(World.Withdraw(AnyAmount(), _stream.NextChance(1, 10) ? BridgeWorld.Bridge.Vault : LedgerFixture.Key(800).Address));
            Paid(offered);
            if (_stream.NextChance(1, 25)) offered.Add(World.Pause(Key((int)_stream.NextBelow(4)), (BridgeSides)(1 + _stream.NextBelow(3))));
            if (_stream.NextChance(1, 40)) offered.Add(Chain.Rotate(Key(0), LedgerFixture.Key(_keys++)));
            Vote(offered);
            return offered;
        }

        // What costs a fee, right and wrong: evidence that is known or spoilt, burns of too much, a nonce that is not the next.
        private void Paid(List<Transaction> offered)
        {
            var mined = _mined.TakeLast(15).Where(block => block.OfVault.Length > 0).ToList();
            if (mined.Count > 0 && _stream.NextChance(1, 3)) offered.Add(World.Show(Spoilt(World.Receipts(mined[(int)_stream.NextBelow((ulong)mined.Count)])), Chain.Bob));
            if (_stream.NextChance(1, 3)) offered.Add(World.Withdraw(AnyAmount() * (1 + (40 * _stream.NextBelow(2))), from: Chain.Bob, nonce: Chain.AccountOf(Chain.Bob).Nonce + _stream.NextBelow(3)));
        }

        private void Vote(List<Transaction> offered)
        {
            var open = OpenProposals.Get(Chain.State).Ids;
            if (World.Status.Paused != BridgeSides.None && open.IsEmpty) offered.Add(Chain.Propose(Key(0), World.Resume()));
            else if (open.IsEmpty && _stream.NextChance(1, 10)) offered.Add(Chain.Propose(Key(1), BridgeWorld.Redirect(_stream.NextBelow(World.Status.Nonce + 1), Chain.Bob.Address)));
            foreach (var id in open)
                for (var i = 0; i < 4; i++)
                    offered.Add(Chain.Vote(Key(i), id));
        }

        private Types.V1.BridgeEvidence Spoilt(Types.V1.BridgeEvidence evidence)
        {
            if (!_stream.NextChance(1, 8)) return evidence;
            var node = (int)_stream.NextBelow((ulong)evidence.Receipts.Nodes.Count);
            var bytes = evidence.Receipts.Nodes[node].ToByteArray();
            bytes[(int)_stream.NextBelow((ulong)bytes.Length)] ^= 1;
            evidence.Receipts.Nodes[node] = Google.Protobuf.ByteString.CopyFrom(bytes);
            return evidence;
        }

        private void Note(Types.V1.Event happened)
        {
            Count(Happened, happened.Kind);
            string Of(string key) => happened.Attributes.Single(attribute => attribute.Key == key).Value;
            if (happened.Kind == "bridge.locked") Assert.True(_lockNonces.Add(Of("nonce")), "S6: each lock counts once");
            if (happened.Kind is "bridge.released" or "bridge.refunded") Assert.True(_closed.Add(Of("burn_id")), "S7: each burn ends once");
            if (happened.Kind == "bridge.refunded") Assert.True(Hash256.TryParse(Of("burn_id"), out var refunded) && !_releasedThere.Contains(refunded), "S7: no refund of what was paid");
            if (happened.Kind != "bridge.certified") return;
            Assert.True(Hash256.TryParse(Of("burn_id"), out var burnId));
            _certified += World.Withdrawal(burnId)?.Amount ?? throw new InvalidOperationException("what is certified in a block is open after it");
        }

        private void Check()
        {
            var (status, supply) = (World.Status, Chain.Supply);
            var bridged = supply.Credited + supply.Refunded - supply.Withdrawn;
            Assert.True(bridged <= SupplyModule.Cap, "S1");
            Assert.Null(SupplyModule.Audit(Chain.State)); // S2
            Assert.Equal(bridged, supply.Held + supply.Burned - supply.GenesisTotal);
            var (locked, released) = _sums[status.Nonce];
            Assert.Equal(locked - released, bridged + status.Open + status.Pending); // S3, by the events that are known
            var under = OpenTransfers.Find(Chain.State);
            Assert.Equal(status.Open, under.Withdrawals.Aggregate(Amount.Zero, (sum, burnId) => sum + World.Withdrawal(burnId)!.Amount));
            Assert.Equal(supply.Quarantine, under.Quarantined.Aggregate(Amount.Zero, (sum, nonce) => sum + Locks.InQuarantine(Chain.State, nonce)!.Amount));
            Assert.All(OpenTransfers.Waiting(Chain.State), burnId => Assert.Equal(WithdrawalState.Waiting, World.Withdrawal(burnId)!.State));
            Assert.True(World.Ethereum.Locked - World.Ethereum.Released >= bridged, "S4: the vault covers what is here");
            Assert.True(World.Ethereum.Locked <= SupplyModule.Cap, "S5");
            Assert.True(status.Nonce <= World.Ethereum.Nonce, "S6");
            var seconds = ((Chain.State.Time.Milliseconds - _start.Milliseconds) / 1_000) + 1;
            Assert.True(supply.Credited <= BridgeWorld.Limits.InCapacity + (BridgeWorld.Limits.InPerSecond * seconds), "S8 in");
            Assert.True(_certified <= BridgeWorld.Limits.OutCapacity + (BridgeWorld.Limits.OutPerSecond * seconds), "S8 out");
            Assert.Equal(BridgeLeaves.Root(Chain.State), Chain.State.BridgeRoot);
            Assert.Equal(BridgeLeaves.Range(Chain.State).Root, Chain.State.BridgeRoot);
            CheckRecords(status, supply);
        }

        // Every sum is that of its records.
        private void CheckRecords(BridgeStatus status, SupplyRecord supply)
        {
            var (pending, quarantine, open) = (Amount.Zero, Amount.Zero, Amount.Zero);
            foreach (var (key, _) in Chain.State.Records)
            {
                if (key.Bytes[0] != (byte)StateModule.Bridge) continue;
                switch (key.Bytes[1])
                {
                    case BridgeKeys.Pending: pending += Locks.Pending(Chain.State, new ByteReader(key.Bytes[2..]).UInt64())!.Amount; break;
                    case BridgeKeys.Quarantine: quarantine += Locks.InQuarantine(Chain.State, new ByteReader(key.Bytes[2..]).UInt64())!.Amount; break;
                    case BridgeKeys.Withdrawal: open += World.Withdrawal(Hash256.FromBytes(key.Bytes[2..]))!.Amount; break;
                }
            }

            Assert.Equal((status.Pending, supply.Quarantine, status.Open), (pending, quarantine, open));
        }

        private void NoteSums() => _sums[World.Ethereum.Nonce] = (World.Ethereum.Locked, World.Ethereum.Released);

        private PrivateKey Key(int member) => Chain.KeyOf(Chain.Members[member].Address);

        private Amount AnyAmount() => _stream.NextBelow(8) switch
        {
            0 => new Amount(1 + (UInt128)_stream.NextBelow(1_000)),
            1 => Amount.FromNtk(101 + _stream.NextBelow(400)),
            _ => Amount.FromNtk(1 + _stream.NextBelow(60)),
        };

        private static void Count<T>(SortedDictionary<T, int> counts, T key)
            where T : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;
    }
}
