using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>
/// A chain of four validators in a store in memory, with a task whose model is really trained and really evaluated: every block goes through
/// all the rules and is stored as a node stores it.
/// </summary>
internal sealed class TrainedChain
{
    private readonly Dictionary<Address, PrivateKey> _keys;
    private readonly SeedChain[] _chains;
    private readonly bool _isChecked;
    private readonly bool _isGenerated;
    private CommitCertificate? _lastCommit;

    /// <param name="store">Null for a fresh one in memory.</param>
    /// <param name="checks">Whether candidates are checked for more than their losses, by the defaults: then the model has a hidden layer.</param>
    /// <param name="halvingBlocks">Length of an epoch; null for the default.</param>
    /// <param name="generated">Whether the task is judged by a generator by its name, so that sealed sets may be offered; its samples are a stored set's all the same.</param>
    /// <param name="evaluation">What candidates are judged on; null for images of all classes.</param>
    /// <param name="change">Of the parameters that the rest gives.</param>
    /// <param name="triggers">That candidates must not answer to.</param>
    public TrainedChain(
        IKeyValueStore? store = null, bool checks = false, ulong? halvingBlocks = null, bool generated = false, Dataset? evaluation = null,
        Func<ChainParameters, ChainParameters>? change = null, params GenesisTrigger[] triggers)
    {
        _isChecked = checks;
        _isGenerated = generated;
        Store = store ?? new MemoryStore(ChainStore.Columns);
        Chain = new ChainStore(Store);
        Blobs = new BlobStore(Store, ChainStore.Blobs);
        Validators = [.. Enumerable.Range(0, 4).Select(i => Key(1_000 + i)).OrderBy(key => key.Address)];
        _keys = Validators.ToDictionary(key => key.Address);
        _chains = [.. Validators.Select((_, i) => new SeedChain(Hash256.Sha256([7, (byte)i]), 64))];

        LayerSpec[] layers = checks ? [new FlattenSpec(), new DenseSpec(16), new ReluSpec(), new DenseSpec(10)] : [new FlattenSpec(), new DenseSpec(10)];
        Assert.True(ModelSpec.TryCreate(new Shape(1, 4, 4), layers, out var spec, out _));
        Spec = spec;
        Training = SmallImages.MakeDataset(600, 1);
        Evaluation = evaluation ?? SmallImages.MakeDataset(checks ? 600 : 300, 2);
        var seed = Hash256.Sha256([3]);
        var training = new GenesisDataset("train", Training.Root, (uint)Training.Count, Key(9).Address);
        var judging = new GenesisDataset("test", Evaluation.Root, (uint)Evaluation.Count, Key(9).Address);
        var model = (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(spec.CanonicalJson))!;
        var initial = InitialModels.Make(spec, seed);
        var rules = checks ? Parameters with { EvaluationSamples = 512, TriggerSamples = 64 } : Unchecked(Parameters);
        var parameters = new ChainParameters { Training = rules with { HalvingBlocks = halvingBlocks ?? rules.HalvingBlocks } };
        Genesis = GenesisDocument.Parse(new GenesisDocument
        {
            ChainName = "verification-test",
            TimeMs = 1_700_000_000_000,
            Parameters = change?.Invoke(parameters) ?? parameters,
            Validators = [.. Validators.Select((key, i) => new GenesisValidator(key.Address, Key(2_000 + i).Address, 1))],
            Allocations = [new GenesisAllocation(Trainer.Address, Amount.FromNtk(1_000_000))],
            RewardReserve = Amount.FromNtk(10_000_000),
            Datasets = [training, judging],
            Tasks = [new GenesisTask("digits", model, training.Root, judging.Root, generated ? GenesisTask.Generator : GenesisTask.PublicHoldOut, 1_000, seed, BlobManifest.Of(initial).Hash.Value, (ulong)initial.Length, 10, 60) { Triggers = [.. triggers] }],
        }.ToJson());
        Definition = Genesis.Tasks[0];
        State = LedgerState.FromGenesis(Genesis);
        Chain.Initialize(State);
    }

