using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Gives its checkpoint to two thirds of the validators and no more, so that the others cannot attest and the round of an honest trainer comes to
/// nothing. The gain is rounds that are void.
/// </summary>
internal sealed class PartialServer : IAttack
{
    public string Name => "partial-server";

    public Outcome Run(int validators) => new(
        Name, "T23, T24", validators, "rounds void of 1", Void(validators, isAsked: true), Void(validators, isAsked: false), 0,
        "a candidate is judged only where more than two thirds say that they hold it; else it is left out and its bond burns",
        "nobody asks who holds a checkpoint: all candidates are judged, and whoever lacks one abstains");

    private static int Void(int validators, bool isAsked)
    {
        var world = new World(new WorldOptions(validators));
        var training = world.Options.Training;
        var honest = new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Initial, training, 100)));
        var partial = new Offer(World.Mallory, 0, Checkpoint.Write(Learner.Train(world.Initial, training, 200, 9)));
        var served = validators * 2 / 3;
        var before = world.Wealth(World.Mallory);
        var outcome = world.Run(new RoundPlan(honest, partial)
        {
            Holds = (i, offer) => offer == honest || i < served,
            SaysItHolds = isAsked ? null : (_, _) => true,
        });
        if (!isAsked) return outcome.Outcome == RoundOutcome.NotAttested ? 1 : 0;
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "the honest candidate is judged without the other");
        Invariant.Check(Outcome.Ntk(world.Wealth(World.Mallory), before) <= -Outcome.InNtk(world.Genesis.Parameters.Training.CandidateBond), "the bond of what is not there burns");
        return 0;
    }
}
