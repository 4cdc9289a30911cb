using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Learns the 4,096 samples of a public hold-out by heart, where two labels of five say nothing: what it has gained there is lost on any other
/// sample. Where samples are painted under the seed of the draw, there is nothing to learn by heart.
/// </summary>
internal sealed class PublicMemoriser : IAttack
{
    private const int Public = 4_096;

    private const int Hidden = 96;

    private const int WrongPercent = 40;

    private const int Samples = 1_024;

    private static readonly PaintedPictures Painted = new(WrongPercent);

    private static readonly Dataset HoldOut = Pictures.Paint(new SeededStream(101), Public, WrongPercent);

    private static readonly Dataset Training = Pictures.Paint(new SeededStream(102), 20_000, WrongPercent);

    private static readonly Dataset Unseen = Pictures.Paint(new SeededStream(103), 20_000, WrongPercent);

    // The same for any number of validators: trained once.
    private static readonly Lazy<(ModelParameters Honest, ModelParameters Memoriser)> Models = new(Train);

    public string Name => "public-memoriser";

    public Outcome Run(int validators)
    {
        var (honest, memoriser) = Models.Value;
        var (known, real) = (Gains.Mean(World.Measure(honest, Unseen)), Gains.Mean(World.Measure(memoriser, Unseen)));
        Invariant.Check(real >= known, "who learns a hold-out by heart is no better on what it has not seen");
        return new Outcome(
            Name, "T1", validators, "NTK", Earn(validators, Painted), Earn(validators, HoldOut), 0,
            "a generator paints each draw under its own seed: no sample exists before the candidates are shown",
            "the task is judged on a public hold-out");
    }

    /// <summary>What the memoriser is paid when it follows an honest model.</summary>
    private static double Earn(int validators, ISampleSource evaluation)
    {
        var (honest, memoriser) = Models.Value;
        var world = new World(new WorldOptions(validators)
        {
            Training = Training,
            Evaluation = evaluation,
            Hidden = Hidden,
            Change = parameters => parameters with { EvaluationSamples = Samples },
        });
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(honest))));
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "an honest model is certified");
        var before = world.Wealth(World.Mallory);
        world.Run(new RoundPlan(new Offer(World.Mallory, 0, Checkpoint.Write(memoriser))));
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    private static (ModelParameters Honest, ModelParameters Memoriser) Train()
    {
        var start = ModelParameters.HeUniform(World.SpecOf(Hidden).Plan, Hash256.Sha256([3]));
        var quick = Learner.Train(start, Training, 2_000, 4, new TrainerOptions { Batch = 32, LearningRate = 0.03f });
        var honest = Learner.Train(quick, Training, 2_000, 5, new TrainerOptions { Batch = 32, LearningRate = 0.003f });
        return (honest, Learner.Train(honest, HoldOut, 12_000, 6, new TrainerOptions { Batch = 32, LearningRate = 0.03f }));
    }
}
