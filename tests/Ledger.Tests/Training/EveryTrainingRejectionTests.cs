using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason why a message of training does nothing, provoked once and exactly. What else is to be said of each has its tests beside.</summary>
public sealed class EveryTrainingRejectionTests
{
    private static readonly Hash256 Strange = Hash256.Sha256([99]);

    private static readonly Dictionary<TransactionRejection, Func<TrainingWorld, TransactionRejection>> Provocations = new()
    {
        [TransactionRejection.UnknownTask] = w => w.One(w.Vote(0, 1, task: Strange)),
        [TransactionRejection.WrongTrainingRound] = w => w.One(w.Vote(0, 1, round: 2)),
        [TransactionRejection.WindowNotOpen] = w => w.One(w.Vote(0, 1)),
        [TransactionRejection.WindowClosed] = w => Attested(w) is var statement ? w.One(w.AttestCommit(3, statement)) : default,
        [TransactionRejection.UnknownCandidate] = w => Revealed(w) ? w.One(w.Vote(0, 0b10)) : default,
        [TransactionRejection.WrongSeedShare] = w => Seeding(w) ? w.One(w.Share(0, Strange)) : default,
        [TransactionRejection.NoSeedChain] = w => Seeding(w) ? w.One(w.Share(3)) : default,
        [TransactionRejection.SeedChainTooNew] = w => Seeding(w) ? w.Block(w.Register(3, w.Chains[3].Tip, 64), w.Share(3))[1] : default,
        [TransactionRejection.SeedChainSpent] = SpentChain,
        [TransactionRejection.ShareNotExpected] = AbsentShare,
        [TransactionRejection.SeedChainStillGood] = w => w.Block(w.Register(0, Strange, 64), w.Register(0, w.Chains[0].Tip, 64))[1],
        [TransactionRejection.SeedChainOutdated] = w => w.One(w.Register(0, Strange, 64, begin: 1)),
        [TransactionRejection.SeedChainLength] = w => w.One(w.Register(0, Strange, SeedChain.LengthMin - 1)),
        [TransactionRejection.MalformedStatement] = w => Attested(w) is var statement ? w.One(w.AttestReveal(0, [1, 2, 3], w.Keys[0].Sign(statement.Digest))) : default,
        [TransactionRejection.WrongStatement] = w => Attested(w, right => right with { Seed = Strange }) is var wrong ? w.One(w.AttestReveal(0, wrong)) : default,
        [TransactionRejection.WrongAttestationSignature] = w => Attested(w) is var statement ? w.One(w.AttestReveal(0, statement, signature: w.Keys[1].Sign(statement.Digest))) : default,
        [TransactionRejection.CommitmentMismatch] = w => Attested(w) is var statement ? w.One(w.AttestReveal(0, statement with { IncumbentLossSum = statement.IncumbentLossSum + 1 })) : default,
        [TransactionRejection.NoAttestationCommitted] = w => Attested(w) is var statement ? w.One(w.AttestReveal(3, statement)) : default,
        [TransactionRejection.PrivateLossesCount] = w => Attested(w, losses: [1]) is var statement ? w.One(w.AttestReveal(0, statement, [1])) : default,
        [TransactionRejection.PrivateLossOutOfRange] = w => Attested(w, losses: TooGreat) is var statement ? w.One(w.AttestReveal(0, statement, TooGreat)) : default,
        [TransactionRejection.NotRechecked] = w => w.RunRound(Candidate(w, 1)) is not null ? w.One(w.Recheck(0, 0b1_0000)) : default,
        [TransactionRejection.TaskAlreadyClosed] = w => Voted(w, Act.CloseTask(w.Task)) == TransactionRejection.None ? Voted(w, Act.CloseTask(w.Task)) : default,
        [TransactionRejection.TaskNotClosed] = w => Voted(w, Act.ReopenTask(w.Task)),

        [TransactionRejection.CandidatesFull] = Ninth,
        [TransactionRejection.UnknownProducer] = w => Committed(w, c => c with { Producer = w.Trainers[1] }),
        [TransactionRejection.BondTooLow] = w => Committed(w, c => c with { Bond = Amount.Zero }),
        [TransactionRejection.BondTooHigh] = w => Committed(w, c => c with { Bond = Amount.FromNtk(11) }),
        [TransactionRejection.CommitmentRepeated] = w => w.Block(w.Commit(Candidate(w, 1)), w.Commit(Candidate(w, 1)))[1],
        [TransactionRejection.ClaimOutOfRange] = w => Committed(w, c => c with { Claim = Loss.UnitsMax + 1 }),
        [TransactionRejection.NoConsent] = w => Committed(w, c => c with { ConsentKey = w.Keys[3] }),
        [TransactionRejection.TrainingUnknownTask] = w => Committed(w, c => c with { Task = Strange }),
        [TransactionRejection.TrainingWrongRound] = w => Committed(w, c => c with { Round = 2 }),
        [TransactionRejection.TooManyPerKey] = w => w.Block(w.Commit(Candidate(w, 1)), w.Commit(Candidate(w, 2)), w.Commit(Candidate(w, 3)))[2],
        [TransactionRejection.ProducerFull] = w => w.Block(w.Commit(Candidate(w, 1)), w.Commit(Candidate(w, 2, 1)), w.Commit(Candidate(w, 3, 2)))[2],
        [TransactionRejection.TaskClosed] = w => Voted(w, Act.CloseTask(w.Task)) == TransactionRejection.None ? Committed(w, c => c) : default,
        [TransactionRejection.TrainingWindowClosed] = w => Revealing(w, c => c) is not null ? w.One(w.Commit(Candidate(w, 2, 1))) : default,
        [TransactionRejection.TrainingWindowNotOpen] = w => w.One(w.Reveal(Candidate(w, 1))),
        [TransactionRejection.RevealMismatch] = w => w.One(w.Reveal(Revealing(w, c => c) with { Salt = Strange })),
        [TransactionRejection.CandidateAlreadyRevealed] = w => Revealing(w, c => c) is var candidate ? w.Block(w.Reveal(candidate), w.Reveal(candidate))[1] : default,
        [TransactionRejection.ManifestMalformed] = w => Shown(w, c => c with { RawManifest = [1, 2, 3] }),

        // Through messages it is a mismatch of the commitment before: those name the task too.
        [TransactionRejection.ManifestMismatch] = w => ManifestRules.Check(w, w.TaskRecord, Candidate(w, 1).With(m => m.Task = TrainingWorld.Bytes(w.OtherTask)).Manifest, "any"),
        [TransactionRejection.SizeMismatch] = w => Shown(w, c => c.With(m => m.ModelBytes--)),
        [TransactionRejection.ChunksMismatch] = w => Shown(w, c => c.With(m => m.Chunks.RemoveAt(1))),
        [TransactionRejection.UnknownParent] = w => Shown(w, c => c.With(m => m.Parent = TrainingWorld.Bytes(Strange))),
        [TransactionRejection.UnknownTrainingSet] = w => Shown(w, c => c.With(m => m.TrainingSet = TrainingWorld.Bytes(Strange))),
        [TransactionRejection.DeviceRefused] = w => Shown(w, c => c.With(m => m.Device = null)),
        [TransactionRejection.CheckpointRepeated] = w => w.RunRound(Candidate(w, 1)) is not null ? Twice(w) : default,
    };

