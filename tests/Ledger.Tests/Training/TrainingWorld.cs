using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// A chain reduced to what training needs: a state in memory, four validators, or as many as are asked for, of equal power with seed chains, three trainers with money,
/// one task. Every block checks that no NTK appeared or vanished.
/// </summary>
internal sealed class TrainingWorld : IStateReader
{
    private static readonly TrainingModule Training = new();

    private readonly SortedDictionary<StateKey, byte[]> _state = [];

    public TrainingWorld(TrainingParameters? parameters = null, ulong[]? powers = null, ulong reserveNtk = 1_000_000, int validators = 4, Func<GenesisTask, GenesisTask>? change = null)
    {
        Keys = [.. Enumerable.Range(1, validators).Select(i => Key("validator", i)).OrderBy(key => key.Address)];
        Trainers = [.. Enumerable.Range(1, 3).Select(i => Key("trainer", i))];
        Supplier = Key("supplier", 1).Address;
        var training = new GenesisDataset("train", Hash256.Sha256("train"u8), 60_000, Supplier);
        var evaluation = new GenesisDataset("test", Hash256.Sha256("test"u8), 10_000, Supplier);
        Genesis = new GenesisDocument
        {
            ChainName = "training-test",
            TimeMs = 1,
            Parameters = new ChainParameters { Training = parameters ?? new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3 } },
            Validators = [.. Keys.Select((key, i) => new GenesisValidator(key.Address, Key("node", i).Address, powers?[i] ?? 10))],
            Allocations = [.. Trainers.Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(1_000)))],
            RewardReserve = Amount.FromNtk(reserveNtk),
            Datasets = [training, evaluation],
            Tasks =
            [
                new GenesisTask("digits", new JsonObject { ["kind"] = "test" }, training.Root, evaluation.Root, "public-hold-out", 1_000, Hash256.Sha256([1]), Hash256.Sha256([2]), TestCandidate.ModelBytes, 10, 60),
                new GenesisTask("letters", new JsonObject { ["kind"] = "test" }, training.Root, evaluation.Root, "public-hold-out", 1_000, Hash256.Sha256([1]), Hash256.Sha256([3]), TestCandidate.ModelBytes, 10, 60),
            ],
        };
        if (change is not null) Genesis = Genesis with { Tasks = [change(Genesis.Tasks[0]), Genesis.Tasks[1]] };
        Hash = Genesis.Hash;
        Validators = Genesis.ValidatorSet();
        Task = Genesis.Tasks[0].Id;
        OtherTask = Genesis.Tasks[1].Id;
        Chains = [.. Keys.Select((_, i) => new SeedChain(Hash256.Sha256([7, (byte)i]), 64))];

        var overlay = new StateOverlay(this);
        foreach (var module in LedgerModules.All) module.InitializeGenesis(overlay, Genesis);
        Keep(overlay);
    }

    public PrivateKey[] Keys { get; }

    public PrivateKey[] Trainers { get; }

    public Address Supplier { get; }

    public GenesisDocument Genesis { get; }

    public GenesisHash Hash { get; }

    public ValidatorSet Validators { get; }

    /// <summary>The task that messages and rounds are about: the first of the genesis, unless a test goes on with another.</summary>
    public Hash256 Task { get; set; }

    public Hash256 OtherTask { get; }

    /// <summary>Whether a change of the members changes who votes, two heights on; else the same four vote for ever.</summary>
    public bool FollowsMembers { get; init; }

    /// <summary>The chain of each validator, in the order of the keys.</summary>
    public SeedChain[] Chains { get; }

    public Height Height { get; private set; }

    /// <summary>Of the last block.</summary>
    public IReadOnlyList<Event> Events { get; private set; } = [];

    /// <summary>Of all blocks.</summary>
    public List<Event> AllEvents { get; } = [];

    public IEnumerable<StateKey> KeysInState => _state.Keys;

    public TaskRecord TaskRecord => TrainingQueries.Task(this, Task)!;

    public TrainingRoundRecord? Round => TrainingQueries.Round(this, Task);

    public SupplyRecord Supply => SupplyRecord.Get(this);

    public byte[]? Get(StateKey key) => _state.GetValueOrDefault(key);

    public Amount Balance(Address address) => AccountsModule.Get(this, address).Balance;

    /// <summary>Executes a block; the author is the validator in turn unless named.</summary>
    public TransactionRejection[] Block(IEnumerable<Transaction> transactions, int? author = null, Action<BlockContext>? after = null, Address? by = null)
    {
        Height = Height.Next();
        var turn = author ?? (int)(Height.Value % (ulong)Keys.Length);
        var voting = FollowsMembers ? ValidatorsModule.SetOf(this, Height) : Validators;
        var context = new BlockContext(Genesis, Hash, Height, by ?? Keys[turn].Address, voting, this);
        var rejections = transactions.Select(t => context.Try(() => LedgerModules.Of(t.Body.MessageCase).Execute(context, t))).ToArray();
        Training.EndBlock(context);
        after?.Invoke(context);
        context.State.Set(HeightRecord.Key(Height.Plus(2)), new ScheduleRecord(ValidatorsModule.Members(context.State).Root, null, []).Encode());
        SupplyModule.CheckConservation(context.State);
        Events = context.Events;
        AllEvents.AddRange(context.Events);
        Keep(context.State);
        return rejections;
    }

    public TransactionRejection[] Block(params Transaction[] transactions) => Block(transactions.AsEnumerable());

    public TransactionRejection One(Transaction transaction) => Block(transaction)[0];

    /// <summary>A block in which everything must be taken.</summary>
    public void Take(params Transaction[] transactions) => Assert.All(Block(transactions), rejection => Assert.Equal(TransactionRejection.None, rejection));

    /// <summary>Empty blocks until the round reaches the phase (null: until it is over).</summary>
    public void RunTo(TrainingPhase? phase, int most = 50)
    {
        for (var i = 0; i < most && Round?.Phase != phase; i++) Block();
        Assert.Equal(phase, Round?.Phase);
    }

    public void RegisterChains(params int[] who) =>
        Take([.. (who.Length == 0 ? [.. Enumerable.Range(0, Keys.Length)] : who).Select(RegisterChain)]);

    /// <summary>Another chain than before where that one is retired.</summary>
    public Transaction RegisterChain(int validator)
    {
        if (RetiredSeedChain.Get(this, Keys[validator].Address) is not null) Chains[validator] = new SeedChain(Hash256.Sha256(Chains[validator].Tip.ToArray()), 64);
        return Register(validator, Chains[validator].Tip, Chains[validator].Length);
    }

    /// <summary>A candidate in each of the two tasks, up to the windows in which shares are opened.</summary>
    public void RunTwoTasksToSeed()
    {
        var here = TestCandidate.Make(this, 1, gain: 10);
        var there = TestCandidate.Make(this, 2, trainer: 1).With(m =>
        {
            m.Task = Bytes(OtherTask);
            m.Parent = Bytes(Genesis.Tasks[1].InitialModel);
        }) with
        { Task = OtherTask, Round = 1 };
        RegisterChains();
        Take(Commit(here), Commit(there));
        RunTo(TrainingPhase.Reveal);
        Take(Reveal(here), Reveal(there));
        RunTo(TrainingPhase.Availability);
        Take([.. Enumerable.Range(0, 3).SelectMany(i => new[] { Vote(i, 1), Vote(i, 1, 1, OtherTask) })]);
        RunTo(TrainingPhase.Seed);
    }

    /// <summary>Everything up to the window in which attestations are committed: the candidates revealed, available, the seed there.</summary>
    public void RunToAttestation(params TestCandidate[] candidates)
    {
        RunToAvailability(candidates);
        var all = (1u << candidates.Length) - 1;
        Take([.. Enumerable.Range(0, Keys.Length).Select(i => Vote(i, all))]);
        RunTo(TrainingPhase.Seed);
        Take([.. Enumerable.Range(0, Keys.Length).Select(Share)]);
        RunTo(TrainingPhase.AttestCommit);
    }

    /// <summary>The candidates are shown, and nobody has voted on them.</summary>
    public void RunToAvailability(params TestCandidate[] candidates)
    {
        if (TrainingQueries.SeedChains(this, Keys[0].Address) is null) RegisterChains();
        Take([.. candidates.Select(Commit)]);
        RunTo(TrainingPhase.Reveal);
        Take([.. candidates.Select(Reveal)]);
        RunTo(TrainingPhase.Availability);
    }

    /// <summary>A whole round in which all validators attest what the candidates' losses say.</summary>
    public TrainingStatement RunRound(params TestCandidate[] candidates)
    {
        RunToAttestation(candidates);
        var statement = Statement(candidates);
        Attest(Enumerable.Range(0, Keys.Length).Select(i => (i, statement)));
        return statement;
    }

    public void Attest(IEnumerable<(int Validator, TrainingStatement Statement)> attestations)
    {
        var all = attestations.ToArray();
        Take([.. all.Select(a => AttestCommit(a.Validator, a.Statement))]);
        RunTo(TrainingPhase.AttestReveal);
        Take([.. all.Select(a => AttestReveal(a.Validator, a.Statement))]);
        RunTo(null);
    }

    public TrainingStatement Statement(params TestCandidate[] candidates) => StatementBuilder.Build(
        this, Hash, Task, [.. Enumerable.Range(0, 64)], TestCandidate.IncumbentLosses(64), [.. candidates.Select(c => c.Outcome)]);

    public Transaction Commit(TestCandidate candidate) => Sign(candidate.Trainer, new TransactionBody
    {
        CandidateCommit = new CandidateCommit
        {
            Task = Bytes(candidate.Task ?? Task),
            TrainingRound = candidate.Round ?? TaskRecord.NextRound,
            Commitment = Bytes(candidate.Commitment),
            Producer = ByteString.CopyFrom(candidate.Producer.Address.ToArray()),
            ClaimedGain = candidate.Claim,
            Bond = ByteString.CopyFrom((candidate.Bond ?? Genesis.Parameters.Training.CandidateBond).ToArray()),
            ProducerSignature = ByteString.CopyFrom(candidate.Consent(Hash, candidate.Task ?? Task, candidate.Round ?? TaskRecord.NextRound).Bytes),
        },
    });

    public Transaction Reveal(TestCandidate candidate) => Sign(candidate.Revealer ?? candidate.Trainer, new TransactionBody
    {
        CandidateReveal = new CandidateReveal
        {
            Task = Bytes(candidate.Task ?? Task),
            TrainingRound = candidate.Round ?? TaskRecord.NextRound,
            Manifest = ByteString.CopyFrom(candidate.ManifestBytes),
            Salt = Bytes(candidate.Salt),
            HardwareAttestation = candidate.HardwareAttestation,
        },
    });

    public Transaction Register(int validator, Hash256 tip, uint length, ulong? begin = null) => Protocol(Keys[validator], new TransactionBody
    {
        SeedChainRegistration = new SeedChainRegistration { Tip = Bytes(tip), Length = length, Base = begin ?? TrainingQueries.SeedCounter(this) },
    });

    public Transaction Vote(int validator, uint mask, ulong? round = null, Hash256? task = null) => Protocol(Keys[validator], new TransactionBody
    {
        AvailabilityVote = new AvailabilityVote { Task = Bytes(task ?? Task), TrainingRound = round ?? TaskRecord.NextRound, Candidates = mask },
    });

    /// <summary>The right share of a validator for the round in progress.</summary>
    public Transaction Share(int validator)
    {
        var registered = TrainingQueries.SeedChains(this, Keys[validator].Address)?.For(Round!.Opened);
        return Share(validator, Chains[validator].Share(registered?.IndexFor(Round!.SeedIndex) ?? (uint)Round!.SeedIndex));
    }

    public Transaction Share(int validator, Hash256 share, Hash256? task = null) => Protocol(Keys[validator], new TransactionBody
    {
        SeedShare = new SeedShare { Task = Bytes(task ?? Task), TrainingRound = TrainingQueries.Task(this, task ?? Task)?.NextRound ?? 1, Share = Bytes(share) },
    });

    public Transaction AttestCommit(int validator, TrainingStatement statement, IReadOnlyList<uint>? losses = null) => Protocol(Keys[validator], new TransactionBody
    {
        AttestationCommit = new AttestationCommit
        {
            Task = Bytes(Task),
            TrainingRound = TaskRecord.NextRound,
            Commitment = Bytes(CandidateBinding.AttestationCommitment(statement.Digest, losses ?? PrivateLosses, Keys[validator].Address, Salt(validator))),
        },
    });

    public Transaction AttestReveal(int validator, TrainingStatement statement, IReadOnlyList<uint>? losses = null, Signature? signature = null) =>
        AttestReveal(validator, statement.Encode(), signature ?? Keys[validator].Sign(statement.Digest), losses);

    public Transaction AttestReveal(int validator, byte[] statement, Signature signature, IReadOnlyList<uint>? losses = null)
    {
        var reveal = new AttestationReveal
        {
            Task = Bytes(Task),
            TrainingRound = TaskRecord.NextRound,
            Statement = ByteString.CopyFrom(statement),
            Signature = ByteString.CopyFrom(signature.Bytes),
            Salt = Bytes(Salt(validator)),
        };
        reveal.PrivateLosses.AddRange(losses ?? PrivateLosses);
        return Protocol(Keys[validator], new TransactionBody { AttestationReveal = reveal });
    }

    /// <summary>What a validator found of the re-check in progress, or of that round's.</summary>
    public Transaction Recheck(int validator, uint wrong, ulong? round = null, Hash256? task = null) => Protocol(Keys[validator], new TransactionBody
    {
        PrivateRecheck = new PrivateRecheck { Task = Bytes(task ?? Task), TrainingRound = round ?? TaskRecord.NextRound - 1, Wrong = wrong },
    });

    /// <summary>All find nothing wrong in the re-check in progress, and it ends: attesters have their pay.</summary>
    public void EndRecheck()
    {
        Take([.. Enumerable.Range(0, Keys.Length).Select(i => Recheck(i, 0))]);
        for (var i = 0; i < 50 && TrainingQueries.Recheck(this, Task) is not null; i++) Block();
        Assert.Null(TrainingQueries.Recheck(this, Task));
    }

    /// <summary>As many as the round in progress asks for.</summary>
    public uint[] PrivateLosses => [.. Enumerable.Range(0, Round!.PrivateLossesCount).Select(i => (uint)i)];

    public Transaction Protocol(PrivateKey key, TransactionBody body)
    {
        body.Genesis = Bytes(Hash.Value);
        return Transaction.Sign(body, key);
    }

    /// <summary>A validator puts a bond down, with money of a trainer's.</summary>
    public void Bond(int validator, Amount amount) => Block([], after: context =>
    {
        Assert.True(AccountsModule.TryDebit(context.State, Trainers[0].Address, amount));
        AccountsModule.Credit(context.State, Keys[validator].Address, amount);
        Assert.True(SupplyModule.TryLock(context.State, Keys[validator].Address, amount));
        new BondRecord(amount, []).Store(context.State, Keys[validator].Address);
    });

    public Amount BondOf(int validator) => BondRecord.Get(this, Keys[validator].Address).Total;

    public void Jail(int validator) => Block([], after: context => NeuroChain.Ledger.Jail.Commit(context, Keys[validator].Address, "vote"));

    /// <summary>Votes change the parameters, from the next block on.</summary>
    public void Change(Func<TrainingParameters, TrainingParameters> change) => Block([], after: context =>
    {
        var changed = context.Parameters with { Training = change(context.Parameters.Training) };
        Assert.Null(changed.Fault());
        context.State.Set(StateKey.Of(StateModule.Parameters, 0), changed.Encode());
    });

    /// <summary>A validator takes another key; unless this world follows its members the set that votes stays as it is.</summary>
    public Transaction Rotate(int validator, PrivateKey fresh) => Protocol(Keys[validator], new TransactionBody
    {
        KeyRotation = new KeyRotation
        {
            NewAddress = ByteString.CopyFrom(fresh.Address.ToArray()),
            Signature = ByteString.CopyFrom(fresh.Sign(KeyRotations.Consent(Hash, Keys[validator].Address, fresh.Address, 0).Digest).Bytes),
        },
    });

    public IEnumerable<Event> Of(string kind) => AllEvents.Where(e => e.Kind == kind);

    public static string Attribute(Event happened, string key) => happened.Attributes.Single(a => a.Key == key).Value;

    public static Address AddressIn(Event happened, string key) => Address.TryParse(Attribute(happened, key), out var address) ? address : throw new FormatException(key);

    public static ByteString Bytes(Hash256 hash) => ByteString.CopyFrom(hash.ToArray());

    public static PrivateKey Key(string role, int number) => PrivateKey.FromSeed(Hash256.Sha256([.. System.Text.Encoding.ASCII.GetBytes(role), (byte)number]));

    private static Hash256 Salt(int validator) => Hash256.Sha256([9, (byte)validator]);

    private Transaction Sign(PrivateKey key, TransactionBody body)
    {
        body.Genesis = Bytes(Hash.Value);
        body.Fee = ByteString.CopyFrom(Genesis.Parameters.FeeMin.ToArray());
        return Transaction.Sign(body, key);
    }

    private void Keep(StateOverlay overlay)
    {
        foreach (var (key, value) in overlay.Changes)
        {
            if (value is null) _state.Remove(key);
            else _state[key] = value;
        }
    }
}
