using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>
/// f validators would have a seed of their choice for a candidate that gained nothing. A share of their own making is refused, so they can only
/// open theirs or not: the best of 2^f seeds. The gain is certificates that luck with one seed would not have given.
/// </summary>
internal sealed class BeaconGrinder : IAttack
{
    public string Name => "beacon-grinder";

    public Outcome Run(int validators)
    {
        var world = new World(new WorldOptions(validators));
        var offer = new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Initial, world.Options.Training, 50)));
        RefusesForeignShares(world, offer);
        var parameters = new TrainingParameters();
        var luck = NullCandidates.Count(0, parameters.ZThousandths).Certified;
        var asked = ZCorrection.Of(parameters.ZThousandths, parameters.ColluderBitsOf(validators));
        return new Outcome(
            Name, "T11, T12", validators, "false certificates in a million rounds", NullCandidates.Count(world.Faulty, asked).Certified - luck,
            NullCandidates.Count(world.Faulty, parameters.ZThousandths).Certified - luck, 3 * Math.Sqrt(luck),
            "shares are fixed by hash chains before the round opens, and z allows for 2^f seeds (bound: three standard deviations of the simulation)",
            "z is that of a single seed");
    }

    private static void RefusesForeignShares(World world, Offer offer)
    {
        world.Step(offer.Commit(world));
        world.StepTo(TrainingPhase.Reveal);
        world.Step(offer.Reveal(world));
        world.StepTo(TrainingPhase.Availability);
        world.Step([.. Enumerable.Range(0, world.Validators.Length).Select(i => world.Vote(i, 1))]);
        world.StepTo(TrainingPhase.Seed);
        for (byte ground = 0; ground < 4; ground++)
        {
            var share = world.Protocol(0, body => body.SeedShare = new Types.V1.SeedShare
            {
                Task = world.Task.ToByteString(),
                TrainingRound = world.Round!.Number,
                Share = Hash256.Sha256([ground]).ToByteString(),
            });
            var refusal = world.RefusalOf(share);
            Invariant.Check(refusal == TransactionRejection.WrongSeedShare, $"a share that was made up does not hash to the last one: {refusal}");
        }
    }
}