    public IKeyValueStore Store { get; }

    public ChainStore Chain { get; }

    public BlobStore Blobs { get; }

    public PrivateKey[] Validators { get; }

    public PrivateKey Trainer { get; } = Key(5);

    public ModelSpec Spec { get; private set; }

    public Dataset Training { get; }

    public Dataset Evaluation { get; }

    public GenesisDocument Genesis { get; }

    public LedgerState State { get; private set; }

    /// <summary>Of all blocks.</summary>
    public List<Event> Events { get; } = [];

    /// <summary>What is done to every manifest before it is committed.</summary>
    public Action<CandidateManifest>? ChangeManifest { get; set; }

    /// <summary>What is done to every reveal, whose commitment is told.</summary>
    public Action<CandidateReveal, Hash256>? ChangeReveal { get; set; }

    /// <summary>What happens between seed and attestations, in the window in which keys are shown; null where a round has none.</summary>
    public Action? BeforeAttestations { get; set; }

    /// <summary>Of <see cref="Task"/>.</summary>
    public GenesisTask Definition { get; private set; }

    /// <summary>Whose rounds are run: that of the genesis, or its fork.</summary>
    public Hash256 Task => Definition.Id;

    public TrainingRoundRecord? Round => TrainingQueries.Round(State, Task);

    private static TrainingParameters Parameters => new()
    {
        CommitBlocks = 1,
        AttestCommitBlocks = 1,
        AttestRevealBlocks = 1,
        EvaluationSamples = 128,
        PrivateSamples = 4,
        TermBlocks = 3,
    };

    private static TrainingParameters Unchecked(TrainingParameters parameters) =>
        parameters with { BalanceCheck = TrainingParameters.Off, SimilaritySamples = 0, ProbeSteps = 0, RegressionMillionths = 0 };

    public static PrivateKey Key(int number) => PrivateKey.FromSeed(new SeededStream((ulong)number).NextHash());

    public int IndexOf(Address validator) => Array.FindIndex(Validators, key => key.Address == validator);

    /// <summary>A checkpoint that was trained that many steps from the task's first one, or from another.</summary>
    public byte[] Train(int steps, byte seed = 4, ModelParameters? from = null)
    {
        var start = from ?? ModelParameters.HeUniform(Spec.Plan, Definition.InitialSeed);
        using var trainer = new Trainer(start, Training, Hash256.Sha256([seed]), new TrainerOptions { Batch = 16 }, EngineOptions.Default);
        for (var i = 0; i < steps; i++) trainer.Step();
        return Checkpoint.Write(_isChecked ? Canonicaliser.Canonicalise(trainer.Parameters).Parameters : trainer.Parameters);
    }

    public ModelParameters Read(byte[] checkpoint)
    {
        Assert.True(Checkpoint.TryRead(checkpoint, Spec.Plan, out var parameters, out var error), error.ToString());
        return parameters;
    }

    /// <summary>A training round in which all hold the checkpoints and attest what they find, unless told otherwise.</summary>
    /// <param name="checkpoints">The candidates, the producer of each the validator of its place.</param>
    /// <param name="attest">What a validator attests instead of the truth.</param>
    /// <param name="privateLosses">What it shows for its private samples instead of the truth.</param>
    /// <param name="parent">That all of them declare; null for the incumbent.</param>
    public void RunRound(
        IReadOnlyList<byte[]> checkpoints,
        Func<int, TrainingStatement, TrainingStatement>? attest = null,
        Func<int, uint[], uint[]>? privateLosses = null,
        BlobHash? parent = null)
    {
        RunToAttestation(checkpoints, parent);
        var (truth, losses) = _isChecked || _isGenerated ? Checked() : Plain([.. checkpoints]);
        var statements = Enumerable.Range(0, 4).Select(i => attest?.Invoke(i, truth) ?? truth).ToArray();
        var shown = losses.Select((own, i) => privateLosses?.Invoke(i, own) ?? own).ToArray();
        Step([.. Each(i => AttestCommit(i, statements[i], shown[i]))]);
        StepTo(TrainingPhase.AttestReveal);
        Step([.. Each(i => AttestReveal(i, statements[i], shown[i]))]);
        StepTo(null);
    }