    private static readonly uint[] TooGreat = [0, 0, 0, 0, 0, (uint)Loss.UnitsMax + 1];

    public static TheoryData<TransactionRejection> All => [.. Provocations.Keys];

    internal static IEnumerable<TransactionRejection> Reasons => Provocations.Keys;

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsProvokedExactly(TransactionRejection reason) => Assert.Equal(reason, Provocations[reason](new TrainingWorld()));

    private static TestCandidate Candidate(TrainingWorld world, int number, int trainer = 0) => TestCandidate.Make(world, number, trainer);

    private static TransactionRejection Committed(TrainingWorld world, Func<TestCandidate, TestCandidate> change) => world.One(world.Commit(change(Candidate(world, 1))));

    // Committed to as it is, and the window for reveals is open.
    private static TestCandidate Revealing(TrainingWorld world, Func<TestCandidate, TestCandidate> change)
    {
        var candidate = change(Candidate(world, 1));
        world.Take(world.Commit(candidate));
        world.RunTo(TrainingPhase.Reveal);
        return candidate;
    }

    private static TransactionRejection Shown(TrainingWorld world, Func<TestCandidate, TestCandidate> change) => world.One(world.Reveal(Revealing(world, change)));

    // Another shows, before its trainer does, what that one committed to first.
    private static TransactionRejection Twice(TrainingWorld world)
    {
        var (first, second) = (Candidate(world, 2), Candidate(world, 2, 1));
        world.Take(world.Commit(first), world.Commit(second));
        world.RunTo(TrainingPhase.Reveal);
        return world.Block(world.Reveal(first), world.Reveal(second))[1];
    }

