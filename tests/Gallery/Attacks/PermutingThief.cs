using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Brings the certified model again with its hidden units in another order and of another scale: other weights, the same function. A chain that
/// pays for how good a model is, and not for what it adds, would pay once more.
/// </summary>
internal sealed class PermutingThief : IAttack
{
    public string Name => "permuting-thief";

    public Outcome Run(int validators) => new(
        Name, "T6", validators, "NTK", Defended(validators), Undefended(validators), 0,
        "functions are compared, not weights: the copy is refused and its bond burns; and what adds nothing has no gain",
        "functions are not compared, and a model is paid by its level (its gain over the task's first model on the same samples)");

    private static double Defended(int validators)
    {
        var (world, copy) = Prepare(new WorldOptions(validators));
        var before = world.Wealth(World.Mallory);
        world.Run(new RoundPlan(copy));
        var result = world.Statement(2).Candidates[0];
        Invariant.Check(result.Verdict == CandidateVerdict.Copy, $"a permuted and rescaled copy is a copy, not {result.Verdict}");
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    private static double Undefended(int validators)
    {
        var (world, copy) = Prepare(new WorldOptions(validators) { Change = parameters => parameters with { SimilaritySamples = 0 } });
        var before = world.Wealth(World.Mallory);
        var level = Amount.Zero;
        world.Run(new RoundPlan(copy) { BeforeAttesting = at => level = Level(at, copy) });
        return Outcome.Ntk(world.Wealth(World.Mallory), before) + Outcome.InNtk(level);
    }

    private static Amount Level(World world, Offer copy)
    {
        var paid = (int)world.Round!.PaidSamples;
        var (first, shown) = (world.LossesOf(world.Initial)[^paid..], world.LossesOf(world.Read(copy.Bytes))[^paid..]);
        var parameters = world.Genesis.Parameters.Training;
        var gain = Gains.Of(first, shown).PaidSum(parameters.PaidErrorsThousandths);
        var reward = RewardFormula.Of(world.Record.RewardBase, Gains.Sum(first), gain, 0);
        return Amount.DivRem(reward * parameters.TrainerPercent, 100).Quotient;
    }

    private static (World World, Offer Copy) Prepare(WorldOptions options)
    {
        var world = new World(options);
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Initial, options.Training, 300)))));
        return (world, new Offer(World.Mallory, 0, Checkpoint.Write(Learner.Disguise(world.Incumbent))) { Parent = new BlobHash(world.Genesis.Tasks[0].InitialModel) });
    }
}
