using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>From the delta that was applied to the share of the gain of a model that was certified after it, all by messages.</summary>
public sealed class ProposerShareTests
{
    private const ulong Period = 20;

    private static readonly DatasetsModule Datasets = new();

    private readonly TrainingWorld _world = new();

    private TrainingSetRecord Set => TrainingSets.Get(_world, _world.Task)!;

    [Fact]
    public void TheProposersOfTheLastDeltasShareATwentiethOfACertifiedGainByWhatTheyAdded()
    {
        var (many, few) = (_world.Trainers[1].Address, _world.Trainers[2].Address);
        _world.Block([], after: context => (Set with { VotedPeriod = Period }).Store(context.State));
        Apply(_world.Trainers[1], 1, adds: 3_000, removes: 0);
        Apply(_world.Trainers[2], 2, adds: 0, removes: 500);
        Apply(_world.Trainers[2], 3, adds: 1_500, removes: 0); // five hundred of them come back
        var before = (Many: Points.Of(_world, _world.Task, many), Few: Points.Of(_world, _world.Task, few));

        _world.RunRound(TestCandidate.Make(_world, 1, gain: 20, producer: 1));
        var paid = _world.Of("rewards.paid").Select(e => (Role: TrainingWorld.Attribute(e, "role"), To: AddressOf(e), Amount: AmountOf(e))).ToList();
        var trainer = paid.Single(payment => payment.Role == "trainer").Amount; // 45 of a hundred parts
        var proposers = paid.Where(payment => payment.Role == "proposer").GroupBy(payment => payment.To).ToDictionary(group => group.Key, group => group.Aggregate(Amount.Zero, (sum, payment) => sum + payment.Amount));
        Assert.Equal([many, few], proposers.Keys);
        Assert.InRange(proposers[many].Units * 12, trainer.Units - 100, trainer.Units + 100); // three quarters of five parts, rounded down
        Assert.InRange(proposers[few].Units * 36, trainer.Units - 100, trainer.Units + 100);
        Assert.Equal(before.Many + proposers[many], Points.Of(_world, _world.Task, many));
        Assert.Equal(before.Few + proposers[few], Points.Of(_world, _world.Task, few));
    }

    private static Address AddressOf(Event paid)
    {
        Assert.True(Address.TryParse(TrainingWorld.Attribute(paid, "to"), out var address));
        return address;
    }

    private static Amount AmountOf(Event paid)
    {
        Assert.True(Amount.TryParseNtk(TrainingWorld.Attribute(paid, "amount"), out var amount));
        return amount;
    }

    private void Apply(PrivateKey proposer, byte number, uint adds, uint removes)
    {
        var (set, blob) = (Set, BlobManifest.Of([number]));
        var proposal = new DatasetDeltaProposal
        {
            Task = TrainingWorld.Bytes(_world.Task),
            BaseVersion = set.Version,
            Blob = TrainingWorld.Bytes(blob.Hash.Value),
            Bytes = 1,
            Chunks = { TrainingWorld.Bytes(blob.ChunkHashes[0]) },
            ResultRoot = TrainingWorld.Bytes(Hash256.Sha256([number])),
            Adds = adds,
            Removes = removes,
            Bond = LedgerFixture.Bytes(_world.Genesis.Parameters.Datasets.DeltaBond),
        };
        var fee = LedgerFixture.Bytes(_world.Genesis.Parameters.FeeMin);
        _world.Take(_world.Protocol(proposer, new TransactionBody { DatasetDeltaProposal = proposal, Fee = fee }));
        _world.Take(
        [
            .. _world.Keys.Select(key => _world.Protocol(key, new TransactionBody { DatasetHeld = new DatasetHeld { Task = proposal.Task, Delta = set.NextDelta } })),
            .. _world.Keys.Select(key => _world.Protocol(key, new TransactionBody { DatasetVote = new DatasetVote { Task = proposal.Task, Delta = set.NextDelta, Approve = true }, Fee = fee })),
        ]);
        while (Set.Opened == set.Opened) _world.Block([], after: Datasets.EndBlock);
        Assert.Equal(set.Version + 1, Set.Version);
    }
}