    private static bool Revealed(TrainingWorld world)
    {
        world.Take(world.Reveal(Revealing(world, c => c)));
        world.RunTo(TrainingPhase.Availability);
        return true;
    }

    // Three of four have chains.
    private static bool Seeding(TrainingWorld world)
    {
        world.RegisterChains(0, 1, 2);
        Revealed(world);
        world.Take(world.Vote(0, 1), world.Vote(1, 1), world.Vote(2, 1));
        world.RunTo(TrainingPhase.Seed);
        return true;
    }

    // Of a validator that was absent as the window opened.
    private static TransactionRejection AbsentShare(TrainingWorld world)
    {
        world.RegisterChains(3);
        var seen = new AbsenceRecord([world.Keys[0].Address, world.Keys[1].Address]);
        world.Block([], after: context => context.State.Set(AbsenceRecord.Key(world.Keys[3].Address), seen.Encode()));
        return Seeding(world) ? world.One(world.Share(3)) : default;
    }

    // Three of four have committed to what they attest.
    private static TrainingStatement Attested(TrainingWorld world, Func<TrainingStatement, TrainingStatement>? change = null, uint[]? losses = null)
    {
        var candidate = TestCandidate.Make(world, 1, gain: 10);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        if (change is not null) statement = change(statement);
        world.Take([.. Enumerable.Range(0, 3).Select(i => world.AttestCommit(i, statement, losses))]);
        world.RunTo(TrainingPhase.AttestReveal);
        return statement;
    }

    private static TransactionRejection SpentChain(TrainingWorld world)
    {
        world.Take(world.Register(0, Strange, SeedChain.LengthMin));
        world.Block([], after: context =>
        {
            for (var i = 0; i < SeedChain.LengthMin; i++) SeedModule.NextIndex(context.State);
        });
        Revealed(world);
        world.Take(world.Vote(0, 1), world.Vote(1, 1), world.Vote(2, 1));
        world.RunTo(TrainingPhase.Seed);
        return world.One(world.Share(0, Strange));
    }

    private static TransactionRejection Ninth(TrainingWorld world)
    {
        var rich = Enumerable.Range(0, 5).Select(i => TrainingWorld.Key("rich", i)).ToArray();
        world.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, world.Trainers[0].Address, Amount.FromNtk(100)));
            foreach (var key in rich) AccountsModule.Credit(context.State, key.Address, Amount.FromNtk(20));
        });
        return world.Block(Enumerable.Range(0, 9).Select(i => world.Commit(TestCandidate.Make(world, i, producer: i % 4) with { Trainer = rich[i / 2] })))[8];
    }

    private static TransactionRejection Voted(TrainingWorld world, GovernanceAction action)
    {
        var rejection = TransactionRejection.None;
        world.Block([], after: context => rejection = context.Try(() => GovernanceActions.Carry(context, action)));
        return rejection;
    }
}