    /// <summary>Up to the window in which attestations are committed.</summary>
    public void RunToAttestation(IReadOnlyList<byte[]> checkpoints, BlobHash? parent = null)
    {
        RunToAvailability(checkpoints, parent);
        JudgeAll();
    }

    /// <summary>Up to the window in which validators say what they hold.</summary>
    public void RunToAvailability(IReadOnlyList<byte[]> checkpoints, BlobHash? parent = null)
    {
        if (TrainingQueries.SeedChains(State, Validators[0].Address) is null) Step([.. Each(i => SeedRegistration(i))]);
        var candidates = checkpoints.Select((bytes, i) => Candidate.Make(this, bytes, Validators[i], parent)).ToList();
        Step([.. candidates.Select((candidate, i) => candidate.Commit(this, (ulong)i))]);
        StepTo(TrainingPhase.Reveal);
        Step([.. candidates.Select((candidate, i) => candidate.Reveal(this, (ulong)i))]);
        StepTo(TrainingPhase.Availability);
    }

    /// <summary>From there to the window in which attestations are committed, with all that was revealed.</summary>
    public void JudgeAll()
    {
        Step([.. Each(i => Message(i, body => body.AvailabilityVote = new AvailabilityVote { Task = TaskBytes, TrainingRound = Round!.Number, Candidates = (1u << Round.Candidates.Length) - 1 }))]);
        StepTo(TrainingPhase.Seed);
        OpenShares();
        BeforeAttestations?.Invoke();
        StepTo(TrainingPhase.AttestCommit);
    }

    /// <summary>Everybody opens its share of the seed that the round waits for.</summary>
    public void OpenShares() =>
        Step([.. Each(i => Message(i, body => body.SeedShare = new SeedShare { Task = TaskBytes, TrainingRound = Round!.Number, Share = _chains[i].Share((uint)Round!.SeedIndex).ToByteString() }))]);

