using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// f validators attest for a friend's candidate, which is worse than the incumbent, that it has no loss at all. The gain is theirs and the
/// friend's. Where reports were averaged, as by chains whose validators score, their lie would carry the day.
/// </summary>
internal sealed class LyingMinority : IAttack
{
    public string Name => "lying-minority";

    public Outcome Run(int validators)
    {
        var honest = After(validators, isLying: false, out var told, out _);
        var lying = After(validators, isLying: true, out _, out var world);
        Invariant.Check(world.Told("training.false_attestation", "validator").Count() == world.Faulty, "each liar is convicted by the certificate");
        return new Outcome(
            Name, "T15", validators, "NTK", lying - honest, told, 0,
            "more than two thirds must show equal statements; another one convicts itself, costs 5 % of the bond and has no pay",
            "the mean of all validators' losses decides");
    }

    private static double After(int validators, bool isLying, out double averaged, out World world)
    {
        world = new World(new WorldOptions(validators));
        var network = world;
        var training = world.Options.Training;
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Initial, training, 60)))));
        var before = Wealth(world);
        var worse = new Offer(World.Mallory, validators - 1, Checkpoint.Write(Learner.Train(world.Initial, training, 55)));
        var mean = 0.0;
        world.Run(new RoundPlan(worse)
        {
            BeforeAttesting = at => mean = Averaged(at, worse),
            Attests = (i, truth) => isLying && i < network.Faulty ? Flatter(truth) : truth,
        });
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "what is worse does not win");
        averaged = mean;
        return Wealth(world) - before;
    }

    /// <summary>What the friend would be paid if a loss were the mean of what all say of it.</summary>
    private static double Averaged(World world, Offer worse)
    {
        var paid = (int)world.Round!.PaidSamples;
        var incumbent = world.LossesOf(world.Incumbent)[^paid..];
        var honest = world.Validators.Length - world.Faulty;
        uint[] mean = [.. world.LossesOf(world.Read(worse.Bytes))[^paid..].Select(loss => (uint)((ulong)loss * (ulong)honest / (ulong)world.Validators.Length))];
        var parameters = world.Genesis.Parameters.Training;
        var gain = Gains.Of(incumbent, mean).PaidSum(parameters.PaidErrorsThousandths);
        var reward = RewardFormula.Of(world.Record.RewardBase, Gains.Sum(incumbent), gain, 0);
        return Outcome.InNtk(reward) * parameters.TrainerPercent / 100;
    }

    private static TrainingStatement Flatter(TrainingStatement truth) => truth with
    {
        Candidates = [truth.Candidates[0] with { LossesRoot = Hash256.Sha256([2]), LossSum = 0, DifferenceSquareSum = (UInt128)truth.IncumbentLossSum * truth.IncumbentLossSum }],
    };

    private static double Wealth(World world) =>
        world.Validators.Take(world.Faulty).Append(World.Mallory).Sum(key => Outcome.InNtk(world.Wealth(key)));
}
