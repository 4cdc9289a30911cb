using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class BlobKeeperTests
{
    private readonly TrainedChain _chain = new();

    [Fact]
    public void TheChainNamesWhatIsNeeded()
    {
        var initial = _chain.Blobs.Put(InitialModels.Make(_chain.Spec, _chain.Genesis.Tasks[0].InitialSeed)).Hash;
        var winner = _chain.Train(60);
        var loser = _chain.Train(1, seed: 5);
        _chain.RunRound([winner, loser]);
        var stray = _chain.Blobs.Put([1, 2, 3]).Hash;
        _chain.Blobs.Begin(BlobManifest.Of(new byte[10]));
        var held = Held();
        Assert.Equal(5, held.Count);
        Assert.Equal(new[] { initial, Hash(winner), Hash(loser) }.Order(), Live(256, held)); // the loser was judged in a round that is kept
        for (var round = 0; round < 3; round++) _chain.RunRound([Checkpoint.Write(ModelParameters.HeUniform(_chain.Spec.Plan, Hash256.Sha256([(byte)round])))]);
        Assert.DoesNotContain(Hash(loser), Live(3, held));
        Assert.Contains(Hash(loser), Live(4, held));
        Assert.Contains(Hash(loser), Live(0, held));
        Assert.Contains(Hash(winner), Live(1, held)); // certified: for good
        Assert.DoesNotContain(stray, Live(0, held));
    }

    [Fact]
    public void WhatIsOnItsWayIsNeeded()
    {
        var keeper = new LiveBlobs(1);
        var delta = new byte[] { 1, 2, 3, 4 };
        var checkpoint = _chain.Train(60);
        var candidate = WithDelta(Candidate.Make(_chain, checkpoint, _chain.Validators[0], null), delta);
        _chain.Step(candidate.Commit(_chain, 0));
        Assert.DoesNotContain(Hash(checkpoint), keeper.Of(_chain.State, Held()).Needed);
        _chain.StepTo(TrainingPhase.Reveal);
        _chain.Step(candidate.Reveal(_chain, 0));
        var live = keeper.Of(_chain.State, Held()).Needed;
        Assert.Contains(Hash(checkpoint), live);
        Assert.Contains(Hash(delta), live);
        Assert.Contains(new BlobHash(_chain.Genesis.Tasks[0].InitialModel), live);

        var set = DatasetDelta.Between(_chain.Training, [3], null);
        Propose(set);
        Assert.Contains(Hash(set.Encode()), keeper.Of(_chain.State, Held()).Needed);
    }

    [Fact]
    public void ClientsMayBringWhatIsOnItsWayAndNothingElse()
    {
        var wanted = new WantedBlobs(height => _chain.Chain.Get(height)?.Block);
        var delta = new byte[] { 1, 2, 3, 4 };
        var checkpoint = _chain.Train(60);
        var candidate = WithDelta(Candidate.Make(_chain, checkpoint, _chain.Validators[0], null), delta);
        _chain.Step(candidate.Commit(_chain, 0));
        _chain.StepTo(TrainingPhase.Reveal);
        Assert.Null(wanted.Find(_chain.State, Hash(checkpoint))); // it was not shown yet
        _chain.Step(candidate.Reveal(_chain, 0));
        foreach (var bytes in new[] { checkpoint, delta })
        {
            var found = wanted.Find(_chain.State, Hash(bytes))!;
            Assert.Equal(_chain.Trainer.Address, found.Owner);
            Assert.Equal(BlobManifest.Of(bytes).Encode(), found.Manifest.Encode());
        }

        Assert.Null(wanted.Find(_chain.State, new BlobHash(_chain.Genesis.Tasks[0].InitialModel)));
        var set = DatasetDelta.Between(_chain.Training, [3], null);
        Assert.Null(wanted.Find(_chain.State, Hash(set.Encode())));
        Propose(set);
        _chain.Step();
        Assert.Equal(BlobManifest.Of(set.Encode()).Encode(), wanted.Find(_chain.State, Hash(set.Encode()))!.Manifest.Encode());
        Assert.Equal(_chain.Trainer.Address, wanted.Find(_chain.State, Hash(set.Encode()))!.Owner);
        Assert.Null(new WantedBlobs(_ => null).Find(_chain.State, Hash(set.Encode()))); // its block is not kept
    }

    [Fact]
    public void TheKeeperDeletesTheRestWholeOrNot()
    {
        var winner = _chain.Train(60);
        _chain.RunRound([winner]);
        var stray = _chain.Blobs.Put([1, 2, 3]).Hash;
        var arriving = BlobManifest.Of(new byte[10]);
        _chain.Blobs.Begin(arriving);
        var keeper = Keeper();
        Assert.Equal((0, 0L), keeper.Step(new Height(1), () => _chain.State));
        _chain.StepTo(_chain.State.Height.Value + 20);
        Assert.Equal((0, 0L), Keeper().Step(new Height(1), () => _chain.State)); // another life has not seen how long nobody needed it
        Assert.Equal((2, 13L), keeper.Step(new Height(30), () => _chain.State));
        Assert.False(_chain.Blobs.Has(stray));
        Assert.Null(_chain.Blobs.Arriving(arriving.Hash));
        Assert.Equal(winner, _chain.Blobs.Read(Hash(winner)));
        Assert.Empty(_chain.Verify().Findings);
    }

    // Somebody who sees a proposal on its way names its blob with other chunks, and pays more to be first in the block, where it fails.
    [Fact]
    public void AStrangersFailedProposalHidesNoDelta()
    {
        var set = DatasetDelta.Between(_chain.Training, [3], null);
        Propose(set);
        var delta = TrainingSets.Open(_chain.State, TrainingSets.Get(_chain.State, _chain.Task)!).Single();
        var block = _chain.Chain.Get(delta.Opened)!.Block;
        var real = TransactionEnvelope.Parser.ParseFrom(block.Transactions.Single().Span);
        var body = TransactionBody.Parser.ParseFrom(real.Body);
        body.DatasetDeltaProposal.Bytes++;
        var failed = new TransactionEnvelope(real) { Body = body.ToByteString() };
        var attacked = Block.Build(block.Header, block.LastCommit, block.LatePrecommits, block.TrainingProof, [failed.ToByteArray(), .. block.Transactions]);
        var wanted = new WantedBlobs(height => height == delta.Opened ? attacked : null);
        Assert.Equal(BlobManifest.Of(set.Encode()).Encode(), wanted.ManifestOf(delta)!.Encode());
        Assert.Equal(BlobManifest.Of(set.Encode()).Encode(), wanted.Find(_chain.State, delta.Blob)!.Manifest.Encode());
    }

    [Fact]
    public void TheBlockOfADeltaIsReadOnce()
    {
        var set = DatasetDelta.Between(_chain.Training, [3], null);
        Propose(set);
        var reads = 0;
        var wanted = new WantedBlobs(height =>
        {
            reads++;
            return _chain.Chain.Get(height)?.Block;
        });
        for (var upload = 0; upload < 5; upload++) Assert.NotNull(wanted.Find(_chain.State, Hash(set.Encode())));
        Assert.Equal(1, reads);
    }

    // Since the keeper looked, a block named an old blob again, and this validator may have voted that it holds it.
    [Fact]
    public void WhatABlockNamesMeanwhileIsNotDeleted()
    {
        var checkpoint = _chain.Train(60);
        var stray = _chain.Blobs.Put([1, 2, 3]).Hash;
        var candidate = Candidate.Make(_chain, checkpoint, _chain.Validators[0], null);
        _chain.Step(candidate.Commit(_chain, 0));
        _chain.StepTo(TrainingPhase.Reveal);
        var before = _chain.State;
        _chain.Step(candidate.Reveal(_chain, 0));
        _chain.Blobs.Put(checkpoint);
        var looks = 0;
        var room = new BlobRoom(_chain.Blobs, 0, 0); // no room at all: what may go goes at once
        var keeper = new BlobKeeper(_chain.Blobs, new LiveBlobs(256), new BlobRetention(10), room);
        Assert.Equal((1, 3L), keeper.Step(new Height(1), () => looks++ == 0 ? before : _chain.State));
        Assert.True(_chain.Blobs.Has(Hash(checkpoint)));
        Assert.False(_chain.Blobs.Has(stray));
    }

    [Fact]
    public void WhereSomebodyFoundNoRoomTheKeeperLooksAtOnce()
    {
        var winner = _chain.Train(60);
        var loser = _chain.Train(1, seed: 5);
        _chain.RunRound([winner, loser]);
        _chain.AnswerRecheck(_ => 0); // until then the loser is computed again
        var room = new BlobRoom(_chain.Blobs, _chain.Blobs.Bytes, 0);
        var keeper = new BlobKeeper(_chain.Blobs, new LiveBlobs(256), new BlobRetention(10), room);
        Assert.Equal((0, 0L), keeper.Step(new Height(1), () => _chain.State)); // judged, and there is room
        Assert.False(room.TryTake(10, BlobPurpose.TrainingSet));
        Assert.Equal((1, (long)loser.Length), keeper.Step(new Height(2), () => _chain.State));
        Assert.True(room.TryTake(10, BlobPurpose.TrainingSet));
        Assert.True(_chain.Blobs.Has(Hash(winner)));
        Assert.False(room.TryTake(1_000_000, BlobPurpose.TrainingSet));
        Assert.Equal((0, 0L), keeper.Step(new Height(3), () => _chain.State)); // what the next round needs stays whatever is wanted
    }

    [Fact]
    public void WhatAChainTakesAtTheLeastIsKnownFromItsGenesis()
    {
        var model = (long)_chain.Genesis.Tasks[0].ModelBytes;
        var delta = SparseDelta.BytesMax(_chain.Spec.Plan.ParameterCount);
        Assert.Equal(8 * (model + delta), BlobRoom.HeadroomOf(_chain.Genesis));
        var least = (17 * model) + (16 * (model + delta));
        Assert.Equal(least, BlobRoom.Of(_chain.Genesis, _chain.Blobs, least).BytesMax);
        var refused = Assert.Throws<OperatorException>(() => BlobRoom.Of(_chain.Genesis, _chain.Blobs, least - 1)); // a node with less does not start
        Assert.StartsWith("config: blob_bytes_max: " + least, refused.Message, StringComparison.Ordinal);
    }

    private BlobKeeper Keeper() => new(_chain.Blobs, new LiveBlobs(256), new BlobRetention(10), new BlobRoom(_chain.Blobs, long.MaxValue, 0));

    private IReadOnlyList<BlobHash> Held() => [.. _chain.Blobs.List(), .. _chain.Blobs.ListArriving()];

    private IEnumerable<BlobHash> Live(ulong rounds, IReadOnlyList<BlobHash> held) => Named(new LiveBlobs(rounds).Of(_chain.State, held)).Intersect(held).Order();

    private static IEnumerable<BlobHash> Named(BlobNeeds needs) => needs.Needed.Union(needs.Spare.Keys);

    private static BlobHash Hash(byte[] bytes) => BlobManifest.Of(bytes).Hash;

    private static Candidate WithDelta(Candidate candidate, byte[] delta)
    {
        var manifest = CandidateManifest.Parser.ParseFrom(candidate.Manifest);
        manifest.Delta = TrainerOffer.Describe(new SparseOffer(new BlobHash(Hash256.FromBytes(manifest.Parent.Span)), delta));
        return candidate with { Manifest = manifest.ToByteArray() };
    }

    private void Propose(DatasetDelta delta)
    {
        Assert.True(delta.TryApply(_chain.Training, out var result, out var error), error.ToString());
        var message = DatasetProposal.MessageOf(_chain.Task, 0, _chain.Training, delta, result, delta.Encode(), _chain.Genesis.Parameters.Datasets.DeltaBond, "");
        _chain.Step(_chain.Pay(new TransactionBody { DatasetDeltaProposal = message }, 0));
    }
}
