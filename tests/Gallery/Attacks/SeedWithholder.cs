using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// f validators see the other shares, and hold theirs back where only that gives a candidate of a friend, which gained nothing, a certificate. The
/// gain is what a round brings all of them together on the average; a share that is held back is paid for on a chain of this network.
/// </summary>
internal sealed class SeedWithholder : IAttack
{
    /// <summary>Nats that the first of the two models has, and the noise that a sample shows of the other.</summary>
    private const double Loss0 = 0.6, Noise = 0.2;

    private const int Draws = 20_000;

    public string Name => "seed-withholder";

    public Outcome Run(int validators)
    {
        var parameters = new TrainingParameters();
        var withholders = (validators - 1) / 3;
        var (reward, fee) = (RewardOfLuck(parameters), Outcome.InNtk(parameters.ShortfallFee));
        var cost = CostOfAShare(validators);
        Invariant.Check(cost >= Outcome.InNtk(World.Bond) * parameters.UnopenedSharePercent / 100, "whoever holds a share back loses that part of its bond, and pay");
        return new Outcome(
            Name, "T11", validators, "NTK a round", PerRound(ZCorrection.Of(parameters.ZThousandths, parameters.ColluderBitsOf(validators)), cost),
            PerRound(parameters.ZThousandths, 0), 0,
            "a share that is not opened costs bond and pay, and z allows for 2^f seeds",
            "no share costs anything, and z is that of a single seed");

        double PerRound(uint z, double costOfAShare)
        {
            var (certified, byChoice) = NullCandidates.Count(withholders, z);
            // Half of the other choices hold back half of the shares, so one at least.
            return ((certified * reward) - ((NullCandidates.Rounds - certified) * fee) - (byChoice * costOfAShare)) / NullCandidates.Rounds;
        }
    }

    /// <summary>What trainer and producer are paid on the average for a certificate that has nothing but luck behind it.</summary>
    /// <param name="parameters">Of the chain.</param>
    /// <param name="errors">A true gain beside the luck, in standard errors of the samples that judge.</param>
    internal static double RewardOfLuck(TrainingParameters parameters, double errors = 0)
    {
        var normals = new Normals(new SeededStream(2));
        var samples = parameters.PaidSamplesOf(parameters.EvaluationSamples);
        var paidErrors = errors * Math.Sqrt((double)samples / (parameters.EvaluationSamples - samples));
        var loss = (ulong)(Loss0 * Loss.UnitsPerNat) * samples;
        var sum = 0.0;
        for (var draw = 0; draw < Draws; draw++)
        {
            // Sums of so many samples are normal too: noise of one, times the root of their number.
            var units = Noise * Loss.UnitsPerNat;
            var gain = new GainStatistics(samples, (Int128)(units * Math.Sqrt(samples) * (normals.Next() + paidErrors)), (UInt128)(units * units * samples));
            var paid = gain.PaidSum(parameters.PaidErrorsThousandths);
            sum += Outcome.InNtk(RewardFormula.Of(Amount.FromNtk(100_000_000), loss, paid, 0));
        }

        return sum / Draws * (parameters.TrainerPercent + parameters.ProducerPercent) / 100;
    }

    /// <summary>What one of the validators has less after a round in which it held its share back.</summary>
    private static double CostOfAShare(int validators) => After(validators, _ => true) - After(validators, i => i != 0);

    private static double After(int validators, Func<int, bool> opens)
    {
        var world = new World(new WorldOptions(validators));
        var before = world.Wealth(world.Validators[0]);
        var work = Learner.Train(world.Initial, world.Options.Training, 300);
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(work))) { Opens = opens });
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "shares of more than two thirds are a seed");
        return Outcome.Ntk(world.Wealth(world.Validators[0]), before);
    }
}
