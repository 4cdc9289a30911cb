using System.Text;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// The learning of a run as validators do it: candidates come from the trainer, and each node evaluates them with the production evaluation of rounds
/// and the canonical engine, by a path and a number of threads that are its own. So nothing is certified unless all paths give the same bits. For the
/// checkers losses are computed once more, straight from the checkpoints that were made.
/// </summary>
/// <param name="task">What is trained, as <see cref="AddTo"/> made it.</param>
/// <param name="trainers">Who brings candidates.</param>
public sealed class RealTraining(GenesisTask task, IReadOnlyList<PrivateKey> trainers) : ITraining
{
    private const int Steps = 30;

    private static readonly Hash256 InitialSeed = Hash256.Sha256("initial"u8);
    private static readonly TrainerOptions Options = new() { Batch = 16 };

    private readonly Dictionary<BlobHash, byte[]> _blobs = new() { [new BlobHash(task.InitialModel)] = InitialModels.Make(TinyPictures.Spec, InitialSeed) };
    private readonly Dictionary<BlobHash, Offer> _offers = new() { [new BlobHash(task.InitialModel)] = new Offer(default, CheckpointKind.Trained, 0) };

    public Hash256 Task { get; } = task.Id;

    public Hash256 TrainingSet => TinyPictures.Training.Root;

    public IReadOnlyList<PrivateKey> Trainers => trainers;

    private static ModelPlan Plan => TinyPictures.Spec.Plan;

    /// <summary>A genesis with a task that can be trained and evaluated.</summary>
    /// <param name="document">Without one.</param>
    /// <param name="supplier">Of the data.</param>
    public static GenesisDocument AddTo(GenesisDocument document, Address supplier)
    {
        var (training, evaluation) = (TinyPictures.Training, TinyPictures.Evaluation);
        var initial = InitialModels.Make(TinyPictures.Spec, InitialSeed);
        return document with
        {
            RewardReserve = Amount.FromNtk(100_000),
            Datasets = [new GenesisDataset("training", training.Root, (uint)training.Count, supplier), new GenesisDataset("evaluation", evaluation.Root, (uint)evaluation.Count, supplier)],
            Tasks =
            [
                new GenesisTask(
                    "pictures", (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(TinyPictures.Spec.CanonicalJson))!, training.Root, evaluation.Root, GenesisTask.PublicHoldOut, 1_000,
                    InitialSeed, BlobManifest.Of(initial).Hash.Value, (ulong)initial.Length, (uint)Plan.Classes, 60)
                {
                    Triggers = [new GenesisTrigger(GenesisTrigger.Patch, 3, 1, 255)], // a pixel that tells no class
                },
            ],
        };
    }

    /// <summary>How the node of that number computes.</summary>
    public static EngineOptions EngineOf(int node) => new(1 + (node % 2), (KernelPath)(node % 3));

    public OfferedCheckpoint Make(LedgerState state, Address maker, SeededStream draw)
    {
        var kind = CheckpointKinds.Draw(draw);
        var bytes = CheckpointKinds.Make(kind, Read(TrainingQueries.Task(state, Task)!.BestModel), Train, draw);
        var blob = BlobManifest.Of(bytes);
        // Two who change one number of the same checkpoint may come to the same: it is the first one's.
        _offers.TryAdd(blob.Hash, new Offer(maker, kind, draw.NextChance(7, 8) ? 0 : (uint)draw.NextBelow(1UL << 32)));
        _blobs.TryAdd(blob.Hash, bytes);
        var tensors = Plan.Tensors.Select(tensor =>
        {
            var described = new Types.V1.Tensor { Name = tensor.Name };
            described.Shape.AddRange(tensor.Shape.Select(extent => (uint)extent));
            return described;
        });
        return new OfferedCheckpoint(blob.Hash, (ulong)bytes.Length, [.. blob.ChunkHashes], [.. tensors]);
    }

