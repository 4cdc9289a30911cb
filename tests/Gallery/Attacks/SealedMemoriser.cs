using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>
/// Learns by heart all of a hold-out that anybody can read. Of a public one that is everything; of a sealed one, which stands beside samples that are painted
/// afresh, it is what has judged before, and that judges no more.
/// </summary>
internal sealed class SealedMemoriser : IAttack
{
    private const int Held = 4_000;

    private const int Hidden = 96;

    private const int WrongPercent = 40;

    private const int Samples = 1_024;

    private static readonly Dataset HoldOut = Pictures.Paint(new SeededStream(111), Held, WrongPercent);

    private static readonly Dataset Training = Pictures.Paint(new SeededStream(112), 20_000, WrongPercent);

    private static readonly Lazy<ModelParameters> Honest = new(() =>
    {
        var start = ModelParameters.HeUniform(World.SpecOf(Hidden).Plan, Hash256.Sha256([3]));
        var quick = Learner.Train(start, Training, 2_000, 4, new TrainerOptions { Batch = 32, LearningRate = 0.03f });
        return Learner.Train(quick, Training, 2_000, 5, new TrainerOptions { Batch = 32, LearningRate = 0.003f });
    });

    private static readonly Lazy<ModelParameters> Knowing = new(() => Memorise(HoldOut));

    public string Name => "sealed-memoriser";

    public Outcome Run(int validators) => new(
        Name, "T1", validators, "NTK", AgainstSealed(validators), AgainstPublic(validators), 0,
        "sealed samples are opened when the candidates are fixed, and judge once",
        "the same samples are a public hold-out");

    private static double AgainstPublic(int validators)
    {
        var world = Open(validators, HoldOut);
        Lead(world, null);
        return Earn(world, Knowing.Value, null);
    }

    private static double AgainstSealed(int validators)
    {
        var world = Open(validators, new PaintedPictures(WrongPercent));
        var hidden = new SealedHoldOut(world, HoldOut, threshold: 1);
        Lead(world, hidden);
        var opened = Graduates.Of(hidden.Record, [.. SealedSets.Keys(world.State, hidden.Record)], hidden.Set.Bytes, Training);
        Invariant.Check(opened is { Count: Samples / 5 }, "a fifth of a round's samples is sealed, and what has judged is read by everybody");
        var earned = Earn(world, Memorise(opened!), hidden);
        Invariant.Check(SealedSets.Keys(world.State, hidden.Record).Count() == 2 * (Samples / 5), "the second round drew others");
        return earned;
    }

    private static World Open(int validators, ISampleSource evaluation) => new(new WorldOptions(validators)
    {
        Training = Training,
        Evaluation = evaluation,
        Hidden = Hidden,
        Change = parameters => parameters with { EvaluationSamples = Samples },
    });

    // An honest model first, so that there is an incumbent that knows the task.
    private static void Lead(World world, SealedHoldOut? hidden)
    {
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(Honest.Value))) { Keys = Keys(hidden) });
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "an honest model is certified");
    }

    private static double Earn(World world, ModelParameters memoriser, SealedHoldOut? hidden)
    {
        var before = world.Wealth(World.Mallory);
        world.Run(new RoundPlan(new Offer(World.Mallory, 0, Checkpoint.Write(memoriser))) { Keys = Keys(hidden) });
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    private static Func<World, IEnumerable<Transaction>>? Keys(SealedHoldOut? hidden) => hidden is null ? null : world => hidden.Release(world, 1);

    private static ModelParameters Memorise(Dataset known) => Learner.Train(Honest.Value, known, 12_000, 6, new TrainerOptions { Batch = 32, LearningRate = 0.03f });
}
