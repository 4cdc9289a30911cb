using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Gallery;

/// <summary>
/// A network of a few validators in one process, reduced to what an attack needs: real blocks that go through all rules of the ledger, real rounds,
/// the real evaluator, and a time that is a second a block. What is not here is consensus itself, which has a simulator of its own.
/// </summary>
internal sealed class World
{
    public static readonly Amount Bond = Amount.FromNtk(1_000);

    private const int MostBlocks = 200;

    private readonly Dictionary<Address, PrivateKey> _keys;
    private readonly SeedChain[] _chains;
    private readonly Dictionary<BlobHash, byte[]> _checkpoints = [];
    private CommitCertificate? _lastCommit;

    public World(WorldOptions options)
    {
        Options = options;
        Validators = [.. Enumerable.Range(0, options.Validators).Select(i => Key(1_000 + i)).OrderBy(key => key.Address)];
        _keys = Validators.ToDictionary(key => key.Address);
        _chains = [.. Validators.Select((_, i) => new SeedChain(Hash256.Sha256([7, (byte)i]), 128))];
        Spec = SpecOf(options.Hidden);
        var seed = Hash256.Sha256([3]);
        var initial = InitialModels.Make(Spec, seed);
        var training = new GenesisDataset("train", options.Training.Root, (uint)options.Training.Count, Key(9).Address);
        var evaluation = new GenesisDataset("test", options.Evaluation.Root, (uint)options.Evaluation.Count, Key(9).Address);
        var source = options.Evaluation is Dataset ? GenesisTask.PublicHoldOut : GenesisTask.Generator;
        Genesis = GenesisDocument.Parse(new GenesisDocument
        {
            ChainName = "gallery",
            TimeMs = 1_700_000_000_000,
            Parameters = new ChainParameters { Training = options.Change(Parameters) },
            Validators = [.. Validators.Select((key, i) => new GenesisValidator(key.Address, Key(2_000 + i).Address, 1))],
            Allocations = [.. Validators.Concat(Trainers).Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(10_000)))],
            RewardReserve = Amount.FromNtk(50_000_000),
            Datasets = [training, evaluation],
            Tasks =
            [
                new GenesisTask(
                    "pictures", (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(Spec.CanonicalJson))!, training.Root, evaluation.Root, source, 2_500, seed,
                    BlobManifest.Of(initial).Hash.Value, (ulong)initial.Length, Pictures.Classes, 60) { Triggers = [.. options.Triggers] },
            ],
        }.ToJson());
        _checkpoints[BlobManifest.Of(initial).Hash] = initial;
        State = LedgerState.FromGenesis(Genesis);
        Step([.. Validators.Select(key => Pay(key, 0, body => body.Bond = new Bond { Amount = Bond.ToByteString() }))]);
        Step([.. Each(i => Protocol(i, body => body.SeedChainRegistration = new SeedChainRegistration { Tip = _chains[i].Tip.ToByteString(), Length = _chains[i].Length }))]);
    }

    public WorldOptions Options { get; }

    public PrivateKey[] Validators { get; }

    /// <summary>Alice and Bob are honest, Mallory is not.</summary>
    public static PrivateKey Alice { get; } = Key(1);

    public static PrivateKey Bob { get; } = Key(2);

    public static PrivateKey Mallory { get; } = Key(3);

    public static PrivateKey[] Trainers { get; } = [Alice, Bob, Mallory, Key(4)];

    public ModelSpec Spec { get; }

    public ModelPlan Plan => Spec.Plan;

    public GenesisDocument Genesis { get; }

    public LedgerState State { get; private set; }

    public Hash256 Task => Genesis.Tasks[0].Id;

    public TaskRecord Record => TrainingQueries.Task(State, Task)!;

    public TrainingRoundRecord? Round => TrainingQueries.Round(State, Task);

    /// <summary>Validators that may be faulty: the largest number below a third.</summary>
    public int Faulty => (Validators.Length - 1) / 3;

    /// <summary>Of all blocks.</summary>
    public List<Event> Events { get; } = [];

    /// <summary>Who built each block.</summary>
    public List<Address> Authors { get; } = [];

    public static TrainingParameters Parameters => new()
    {
        CommitBlocks = 1,
        AttestCommitBlocks = 1,
        AttestRevealBlocks = 1,
        EvaluationSamples = 512,
        PrivateSamples = 4,
        TermBlocks = 3,
    };

    public static ModelSpec SpecOf(int hidden)
    {
        var isSpec = ModelSpec.TryCreate(Pictures.Shape, [new FlattenSpec(), new DenseSpec(hidden), new ReluSpec(), new DenseSpec(Pictures.Classes)], out var spec, out _);
        Invariant.Check(isSpec, "two dense layers are a model");
        return spec!;
    }

    public ModelParameters Initial => Read(_checkpoints[new BlobHash(Genesis.Tasks[0].InitialModel)]);

    public ModelParameters Incumbent => Read(_checkpoints[Record.BestModel]);

    public ModelParameters Read(byte[] checkpoint)
    {
        var isRead = Checkpoint.TryRead(checkpoint, Plan, out var parameters, out _);
        Invariant.Check(isRead, "what a trainer wrote can be read");
        return parameters!;
    }

    /// <summary>All that somebody has, bonded or not, and the pay that waits for a re-check.</summary>
    public Amount Wealth(PrivateKey key)
    {
        var held = TrainingQueries.Recheck(State, Task)?.Attesters.FirstOrDefault(attester => attester.Key == key.Address).Paid ?? Amount.Zero;
        return AccountsModule.Get(State, key.Address).Balance + BondRecord.Get(State, key.Address).Total + held;
    }

    /// <summary>A whole round; how it ended.</summary>
    public OutcomeRecord Run(RoundPlan plan)
    {
        var number = Record.NextRound;
        Step(InOrder(plan.Offers, (offer, further) => offer.Commit(this, further)));
        StepTo(TrainingPhase.Reveal);
        Show(plan);
        Attest(plan);
        StepWhile(() => Round is not null && Record.NextRound == number);
        return TrainingQueries.Outcome(State, Task, number)!;
    }

    /// <summary>From the reveal up to the seed.</summary>
    public void Show(RoundPlan plan)
    {
        Step(InOrder(plan.Offers.Where(plan.Reveals), (offer, further) => offer.Reveal(this, further)));
        foreach (var offer in plan.Offers) _checkpoints.TryAdd(offer.Model, offer.Bytes);
        StepTo(TrainingPhase.Availability);
        if (Round is null) return;
        Step([.. Each(i => Vote(i, plan.Votes?.Invoke(this, i) ?? Mask(plan, i)))]);
        StepTo(TrainingPhase.Seed);
        if (Round is null) return;
        Step([.. Each(i => i).Where(plan.Opens).Select(Share)]);
        if (plan.Keys is { } keys)
        {
            StepTo(TrainingPhase.Release);
            Step([.. keys(this)]);
            StepWhile(() => Round is { Phase: TrainingPhase.Release });
            if (Round is { Phase: TrainingPhase.Seed }) Step([.. Each(i => i).Where(plan.Opens).Select(Share)]); // keys were withheld
        }

        StepTo(TrainingPhase.AttestCommit);
    }

    /// <summary>What a node keeps beside checkpoints: a sealed set.</summary>
    public void Keep(SealedSet set) => _checkpoints[BlobManifest.Of(set.Bytes).Hash] = set.Bytes;

    /// <summary>What a validator is asked to vote on in the round in progress.</summary>
    public TrainingDuty.VoteAvailability VoteDuty(int validator) =>
        TrainingDuties.Of(State, Genesis, State.GenesisHash, State.Height.Next(), Validators[validator].Address, State.Next.Validators).OfType<TrainingDuty.VoteAvailability>().Single();

    public Transaction Vote(int validator, uint mask) => Protocol(
        validator, body => body.AvailabilityVote = new AvailabilityVote { Task = TaskBytes, TrainingRound = Round!.Number, Candidates = mask });

    public Transaction Share(int validator) => Protocol(
        validator, body => body.SeedShare = new SeedShare { Task = TaskBytes, TrainingRound = Round!.Number, Share = _chains[validator].Share((uint)Round.SeedIndex).ToByteString() });

    /// <summary>What an evaluation of the round in progress gives to whoever has these checkpoints.</summary>
    /// <param name="holds">Null for all.</param>
    /// <param name="engine">Null for the fastest on one thread.</param>
    /// <param name="wrap">Comes between.</param>
    /// <param name="validators">Whose private samples are evaluated too; null for all.</param>
    public RoundResult Evaluate(
        Func<BlobHash, bool>? holds = null, EngineOptions? engine = null, Func<ICheckpointEvaluator, ICheckpointEvaluator>? wrap = null, IReadOnlyList<Address>? validators = null)
    {
        ICheckpointEvaluator evaluator = new Evaluator([Options.Training, Options.Evaluation], engine ?? EngineOptions.Default);
        if (wrap is not null) evaluator = wrap(evaluator);
        return new RoundEvaluation(evaluator, model => holds is null || holds(model) ? _checkpoints.GetValueOrDefault(model) : null)
            .RunAsync(State, Genesis, Task, validators ?? [.. Validators.Select(key => key.Address)], null, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Losses of any model on the samples of the round in progress.</summary>
    public uint[] LossesOf(ModelParameters model)
    {
        var common = RoundMaterial.Of(State, Genesis, Task, null, model => _checkpoints.GetValueOrDefault(model)).Common;
        return Measure(model, Options.Evaluation.Take(common.Numbers, common.Seed));
    }

    public static uint[] Measure(ModelParameters model, Dataset samples)
    {
        using var engine = new CanonicalEngine(model.Plan, EngineOptions.Default);
        var isFinite = engine.TryEvaluate(model, samples, [.. Enumerable.Range(0, samples.Count)], out var result, out _);
        Invariant.Check(isFinite, "a sound model has losses");
        return result!.Losses;
    }

    /// <summary>The windows of the attestations, by those who have something to attest.</summary>
    public void Attest(RoundPlan plan)
    {
        if (Round is null) return;
        plan.BeforeAttesting?.Invoke(this);
        var found = new Dictionary<string, RoundResult>(); // those who hold the same find the same: it is computed once
        var attestations = new List<(int Validator, TrainingStatement Statement, IReadOnlyList<uint> Losses)>();
        for (var i = 0; i < Validators.Length; i++)
        {
            var lacking = plan.Offers.Where(offer => !plan.Holds(i, offer)).Select(offer => offer.Model).ToHashSet();
            var engine = plan.Engines(i);
            var key = $"{engine}{string.Join(',', lacking)}";
            if (!found.TryGetValue(key, out var result)) found[key] = result = Evaluate(model => !lacking.Contains(model), engine, plan.Evaluator);
            if (result is RoundResult.Abstained because) plan.Abstained(i, because);
            if (result is RoundResult.Found(var truth, var losses) && plan.Attests(i, truth) is { } statement) attestations.Add((i, statement, plan.Shows(i, losses[i])));
        }

        Step([.. attestations.Select(a => AttestCommit(a.Validator, a.Statement, a.Losses))]);
        StepTo(TrainingPhase.AttestReveal);
        Step([.. attestations.Select(a => AttestReveal(a.Validator, a.Statement, a.Losses))]);
    }

    public Transaction AttestCommit(int validator, TrainingStatement statement, IReadOnlyList<uint> losses) => AttestCommit(
        validator, CandidateBinding.AttestationCommitment(statement.Digest, losses, Validators[validator].Address, Salt(validator)));

    public Transaction AttestCommit(int validator, Hash256 commitment) => Protocol(validator, body => body.AttestationCommit = new AttestationCommit
    {
        Task = TaskBytes,
        TrainingRound = Round!.Number,
        Commitment = commitment.ToByteString(),
    });

    /// <param name="validator">Who reveals.</param>
    /// <param name="statement">Which it signs.</param>
    /// <param name="losses">On its private samples.</param>
    /// <param name="salt">Null for its own.</param>
    public Transaction AttestReveal(int validator, TrainingStatement statement, IReadOnlyList<uint> losses, Hash256? salt = null) => Protocol(validator, body =>
    {
        body.AttestationReveal = new AttestationReveal
        {
            Task = TaskBytes,
            TrainingRound = Round!.Number,
            Statement = ByteString.CopyFrom(statement.Encode()),
            Signature = ByteString.CopyFrom(Validators[validator].Sign(statement.Digest).Bytes),
            Salt = (salt ?? Salt(validator)).ToByteString(),
        };
        body.AttestationReveal.PrivateLosses.AddRange(losses);
    });

    /// <summary>Whose private losses are wrong, as everybody finds who computes again what the re-check in progress names.</summary>
    public uint Recheck(EngineOptions? engine = null)
    {
        var recheck = TrainingQueries.Recheck(State, Task);
        Invariant.Check(recheck is not null, "a certificate opens a re-check");
        var wrong = new RecheckEvaluation(new Evaluator([Options.Training, Options.Evaluation], engine ?? EngineOptions.Default), _checkpoints.GetValueOrDefault)
            .RunAsync(State, Genesis, recheck, CancellationToken.None).GetAwaiter().GetResult();
        Invariant.Check(wrong is not null, "all that a re-check needs is here");
        return wrong.Value;
    }

    /// <summary>The re-check of the round that was certified last, up to its end.</summary>
    /// <param name="says">What a validator says, of what it would find.</param>
    public void AnswerRecheck(Func<int, uint, uint> says)
    {
        var (found, number) = (Recheck(), Record.NextRound - 1);
        Step([.. Each(i => Protocol(i, body => body.PrivateRecheck = new PrivateRecheck { Task = TaskBytes, TrainingRound = number, Wrong = says(i, found) }))]);
        StepWhile(() => TrainingQueries.Recheck(State, Task) is not null);
    }

    public static Hash256 Salt(int validator) => Hash256.Sha256([9, (byte)validator]);

    /// <summary>The next block, in which everything must be taken.</summary>
    public void Step(params Transaction[] transactions)
    {
        foreach (var code in StepWith(transactions))
            Invariant.Check(code == TransactionRejection.None, $"what follows the rules is taken, not refused as {code}");
    }

    /// <summary>The next block; what became of each transaction.</summary>
    public TransactionRejection[] StepWith(params Transaction[] transactions)
    {
        var built = Build(transactions);
        foreach (var left in transactions.Except(built.Transactions)) Invariant.Fail($"a block takes all that a gallery sends, not so {left.Kind}: {RefusalOf(left)}");
        var isValid = BlockValidator.TryValidate(State, built.Block, NoTransactions.Instance, out var validated, out var refusal);
        Invariant.Check(isValid, $"a built block is valid: {refusal}");
        var digest = new Precommit(built.Block.Height, NeuroChain.Chain.Round.Zero, built.Block.Ref).Digest(State.GenesisHash);
        var signatures = State.Next.Validators.Validators.Select((v, i) => new IndexedSignature((ushort)i, _keys[v.Address].Sign(digest)));
        _lastCommit = new CommitCertificate(built.Block.Height, NeuroChain.Chain.Round.Zero, built.Block.Ref, [.. signatures]);
        Authors.Add(built.Block.Header.Author);
        State = validated!.Result.Next;
        Events.AddRange(validated.Result.Events);
        return [.. validated.Result.Receipts.Select(receipt => (TransactionRejection)receipt.Code)];
    }

    /// <summary>Why the next block could not have that transaction, or what its receipt would say. Nothing happens.</summary>
    public TransactionRejection RefusalOf(Transaction transaction)
    {
        var empty = Build([]).Block;
        var forced = Block.Build(empty.Header, empty.LastCommit, empty.LatePrecommits, empty.TrainingProof, [transaction.Bytes]);
        if (BlockValidator.TryValidate(State, forced, NoTransactions.Instance, out var validated, out var refusal))
            return (TransactionRejection)validated.Result.Receipts[0].Code;
        return Enum.Parse<TransactionRejection>(refusal.Detail[(refusal.Detail.LastIndexOf(' ') + 1)..]);
    }

    /// <summary>Who builds the next block.</summary>
    public Address NextAuthor => State.Next.Schedule.Leader(NeuroChain.Chain.Round.Zero);

    /// <summary>Empty blocks until the round reaches the phase, or is over.</summary>
    public void StepTo(TrainingPhase phase) => StepWhile(() => Round is not null && Round.Phase != phase);

    public void StepWhile(Func<bool> goesOn)
    {
        for (var i = 0; goesOn(); i++)
        {
            Invariant.Check(i < MostBlocks, "every window ends");
            Step();
        }
    }

    public Transaction Pay(PrivateKey payer, ulong further, Action<TransactionBody> fill)
    {
        var body = new TransactionBody
        {
            Fee = (Genesis.Parameters.FeeMin * 20).ToByteString(), // a manifest has many bytes
            Nonce = AccountsModule.Get(State, payer.Address).Nonce + further,
        };
        fill(body);
        return Sign(payer, body);
    }

    public Transaction Protocol(int validator, Action<TransactionBody> fill)
    {
        var body = new TransactionBody();
        fill(body);
        return Sign(Validators[validator], body);
    }

    /// <summary>Events of a kind, with an attribute of each.</summary>
    public IEnumerable<string> Told(string kind, string attribute) =>
        Events.Where(happened => happened.Kind == kind).Select(happened => happened.Attributes.Single(a => a.Key == attribute).Value);

    /// <summary>What somebody was paid in a role, over all rounds.</summary>
    public Amount PaidTo(PrivateKey key, string role)
    {
        var sum = Amount.Zero;
        foreach (var paid in Events.Where(happened => happened.Kind == "rewards.paid"))
        {
            var told = paid.Attributes.ToDictionary(a => a.Key, a => a.Value);
            if (told["role"] == role && IsOf(told["to"], key) && Amount.TryParseNtk(told["amount"], out var amount)) sum += amount;
        }

        return sum;
    }

    public static bool IsOf(string told, PrivateKey key) => Address.TryParse(told, out var address) && address == key.Address;

    /// <summary>What was certified in the round of that number.</summary>
    public TrainingStatement Statement(ulong round) => TrainingQueries.Certificate(State, Task, round)!.Certificate.Statement;

    private ByteString TaskBytes => Task.ToByteString();

    private ValidatedBlock Build(Transaction[] transactions) => BlockBuilder.Build(
        State,
        new BlockTemplate { Author = NextAuthor, BuiltRound = NeuroChain.Chain.Round.Zero, Time = State.Time.Plus(1_000), LastCommit = _lastCommit },
        transactions);

    private uint Mask(RoundPlan plan, int validator)
    {
        var says = plan.SaysItHolds ?? plan.Holds;
        uint mask = 0;
        for (var i = 0; i < plan.Offers.Length; i++)
            if (Round!.Candidates[i].Status == CandidateStatus.Revealed && says(validator, plan.Offers[i]))
                mask |= 1u << i;
        return mask;
    }

    private static Transaction[] InOrder(IEnumerable<Offer> offers, Func<Offer, ulong, Transaction> make)
    {
        var sent = new Dictionary<Address, ulong>();
        return [.. offers.Select(offer =>
        {
            var further = sent.GetValueOrDefault(offer.Trainer.Address);
            sent[offer.Trainer.Address] = further + 1;
            return make(offer, further);
        })];
    }

    private Transaction Sign(PrivateKey key, TransactionBody body)
    {
        body.Genesis = State.GenesisHash.Value.ToByteString();
        return Transaction.Sign(body, key);
    }

    private IEnumerable<T> Each<T>(Func<int, T> of) => Enumerable.Range(0, Validators.Length).Select(of);

    private static PrivateKey Key(int number) => PrivateKey.FromSeed(new SeededStream((ulong)number).NextHash());
}