    public bool IsHeld(BlobHash model, int node) => (_offers[model].MissingAt >> (node % 32) & 1) == 0;

    public Finding? Evaluate(LedgerState state, EvaluationJob job, Address validator, int node) => Evaluate(state, job.Task, EngineOf(node), [validator]) switch
    {
        RoundResult.Found(var statement, var privateLosses) => new Finding(statement, privateLosses[0]),
        var other => throw new SimulationFailedException($"training: {validator} cannot evaluate round {job.TrainingRound}: {other}"),
    };

    public uint Recheck(LedgerState state, RecheckRecord recheck, int node) =>
        new RecheckEvaluation(EvaluatorBy(EngineOf(node)), _blobs.GetValueOrDefault).RunAsync(state, state.Genesis, recheck, CancellationToken.None).GetAwaiter().GetResult()
        ?? throw new SimulationFailedException($"training: node {node} cannot compute the private losses of round {recheck.Number} again");

    public string? FaultOf(TrainingStatement statement, LedgerState? judged)
    {
        if (LossSums.FaultOf(statement, model => LossesOf(statement, model)) is { } fault) return fault;
        foreach (var candidate in statement.Candidates)
            if (CheckpointKinds.VerdictOf(_offers[candidate.Model].Kind) is { } verdict && candidate.Verdict != verdict)
                return $"says of candidate {candidate.Model}, made to be {verdict}, that it is {candidate.Verdict}";
        if (judged is null) return null;
        return Evaluate(judged, statement.Task, EngineOptions.Default, []) is RoundResult.Found(var derived, _)
            ? StatementDifference.Between(statement, derived) is { } difference ? $"is not what follows from the chain: {difference}" : null
            : "is about a round that cannot be derived again";
    }

    // What was trained may have learned nothing, which chance decides; of the others none has.
    public bool IsBetter(BlobHash model, BlobHash than) => _offers[model].Kind == CheckpointKind.Trained;

    public Address MakerOf(BlobHash model) => _offers[model].Maker;

    // An evaluator in this process answers at once.
    private RoundResult Evaluate(LedgerState state, Hash256 task, EngineOptions engine, IReadOnlyList<Address> validators) =>
        new RoundEvaluation(EvaluatorBy(engine), _blobs.GetValueOrDefault).RunAsync(state, state.Genesis, task, validators, null, CancellationToken.None).GetAwaiter().GetResult();

    private static Evaluator EvaluatorBy(EngineOptions engine) => new([TinyPictures.Training, TinyPictures.Evaluation], engine);

    private static ModelParameters Train(ModelParameters start, SeededStream draw)
    {
        using var trainer = new Trainer(start, TinyPictures.Training, draw.NextHash(), Options, EngineOptions.Default);
        var last = trainer.Run(Steps);
        Invariant.Check(last.Fault == EvaluationFault.None, "a modest rate on a sound model does not diverge");
        return Canonicaliser.Canonicalise(trainer.Parameters).Parameters;
    }

    private ModelParameters Read(BlobHash model)
    {
        var isRead = NeuroChain.Learning.Checkpoint.TryRead(_blobs[model], Plan, out var parameters, out _);
        Invariant.Check(isRead, "what has losses is a checkpoint");
        return parameters!;
    }

    private uint[]? LossesOf(TrainingStatement statement, BlobHash model)
    {
        if (CheckpointKinds.VerdictOf(_offers[model].Kind) is not null) return null;
        var samples = SampleDraw.Draw(TrainingSeed.CommonSamples(statement.Seed), (int)statement.Samples, TinyPictures.Evaluation.Count);
        using var engine = new CanonicalEngine(Plan, EngineOptions.Default);
        var isFinite = engine.TryEvaluate(Read(model), TinyPictures.Evaluation, samples, out var result, out _);
        Invariant.Check(isFinite, "a sound model has losses");
        return result!.Losses;
    }

    private sealed record Offer(Address Maker, CheckpointKind Kind, uint MissingAt);
}
