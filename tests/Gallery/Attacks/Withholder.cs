using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Has a good model, shows half of what it learned, and keeps the rest until somebody has passed it. The gain is what it has after three rounds
/// more than by showing all at once.
/// </summary>
internal sealed class Withholder : IAttack
{
    public string Name => "withholder";

    public Outcome Run(int validators)
    {
        var (open, openly, one) = Sell(validators, isHeldBack: false);
        var (_, backhand, two) = Sell(validators, isHeldBack: true);
        // A coinbase pays each certificate what this chain pays for the gain of reference.
        var coinbase = RewardFormula.Of(open.Record.RewardBase, 1_000, 25, 0);
        var flat = Outcome.InNtk(Amount.DivRem(coinbase * open.Genesis.Parameters.Training.TrainerPercent, 100).Quotient) * (two - one);
        return new Outcome(
            Name, "T9", validators, "NTK", backhand - openly, flat, 0,
            "the logarithm pays levels, so a part that others have passed meanwhile is gone; nothing is paid for waiting",
            "every certificate pays the same sum: the same certificates, each at the price of the gain of reference");
    }

    private static (World World, double Earned, int Certificates) Sell(int validators, bool isHeldBack)
    {
        var world = new World(new WorldOptions(validators));
        var training = world.Options.Training;
        var half = Learner.Train(world.Initial, training, 20);
        var whole = Learner.Train(half, training, 300);
        var rival = Learner.Train(world.Initial, training, 60, 8);
        var before = world.Wealth(World.Mallory);
        var (first, last) = (new Offer(World.Mallory, 0, Checkpoint.Write(half)), new Offer(World.Mallory, 0, Checkpoint.Write(whole)));
        world.Run(new RoundPlan(isHeldBack ? first : last));
        world.Run(new RoundPlan(new Offer(World.Bob, 1, Checkpoint.Write(rival)) { Ancestors = [world.Record.BestModel] }));
        if (isHeldBack) world.Run(new RoundPlan(last with { Ancestors = [first.Model] }));
        var certificates = world.Told("training.certified", "trainer").Count(trainer => World.IsOf(trainer, World.Mallory));
        Invariant.Check(certificates == (isHeldBack ? 2 : 1), $"each thing that is shown is certified, not {certificates}");
        return (world, Outcome.Ntk(world.Wealth(World.Mallory), before), certificates);
    }
}