    /// <summary>What an evaluation of the round in progress comes to.</summary>
    public RoundResult Evaluate(ICheckpointEvaluator? evaluator = null, EngineOptions? engine = null) =>
        new RoundEvaluation(evaluator ?? new Evaluator([Training, Evaluation], engine ?? EngineOptions.Default), model => Blobs.Read(model) ?? Initial)
            .RunAsync(State, Genesis, Task, [.. Validators.Select(key => key.Address)], null, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Whose private losses are wrong, as everybody finds who computes again what the re-check in progress names.</summary>
    public uint? Recheck(ICheckpointEvaluator? evaluator = null, EngineOptions? engine = null) =>
        new RecheckEvaluation(evaluator ?? new Evaluator([Training, Evaluation], engine ?? EngineOptions.Default), model => Blobs.Read(model) ?? Initial)
            .RunAsync(State, Genesis, TrainingQueries.Recheck(State, Task)!, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The re-check in progress, up to its end.</summary>
    public void AnswerRecheck(Func<int, uint> says)
    {
        var number = TrainingQueries.Recheck(State, Task)!.Number;
        Step([.. Each(i => Message(i, body => body.PrivateRecheck = new PrivateRecheck { Task = TaskBytes, TrainingRound = number, Wrong = says(i) }))]);
        for (var i = 0; i < 20 && TrainingQueries.Recheck(State, Task) is not null; i++) Step();
        Assert.Null(TrainingQueries.Recheck(State, Task));
    }

    /// <summary>The rounds from here on are those of a fork of the task, which all validators vote for.</summary>
    public void Fork(ModelSpec spec, string name)
    {
        var fork = ForkDefinition.Make(Definition, spec.CanonicalJson.ToArray(), name, Hash256.Sha256([8]));
        var action = new GovernanceAction { ForkTask = new ForkTask { Parent = TaskBytes, Definition = ByteString.CopyFrom(fork.ToCanonicalJson()) } };
        var id = OpenProposals.Get(State).NextId;
        var sequence = ValidatorRecord.Get(State, Validators[0].Address)!.Sequence;
        Step(Message(0, body => body.GovernanceProposal = new GovernanceProposal { Sequence = sequence, Action = action, Reason = "" }));
        Step([.. Each(i => i).Skip(1).Select(i => Message(i, body => body.GovernanceVote = new GovernanceVote { Proposal = id, Approve = true }))]);
        for (var i = 0; i < 30 && TrainingQueries.Task(State, fork.Id) is null; i++) Step();
        (Definition, Spec) = (fork, spec);
        Assert.NotNull(TrainingQueries.Task(State, Task));
        Blobs.Put(Initial);
    }

    /// <summary>Builds, certifies, executes and stores the next block.</summary>
    public void Step(params Transaction[] transactions)
    {
        var template = new BlockTemplate
        {
            Author = State.Next.Schedule.Leader(RoundZero),
            BuiltRound = RoundZero,
            Time = State.Time.Plus(1_000),
            LastCommit = _lastCommit,
        };
        var built = BlockBuilder.Build(State, template, transactions);
        Assert.Equal(transactions.Length, built.Transactions.Length);
        Assert.True(BlockValidator.TryValidate(State, built.Block, NoTransactions.Instance, out var validated, out var refusal), refusal.ToString());
        var digest = new Precommit(built.Block.Height, RoundZero, built.Block.Ref).Digest(State.GenesisHash);
        var signatures = State.Next.Validators.Validators.Select((v, i) => new IndexedSignature((ushort)i, _keys[v.Address].Sign(digest)));
        _lastCommit = new CommitCertificate(built.Block.Height, RoundZero, built.Block.Ref, [.. signatures]);
        var result = validated.Result;
        Assert.All(result.Receipts, receipt => Assert.True(receipt.IsSuccess, ((TransactionRejection)receipt.Code).ToString()));
        Assert.True(_lastCommit.TryVerify(State.GenesisHash, State.Next.Validators, out var commit, out var fault), fault.ToString());
        Chain.Commit(State, validated, commit);
        Events.AddRange(result.Events);
        State = result.Next;
    }

    public void StepTo(TrainingPhase? phase)
    {
        for (var i = 0; i < 30 && Round?.Phase != phase; i++) Step();
        Assert.Equal(phase, Round?.Phase);
    }

    public void StepTo(ulong height)
    {
        while (State.Height.Value < height) Step();
    }

    public VerificationReport Verify(ulong from = 1, ulong to = ulong.MaxValue, IReadOnlyList<Dataset>? datasets = null, EngineOptions? engine = null)
    {
        var evaluator = new StatementEvaluator(Genesis, Blobs, new Evaluator(datasets ?? [Training, Evaluation], engine ?? EngineOptions.Default));
        return new TrainingVerifier(Genesis, Chain, evaluator, new Height(from), new Height(to)).Run(_ => { });
    }

    public Transaction Pay(TransactionBody body, ulong further) => PayAs(Trainer, body, further);

    public Transaction PayAs(PrivateKey payer, TransactionBody body, ulong further = 0)
    {
        // A manifest has many bytes, and the keys of many samples have more.
        body.Fee = (Genesis.Parameters.FeeMin * (body.SealedKeyRelease is null ? 20UL : 200)).ToByteString();
        body.Nonce = AccountsModule.Get(State, payer.Address).Nonce + further;
        return Sign(payer, body);
    }

    private static Round RoundZero => NeuroChain.Chain.Round.Zero;

    private ByteString TaskBytes => Task.ToByteString();

    private byte[] Initial => InitialModels.Make(Spec, Definition.InitialSeed);

    // What the checks find has tests of its own; here it is what everybody finds.
    private (TrainingStatement Truth, uint[][] PrivateLosses) Checked()
    {
        var found = Assert.IsType<RoundResult.Found>(Evaluate());
        return (found.Statement, [.. found.PrivateLosses.Select(losses => losses.ToArray())]);
    }

    private (TrainingStatement Truth, uint[][] PrivateLosses) Plain(List<byte[]> candidates)
    {
        var models = candidates.Prepend(Blobs.Read(Round!.Incumbent) ?? Initial).ToList();
        return (Statement(models), [.. Enumerable.Range(0, 4).Select(i => PrivateLosses(i, models))]);
    }

    // By the engine itself, not by what is tested.
    private TrainingStatement Statement(List<byte[]> models)
    {
        var samples = SampleDraw.Draw(TrainingSeed.CommonSamples(Round!.Seed), (int)Round.Samples, Evaluation.Count);
        var outcomes = models.Skip(1).Select(bytes => Losses(bytes, samples) is { } losses
            ? (CandidateOutcome)new CandidateOutcome.Evaluated(losses)
            : new CandidateOutcome.Refused(CandidateVerdict.Malformed));
        return StatementBuilder.Build(State, State.GenesisHash, Task, samples, Losses(models[0], samples)!, [.. outcomes]);
    }

    private uint[] PrivateLosses(int validator, List<byte[]> models)
    {
        var seed = TrainingSeed.PrivateSamples(Round!.Seed, Validators[validator].Address);
        var samples = SampleDraw.Draw(seed, (int)Round.PrivateSamples, Evaluation.Count);
        return [.. models.SelectMany(bytes => Losses(bytes, samples) ?? new uint[samples.Length])];
    }

    private uint[]? Losses(byte[] checkpoint, int[] samples) =>
        CheckpointEvaluator.TryEvaluate(checkpoint, Spec.Plan, Evaluation, samples, EngineOptions.Default, out var result, out _) ? result.Losses : null;

    private Transaction SeedRegistration(int validator) => Message(
        validator, body => body.SeedChainRegistration = new SeedChainRegistration { Tip = _chains[validator].Tip.ToByteString(), Length = _chains[validator].Length });

    private Transaction AttestCommit(int validator, TrainingStatement statement, uint[] losses) => Message(validator, body => body.AttestationCommit = new AttestationCommit
    {
        Task = TaskBytes,
        TrainingRound = Round!.Number,
        Commitment = CandidateBinding.AttestationCommitment(statement.Digest, losses, Validators[validator].Address, Hash256.Sha256([9])).ToByteString(),
    });

    private Transaction AttestReveal(int validator, TrainingStatement statement, uint[] losses) => Message(validator, body =>
    {
        body.AttestationReveal = new AttestationReveal
        {
            Task = TaskBytes,
            TrainingRound = Round!.Number,
            Statement = ByteString.CopyFrom(statement.Encode()),
            Signature = ByteString.CopyFrom(Validators[validator].Sign(statement.Digest).Bytes),
            Salt = Hash256.Sha256([9]).ToByteString(),
        };
        body.AttestationReveal.PrivateLosses.AddRange(losses);
    });

    public Transaction Message(int validator, Action<TransactionBody> fill)
    {
        var body = new TransactionBody();
        fill(body);
        return Sign(Validators[validator], body);
    }

    private Transaction Sign(PrivateKey key, TransactionBody body)
    {
        body.Genesis = State.GenesisHash.Value.ToByteString();
        return Transaction.Sign(body, key);
    }

    private static IEnumerable<T> Each<T>(Func<int, T> of) => Enumerable.Range(0, 4).Select(of);
}
