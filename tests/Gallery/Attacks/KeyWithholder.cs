using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// A custodian of a set that takes all its custodians computes what the drawn samples would make of a friend's candidate, which gained nothing, and shows its
/// keys only where they certify it; else a second seed draws again. The gain is what a round brings both on the average; what keys cost that are
/// kept back is paid on a chain of this network.
/// </summary>
internal sealed class KeyWithholder : IAttack
{
    public string Name => "key-withholder";

    public Outcome Run(int validators)
    {
        var parameters = new TrainingParameters();
        var (bits, reward, fee) = (parameters.ColluderBitsOf(validators), SeedWithholder.RewardOfLuck(parameters), Outcome.InNtk(parameters.ShortfallFee));
        var cost = CostOfKeys(validators);
        var bond = Outcome.InNtk(new HoldOutParameters().SealedBond);
        Invariant.Check(cost > 0.99 * bond && cost < 1.01 * bond, "whoever keeps its keys back loses its bond, give or take fees of blocks");
        return new Outcome(
            Name, "T3", validators, "NTK a round", PerRound(bits, bits + 1, cost), PerRound(0, 0, 0), 0,
            "keys that are kept back cost the bond, and z allows for the second seed",
            "no key costs anything, and z is that of a single seed");

        double PerRound(uint firstBits, uint secondBits, double costOfKeys)
        {
            var (certified, voided) = NullCandidates.CountWithSecond(ZCorrection.Of(parameters.ZThousandths, firstBits), ZCorrection.Of(parameters.ZThousandths, secondBits));
            return ((certified * reward) - ((NullCandidates.Rounds - certified) * fee) - (voided * costOfKeys)) / NullCandidates.Rounds;
        }
    }

    /// <summary>What a custodian has less after a round in which it showed nothing.</summary>
    private static double CostOfKeys(int validators) => After(validators, 1, 2) - After(validators, 1);

    private static double After(int validators, params int[] shown)
    {
        var world = new World(new WorldOptions(validators) { Evaluation = new PaintedPictures(0) });
        var hidden = new SealedHoldOut(world, Pictures.Clean(600, 9), threshold: 2);
        var custodian = world.Validators[^1];
        var before = world.Wealth(custodian);
        var work = Learner.Train(world.Initial, world.Options.Training, 300);
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(work))) { Keys = playing => hidden.Release(playing, shown) });
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "a round is judged, with keys or without");
        // What is bonded on a set that goes on is the custodian's.
        var bonded = hidden.Record.IsLive ? Outcome.InNtk(hidden.Record.Bond) : 0;
        // What it is paid for attesting differs from seed to seed.
        return Outcome.Ntk(world.Wealth(custodian), before) + bonded - Outcome.InNtk(world.PaidTo(custodian, "attester"));
    }
}
