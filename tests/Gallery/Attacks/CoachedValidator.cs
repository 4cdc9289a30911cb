using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Evaluates nothing: a friend who does tells it the statement, and the losses of its private samples, which the friend has not, it makes up near those that
/// anybody would expect. In the re-check it says that all is well. The gain is what it has more than had it been silent.
/// </summary>
internal sealed class CoachedValidator : IAttack
{
    private const int Coached = 0;

    public string Name => "coached-validator";

    public Outcome Run(int validators)
    {
        var world = Made(validators, parameters => parameters with { PrivateSamples = 64 });
        var coached = After(world, Lying);
        var silent = After(Made(validators, parameters => parameters with { PrivateSamples = 64 }), plan => plan with { Attests = (i, truth) => i == Coached ? null : truth });
        var free = After(Made(validators, parameters => parameters with { PrivateSamples = 64, RecheckSamples = 0 }), Lying);
        var convicted = world.Told("training.false_private_losses", "validator").ToList();
        Invariant.Check(convicted.Count == 1 && World.IsOf(convicted[0], world.Validators[Coached]), "the re-check convicts whoever made its losses up, and nobody else");
        Invariant.Check(!world.Told("training.false_recheck", "validator").Any(), "a lie and its cover are one fault");
        return new Outcome(
            Name, "T13", validators, "NTK", coached - silent, free - silent, 0,
            "all compute some of its private losses again, on samples that the salts of all attestations draw; the first time costs the round's pay and a part of the bond",
            "nobody computes private losses again");
    }

    private static RoundPlan Lying(RoundPlan plan) => plan with
    {
        Shows = (i, losses) => i == Coached ? [.. losses.Select((loss, at) => (uint)Math.Min(Loss.UnitsMax, loss + ((ulong)at % 3)))] : losses,
    };

    private static World Made(int validators, Func<TrainingParameters, TrainingParameters> change) => new(new WorldOptions(validators) { Change = change });

    private static double After(World world, Func<RoundPlan, RoundPlan> change)
    {
        var before = world.Wealth(world.Validators[Coached]);
        var work = Checkpoint.Write(Learner.Train(world.Initial, world.Options.Training, 300));
        world.Run(change(new RoundPlan(new Offer(World.Alice, 1, work) { Claim = Loss.UnitsPerNat / 8 })));
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "a candidate that gains is certified");
        if (TrainingQueries.Recheck(world.State, world.Task) is not null) world.AnswerRecheck((i, found) => i == Coached ? 0 : found);
        return Outcome.Ntk(world.Wealth(world.Validators[Coached]), before);
    }
}
