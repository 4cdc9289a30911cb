using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Takes the certified model, trains it on a little, and says that it began elsewhere, so that it owes its parent nothing. The gain is what it
/// has more than by saying the truth: then the parent's trainer has a fifth of its share.
/// </summary>
internal sealed class FineTuningThief : IAttack
{
    private const int First = 40;

    /// <summary>What the thief wants: so many standard errors, in thousandths, and so much of the loss, in millionths.</summary>
    private const uint Errors = 5_000, Share = 30_000;

    public string Name => "fine-tuning-thief";

    public Outcome Run(int validators)
    {
        var honest = Tune(new WorldOptions(validators), isHidden: false, out var declared);
        Invariant.Check(declared.Record.BestTrainer == World.Mallory.Address, "a little further training is a gain, and is certified");
        Invariant.Check(declared.Statement(2).Candidates[0].Relative == BlobManifest.Of(Checkpoint.Write(Parent(declared))).Hash.Value, "a close relative is known as one");
        var (royalty, kept) = (declared.PaidTo(World.Alice, "parent"), declared.PaidTo(World.Mallory, "trainer"));
        var percent = declared.Genesis.Parameters.Training.RoyaltyPercent;
        Invariant.Check(!royalty.IsZero && royalty == Amount.DivRem((royalty + kept) * percent, 100).Quotient, "the parent's trainer has its percents of the share");
        var hidden = Tune(new WorldOptions(validators), isHidden: true, out var refused);
        var verdict = refused.Statement(2).Candidates[0].Verdict;
        Invariant.Check(verdict is CandidateVerdict.UndeclaredParent or CandidateVerdict.Copy, $"who hides its parent is found, not {verdict}");
        Tune(new WorldOptions(validators) { Change = parameters => parameters with { SimilaritySamples = 0 } }, isHidden: true, out var free);
        var owed = Amount.DivRem(free.PaidTo(World.Mallory, "trainer") * percent, 100).Quotient;
        return new Outcome(
            Name, "T7", validators, "NTK", hidden - honest, Outcome.InNtk(owed), 0,
            "a model that is near to a certified one must declare it, or its bond burns; declared, the parent has 20 % of the trainer's share",
            "functions are not compared, and the parent is hidden: what it would have had to leave");
    }

    private static double Tune(WorldOptions options, bool isHidden, out World world)
    {
        world = new World(options);
        var parent = Parent(world);
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(parent))));
        var before = world.Wealth(World.Mallory);
        var tuned = new Offer(World.Mallory, 0, Checkpoint.Write(Further(parent, options.Training)));
        world.Run(new RoundPlan(isHidden ? tuned with { Parent = new BlobHash(world.Genesis.Tasks[0].InitialModel) } : tuned));
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    // Gently, and no further than it takes to be certified.
    private static ModelParameters Further(ModelParameters parent, Dataset training)
    {
        var measured = Pictures.Clean(512, 77);
        var before = World.Measure(parent, measured);
        var gentle = new TrainerOptions { Batch = 64, LearningRate = 0.02f, Momentum = 0 };
        for (var steps = 1; ; steps++)
        {
            var tuned = Learner.Train(parent, training, steps, 5, gentle);
            var gain = Gains.Of(before, World.Measure(tuned, measured));
            if (gain.ReachesZ(Errors) && gain.ReachesShare(Gains.Sum(before), Share)) return tuned;
            Invariant.Check(steps < 200, "a model that is not done learning gains by learning");
        }
    }

    private static ModelParameters Parent(World world) => Learner.Train(world.Initial, world.Options.Training, First);
}
