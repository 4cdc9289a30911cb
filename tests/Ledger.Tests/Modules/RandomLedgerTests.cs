using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Hundreds of blocks in which everybody sends everything. After each one: NTK is conserved, escrow is the sum of all bonds, nonces go up by one,
/// what was refused or failed changed nothing else, the sets are those that were announced, and another node comes to the same from the bytes.
/// </summary>
public sealed class RandomLedgerTests(ITestOutputHelper output)
{
    private const int Blocks = 200;

    private static int Seeds => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 60 : 3;

    [Fact]
    public void WhateverComesTheBooksAndTheRulesHold()
    {
        var happened = new HashSet<string>();
        for (var seed = 1; seed <= Seeds; seed++) happened.UnionWith(RunSeed((ulong)seed));

        // Or the runs would show nothing.
        foreach (var kind in new[] { "governance.carried_out", "validators.key_rotated", "validators.unbonded", "training.void", "training.certified", "training.rechecked", "rewards.paid", "training.term_granted", "training.term_spent", "training.task_closed", "evidence.counted", "wrong-leader", "amnesia", "duplicate-proposal", "duplicate-vote", "datasets.applied", "datasets.ended", "hold_outs.activated", "hold_outs.graduated", "hold_outs.ended" })
            Assert.Contains(kind, happened);
    }

    private ICollection<string> RunSeed(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        var stream = new SeededStream(seed);
        var chain = new LedgerFixture(Setup, validators: 5);
        var messages = new RandomMessages(chain, stream);
        var run = new Run(chain, stream);
        for (var i = 0; i < Blocks; i++) run.Block(messages.Next());
        output.WriteLine(string.Join(", ", run.Outcomes.Select(pair => $"{pair.Key} {pair.Value}")));
        output.WriteLine(string.Join(", ", run.Happened.Select(pair => $"{pair.Key} {pair.Value}")));

        Assert.True(run.FailuresAlone > 20, $"only {run.FailuresAlone} blocks of failures were looked at");
        Assert.Equal(Enum.GetValues<TransactionBody.MessageOneofCase>().Length - 1, messages.Kinds); // all but "none"
        Assert.True(run.Outcomes[TransactionRejection.None] > Blocks, "enough came to pass");
        Assert.True(AccountsModule.Get(chain.State, RandomMessages.Shared.Address).Nonce > 10, "an account of several keys pays too");
        Assert.True(run.Outcomes.Count > 25, "enough went wrong");
        return run.Happened.Keys;
    }

