using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>The document that the chain of a run begins from, and the keys that it gives something to.</summary>
/// <param name="Document">The genesis.</param>
/// <param name="Holders">Who makes transfers.</param>
/// <param name="Trainers">Who brings candidates, task by task; none where nothing is trained.</param>
/// <param name="Spare">Keys that validators may change to; none where nothing is voted on.</param>
/// <param name="Sealers">The supplier of sealed sets, then custodians; none where nothing is sealed.</param>
public sealed record SimulatedGenesis(
    GenesisDocument Document, IReadOnlyList<PrivateKey> Holders, IReadOnlyList<IReadOnlyList<PrivateKey>> Trainers, IReadOnlyList<PrivateKey> Spare, IReadOnlyList<PrivateKey> Sealers)
{
    private const int HoldersCount = 3;
    private const int TrainersCount = 3;
    private const int SpareCount = 6;
    private const int SealersCount = 4;

    /// <param name="options">Of the run.</param>
    /// <param name="validators">Those of the first height.</param>
    /// <param name="keys">Of all nodes, observers last.</param>
    /// <param name="draw">For the holders' keys.</param>
    /// <param name="more">For those of trainers and sealers, and for spare ones.</param>
    public static SimulatedGenesis Of(
        SimulationOptions options, ImmutableArray<GenesisValidator> validators, IReadOnlyList<PrivateKey> keys, SeededStream draw, SeededStream more)
    {
        var holders = Draw(draw, HoldersCount);
        var trainers = Draw(more, options.Trains ? TrainersCount : 0);
        var spare = Draw(more, options.Governs ? SpareCount : 0);
        var others = Draw(more, options.Seals ? TrainersCount : 0);
        var sealers = Draw(more, options.Seals ? SealersCount : 0);
        var rich = holders.Concat(trainers).Concat(options.Governs || options.Trains ? keys.Concat(spare) : []).Concat(others).Concat(sealers).Select(key => key.Address).Concat(options.Holders);
        var document = new GenesisDocument
        {
            ChainName = "simulation",
            TimeMs = Cluster.Epoch - 60_000,
            Parameters = Parameters(options),
            Validators = validators,
            Allocations = [.. rich.Select(holder => new GenesisAllocation(holder, Amount.FromNtk(1_000)))],
        };
        if (options.Trains) document = options.Evaluator == EvaluatorKind.Real ? RealTraining.AddTo(document, holders[0].Address) : WithTask(document, holders[0].Address);
        if (options.Seals) document = WithSealedTask(document);
        return new SimulatedGenesis(document, holders, [trainers, others], spare, sealers);
    }

    // Windows of some blocks: a run has some tens of them.
    private static ChainParameters Parameters(SimulationOptions options)
    {
        var parameters = new ChainParameters { BlockIntervalMs = options.BlockIntervalMs };
        if (options.Governs)
            parameters = parameters with
            {
                Governance = new GovernanceParameters { VotingBlocks = 12, DelayBlocks = 1 + (options.Seed % 3) },
                Validators = new ValidatorParameters { BondMin = Amount.FromNtk(5), RotationBlocks = 0 },
            };
        if (options.Trains)
            parameters = parameters with
            {
                Training = new TrainingParameters
                {
                    RevealBlocks = 2,
                    EvaluationSamples = 16,
                    PrivateSamples = 2,
                    TermBlocks = 4,
                    CandidateBond = Amount.FromNtk(2),
                },
            };
        if (options is { Trains: true, Evaluator: EvaluatorKind.Real })
            parameters = parameters with { Training = parameters.Training with { EvaluationSamples = 256, PrivateSamples = 6, RecheckSamples = 4, ProbeSteps = 10 } };
        // Half of a round is sealed, so that two rounds use a set up; what nobody holds ends within a run.
        if (options.Seals)
            parameters = parameters with { HoldOuts = new HoldOutParameters { SealedSamples = 8, SupplierThousandths = 500, SealedBond = Amount.FromNtk(20), OfferBlocks = 30 } };
        return parameters;
    }

    private static GenesisDocument WithTask(GenesisDocument document, Address supplier)
    {
        var (training, evaluation) = (Hash256.Sha256("training"u8), Hash256.Sha256("evaluation"u8));
        return document with
        {
            RewardReserve = Amount.FromNtk(100_000),
            Datasets = [new GenesisDataset("training", training, SimulatedTraining.Population, supplier), new GenesisDataset("evaluation", evaluation, SimulatedTraining.Population, supplier)],
            Tasks = [new GenesisTask("digits", new JsonObject { ["kind"] = "simulated" }, training, evaluation, "public-hold-out", 1_000, Hash256.Sha256([1]), Hash256.Sha256([2]), SimulatedTraining.ModelBytes, 10, 60)],
        };
    }

    // What was judged on a public hold-out is judged by a generator that takes sealed sets, and another task on that hold-out.
    private static GenesisDocument WithSealedTask(GenesisDocument document)
    {
        var task = document.Tasks[0];
        var input = new JsonObject { ["kind"] = "simulated", ["input"] = new JsonArray((uint)SealedShelf.Shape.Channels, (uint)SealedShelf.Shape.Height, (uint)SealedShelf.Shape.Width) };
        return document with
        {
            Tasks = [task with { Model = input, EvaluationSource = GenesisTask.Generator }, task with { Name = "letters", InitialSeed = Hash256.Sha256([3]), InitialModel = Hash256.Sha256([4]) }],
        };
    }

    private static List<PrivateKey> Draw(SeededStream draw, int count) => [.. Enumerable.Range(0, count).Select(_ => PrivateKey.FromSeed(draw.NextHash()))];
}
