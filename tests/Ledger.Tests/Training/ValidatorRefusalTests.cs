using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class ValidatorRefusalTests
{
    private readonly TrainingWorld _world = new();

    [Fact]
    public void OnlyValidatorsSpeak()
    {
        var stranger = _world.Trainers[0];
        var (task, hash) = (TrainingWorld.Bytes(_world.Task), TrainingWorld.Bytes(Hash256.Sha256([1])));
        TransactionBody[] bodies =
        [
            new() { SeedChainRegistration = new SeedChainRegistration { Tip = hash, Length = 64 } },
            new() { AvailabilityVote = new AvailabilityVote { Task = task, TrainingRound = 1, Candidates = 1 } },
            new() { SeedShare = new SeedShare { Task = task, TrainingRound = 1, Share = hash } },
            new() { AttestationCommit = new AttestationCommit { Task = task, TrainingRound = 1, Commitment = hash } },
            new()
            {
                AttestationReveal = new AttestationReveal
                {
                    Task = task, TrainingRound = 1, Salt = hash, Signature = Google.Protobuf.ByteString.CopyFrom(stranger.Sign(_world.Task).Bytes),
                },
            },
        ];
        Assert.All(bodies, body => Assert.Equal(TransactionRejection.NotAValidator, _world.One(_world.Protocol(stranger, body))));
    }

    [Fact]
    public void WindowsTakeTheirOwnMessagesOnly()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 10);
        _world.RegisterChains();
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Vote(0, 1)));
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Share(0, Hash256.Sha256([1]))));
        _world.Take(_world.Commit(candidate));
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Vote(0, 1)));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.Share(0, _world.Chains[0].Share(1))));
        _world.Take([.. Enumerable.Range(0, 3).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal(TransactionRejection.WindowClosed, _world.One(_world.Vote(3, 1)));
        _world.Take([.. Enumerable.Range(0, 3).Select(_world.Share)]);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(TransactionRejection.WindowClosed, _world.One(_world.Share(3)));
        var statement = _world.Statement(candidate);
        Assert.Equal(TransactionRejection.WindowNotOpen, _world.One(_world.AttestReveal(0, statement)));
        _world.Take([.. Enumerable.Range(0, 3).Select(i => _world.AttestCommit(i, statement))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        Assert.Equal(TransactionRejection.WindowClosed, _world.One(_world.AttestCommit(3, statement)));
    }

    [Fact]
    public void EachValidatorSpeaksOncePerWindow()
    {
        var candidate = TestCandidate.Make(_world, 1, gain: 10);
        TransactionRejection[] once = [TransactionRejection.None, TransactionRejection.AlreadySent];
        _world.RunToAvailability(candidate);
        Assert.Equal(once, _world.Block(_world.Vote(0, 1), _world.Vote(0, 0)));
        _world.Take(_world.Vote(1, 1), _world.Vote(2, 1));
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal(once, _world.Block(_world.Share(0), _world.Share(0)));
        _world.Take(_world.Share(1), _world.Share(2));
        _world.RunTo(TrainingPhase.AttestCommit);
        var statement = _world.Statement(candidate);
        Assert.Equal(once, _world.Block(_world.AttestCommit(0, statement), _world.AttestCommit(0, statement)));
        _world.Take(_world.AttestCommit(1, statement), _world.AttestCommit(2, statement));
        _world.RunTo(TrainingPhase.AttestReveal);
        Assert.Equal(once, _world.Block(_world.AttestReveal(0, statement), _world.AttestReveal(0, statement)));
    }

    [Fact]
    public void UnknownTasksAndOtherRoundsAreRefused()
    {
        Assert.Equal(TransactionRejection.UnknownTask, _world.One(_world.Vote(0, 1, task: Hash256.Sha256([9]))));
        Assert.Equal(TransactionRejection.WrongTrainingRound, _world.One(_world.Vote(0, 1, round: 2)));
        Assert.Equal(TransactionRejection.WrongTrainingRound, _world.One(_world.Vote(0, 1, round: 0)));
    }

    [Fact]
    public void AVoteForACandidateThatWasNotRevealedIsRefused()
    {
        _world.RegisterChains();
        var (shown, hidden) = (TestCandidate.Make(_world, 1), TestCandidate.Make(_world, 2));
        _world.Take(_world.Commit(hidden), _world.Commit(shown));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(shown));
        _world.RunTo(TrainingPhase.Availability);
        Assert.Equal(
            [TransactionRejection.UnknownCandidate, TransactionRejection.UnknownCandidate, TransactionRejection.None, TransactionRejection.None],
            _world.Block(_world.Vote(0, 0b01), _world.Vote(0, 0b110), _world.Vote(0, 0b10), _world.Vote(1, 0)));
    }

    [Fact]
    public void ARevealMustBeWhatWasCommitted()
    {
        var statement = ToReveal(out var candidate, 0, 1, 2);
        var another = statement with { IncumbentLossSum = statement.IncumbentLossSum + 1 };
        Assert.Equal(TransactionRejection.CommitmentMismatch, _world.One(_world.AttestReveal(0, another)));
        Assert.Equal(TransactionRejection.CommitmentMismatch, _world.One(_world.AttestReveal(0, statement, [.. _world.PrivateLosses.Reverse()])));
        Assert.Equal(TransactionRejection.NoAttestationCommitted, _world.One(_world.AttestReveal(3, statement)));
        Assert.Equal(TransactionRejection.MalformedStatement, _world.One(_world.AttestReveal(0, [1, 2, 3], _world.Keys[0].Sign(statement.Digest))));
        Assert.Equal(TransactionRejection.MalformedStatement, _world.One(_world.AttestReveal(0, [.. statement.Encode(), 0], _world.Keys[0].Sign(statement.Digest))));
        Assert.Equal(TransactionRejection.WrongAttestationSignature, _world.One(_world.AttestReveal(0, statement, signature: _world.Keys[1].Sign(statement.Digest))));
        Assert.Equal(TransactionRejection.WrongAttestationSignature, _world.One(_world.AttestReveal(0, statement, signature: _world.Keys[0].Sign(Hash256.Zero))));
        Assert.NotNull(candidate);
        Assert.Empty(TrainingQueries.AttestationReveals(_world, _world.Task));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(7)]
    public void PrivateLossesAreCounted(int count)
    {
        // 3 private samples, incumbent and one candidate: 6.
        var losses = Enumerable.Repeat(1u, count).ToArray();
        var statement = ToReveal(out _, losses);
        Assert.Equal(TransactionRejection.PrivateLossesCount, _world.One(_world.AttestReveal(0, statement, losses)));
    }

    [Fact]
    public void PrivateLossesAreBounded()
    {
        uint[] losses = [0, 0, 0, 0, 0, (uint)Loss.UnitsMax + 1];
        var statement = ToReveal(out _, losses);
        Assert.Equal(TransactionRejection.PrivateLossOutOfRange, _world.One(_world.AttestReveal(0, statement, losses)));
    }

    [Fact]
    public void AStatementAboutAnythingElseIsRefused()
    {
        var changes = new Func<TrainingStatement, TrainingStatement>[]
        {
            s => s with { Genesis = new GenesisHash(Hash256.Sha256([1])) },
            s => s with { Task = _world.OtherTask },
            s => s with { TrainingRound = 2 },
            s => s with { Seed = Hash256.Sha256([1]) },
            s => s with { PaidSamples = 17 },
            s => s with { PaidErrorsThousandths = 1 },
            s => s with { Incumbent = new BlobHash(Hash256.Sha256([1])) },
            s => s with { Samples = 65 },
            s => s with { RequiredGainMillionths = 0 },
            s => s with { ZThousandths = 1 },
            s => s with { Candidates = [] },
            s => s with { Candidates = [.. s.Candidates, s.Candidates[0]] },
            s => s with { Candidates = [s.Candidates[0] with { Trainer = _world.Keys[0].Address }] },
            s => s with { Candidates = [s.Candidates[0] with { Producer = _world.Keys[3].Address }] },
            s => s with { Candidates = [s.Candidates[0] with { ClaimedGain = 1 }] },
            s => s with { Candidates = [s.Candidates[0] with { Model = new BlobHash(Hash256.Sha256([1])) }] },
            s => s with { Candidates = [s.Candidates[0] with { ManifestRoot = Hash256.Sha256([1]) }] },
        };
        var candidate = TestCandidate.Make(_world, 1, gain: 10);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        var task = _world.TaskRecord;
        Assert.True(StatementBuilder.IsAbout(statement, _world.Hash, task, _world.Round!));
        Assert.All(changes, change => Assert.False(StatementBuilder.IsAbout(change(statement), _world.Hash, task, _world.Round!)));

        var wrong = changes[3](statement);
        _world.Take(_world.AttestCommit(0, wrong), _world.AttestCommit(1, statement), _world.AttestCommit(2, statement));
        _world.RunTo(TrainingPhase.AttestReveal);
        Assert.Equal(TransactionRejection.WrongStatement, _world.One(_world.AttestReveal(0, wrong)));
    }

    private TrainingStatement ToReveal(out TestCandidate candidate, params int[] who)
    {
        candidate = TestCandidate.Make(_world, 1, gain: 10);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        _world.Take([.. who.Select(i => _world.AttestCommit(i, statement))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        return statement;
    }

    private TrainingStatement ToReveal(out TestCandidate candidate, uint[] losses)
    {
        candidate = TestCandidate.Make(_world, 1, gain: 10);
        _world.RunToAttestation(candidate);
        var statement = _world.Statement(candidate);
        _world.Take([.. Enumerable.Range(0, 3).Select(i => _world.AttestCommit(i, statement, losses))]);
        _world.RunTo(TrainingPhase.AttestReveal);
        return statement;
    }
}