    private static GenesisDocument Setup(GenesisDocument genesis)
    {
        var world = ParameterTests.WithTask(genesis);
        return world with
        {
            Allocations = [.. world.Allocations, new(LedgerFixture.Key(31).Address, Amount.FromNtk(20)), new(LedgerFixture.Key(32).Address, new Amount(2_000_000_000_000_000)), new(LedgerFixture.Key(41).Address, Amount.FromNtk(20)), new(RandomMessages.Shared.Address, Amount.FromNtk(50)), .. RandomHoldOuts.Custodians.Append(RandomHoldOuts.Supplier).Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(200)))],
            // A generator's, so that sealed sets may be offered.
            Tasks = [world.Tasks[0] with { EvaluationSource = GenesisTask.Generator, Model = new System.Text.Json.Nodes.JsonObject { ["input"] = new System.Text.Json.Nodes.JsonArray(1, 2, 3) } }],
            Parameters = world.Parameters with
            {
                Training = world.Parameters.Training with { CandidateBond = Amount.FromNtk(1) },
                Datasets = new DatasetParameters { PeriodBlocks = 15, DeltaBond = Amount.FromNtk(1) },
                HoldOuts = new HoldOutParameters { SealedBond = Amount.FromNtk(1), OfferBlocks = 20 },
                Fees = new FeeParameters { BlockCostMax = 100_000 },
            },
        };
    }

    private sealed class Run(LedgerFixture chain, SeededStream stream)
    {
        private readonly Dictionary<Height, ValidatorSet> _announced = [];

        public SortedDictionary<TransactionRejection, int> Outcomes { get; } = [];

        /// <summary>Blocks that were built again of what failed alone.</summary>
        public int FailuresAlone { get; private set; }

        public SortedDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

        public void Block(Transaction[] offered)
        {
            var before = chain.State;
            var built = chain.Build(new Round((uint)stream.NextBelow(2)), [], offered);
            foreach (var receipt in built.Result.Receipts) Count(Outcomes, (TransactionRejection)receipt.Code);
            foreach (var refused in offered.Except(built.Transactions)) Count(Outcomes, chain.OutcomeOf(refused));
            if (RandomRunChecks.Failed(chain, before, built)) FailuresAlone++;
            RandomRunChecks.Refused(chain, before, built, offered);
            var executed = chain.Apply(built.Block, Signers(built.Block.Height)); // from its bytes

            Assert.Equal(built.Result.Next.Mark, executed.Result.Next.Mark);
            Assert.Equal(built.Result.Receipts, executed.Result.Receipts);
            Assert.Equal(built.Result.Events, executed.Result.Events);
            Assert.True(chain.State.TryRewind(before.Mark, [executed.Result.Undo], out _, out var fault), fault.ToString());
            foreach (var happened in executed.Result.Events) Count(Happened, happened.Kind);
            foreach (var proven in executed.Result.Events.Where(happened => happened.Kind == "evidence.counted")) Count(Happened, proven.Attributes.Single(attribute => attribute.Key == "kind").Value);
            CheckBooks(chain.State);
            RandomRunChecks.Nonces(before, executed);
            CheckSets(chain.State);
        }

        private static void Count<T>(SortedDictionary<T, int> counts, T key)
            where T : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

        // Sometimes one is silent, as far as the others are enough.
        private int[]? Signers(Height height)
        {
            var set = chain.State.ContextOf(height).Validators;
            var silent = (int)stream.NextBelow((ulong)set.Count * 2);
            return silent < set.Count && set.IsQuorum(set.TotalPower - set[silent].Power) ? [.. Enumerable.Range(0, set.Count).Where(i => i != silent)] : null;
        }

        private static void CheckBooks(LedgerState state)
        {
            Assert.Null(SupplyModule.Audit(state));
            var bonds = EscrowBook.BondsOf(state);
            var set = TrainingSets.Get(state, state.Genesis.Tasks[0].Id)!;
            Assert.Equal(set.Open.Length, state.Records.Count(record => record.Key.Bytes[0] == (byte)StateModule.Datasets && record.Key.Bytes[1] == 3));
            Assert.Equal(set.Samples, TrainingSets.Version(state, set.Task, set.Version)!.Samples);
            Assert.Equal(SupplyRecord.Get(state).Escrow, EscrowBook.SumOf(state));
            Assert.All(bonds, bond =>
            {
                Assert.True(bond.Unbondings.Length <= BondRecord.UnbondingsMax);
                Assert.True(bond.Unbondings.Zip(bond.Unbondings.Skip(1)).All(pair => pair.First.Release < pair.Second.Release));
                Assert.All(bond.Unbondings, unbonding => Assert.True(unbonding.Release > state.Height));
            });
            Assert.Null(state.Parameters.Fault());
        }

        private void CheckSets(LedgerState state)
        {
            var (next, later) = (state.ContextOf(state.Height.Next()), state.ContextOf(state.Height.Plus(2)));
            if (_announced.TryGetValue(next.Height, out var announced)) Assert.Equal(announced, next.Validators);
            Assert.Equal(later.Validators, next.NextValidators);
            var members = ValidatorsModule.Members(state);
            Assert.Equal(members, later.Validators);
            _announced[later.Height] = members;
            var nodes = members.Validators.Select(member => ValidatorRecord.Get(state, member.Address)!.Node).ToList();
            Assert.Equal(nodes.Count, nodes.Distinct().Count());
            Assert.True(members.Count >= 3);
            Assert.All(TermQueue.Get(state).Terms, term => Assert.True(members.Contains(term.Holder)));
            var open = OpenProposals.Get(state);
            Assert.Equal(open.Ids.Order(), open.Ids);
            Assert.Equal(open.Ids.Length, state.Records.Count(record => record.Key.Bytes[0] == (byte)StateModule.Governance && record.Key.Bytes[1] == 1));
        }
    }
}
