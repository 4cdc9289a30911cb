using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Evaluates nothing and attests what the trainer claims. The gain is what it has more than had it been silent; that a validator which works has
/// the same is no help to it.
/// </summary>
internal sealed class LazyValidator : IAttack
{
    private const int Lazy = 0;

    public string Name => "lazy-validator";

    public Outcome Run(int validators)
    {
        var lazy = After(validators, (i, truth) => i == Lazy ? Guess(truth) : truth, out var world);
        var silent = After(validators, (i, truth) => i == Lazy ? null : truth, out _);
        var honest = After(validators, (_, truth) => truth, out _);
        Invariant.Check(world.Told("training.false_attestation", "validator").Any(who => World.IsOf(who, world.Validators[Lazy])), "a guess is a false attestation");
        return new Outcome(
            Name, "T13", validators, "NTK", lazy - silent, honest - silent, 0,
            "an attestation names the root of all losses, bit for bit, before anybody shows one; the certificate convicts whoever guessed",
            "whoever attests anything is paid as one who evaluated");
    }

    // The trainer claims a lower bound of its gain; losses of single samples nobody claims.
    private static TrainingStatement Guess(TrainingStatement truth)
    {
        var candidate = truth.Candidates[0];
        var gain = candidate.ClaimedGain * truth.JudgedSamples;
        return truth with
        {
            Candidates = [candidate with { LossesRoot = Hash256.Sha256([1]), LossSum = truth.IncumbentLossSum - gain, DifferenceSquareSum = (UInt128)gain * gain }],
        };
    }

    private static double After(int validators, Func<int, TrainingStatement, TrainingStatement?> attests, out World world)
    {
        world = new World(new WorldOptions(validators));
        var before = world.Wealth(world.Validators[Lazy]);
        var work = Checkpoint.Write(Learner.Train(world.Initial, world.Options.Training, 300));
        world.Run(new RoundPlan(new Offer(World.Alice, 1, work) { Claim = Loss.UnitsPerNat / 8 }) { Attests = attests });
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "the others certify");
        return Outcome.Ntk(world.Wealth(world.Validators[Lazy]), before);
    }
}
