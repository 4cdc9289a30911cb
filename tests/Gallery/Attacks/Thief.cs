using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Sees another's work on its way and claims it: commits the commitment that it saw, opens it with the manifest that the owner shows, commits
/// what was shown while the round lasts, and brings it again in the next round. Without the defence it has the checkpoint before the commits close.
/// </summary>
internal sealed class Thief : IAttack
{
    public string Name => "thief";

    public Outcome Run(int validators)
    {
        var world = new World(new WorldOptions(validators));
        var work = Checkpoint.Write(Learner.Train(world.Initial, world.Options.Training, 300));
        return new Outcome(
            Name, "T5", validators, "NTK", Defended(world, work), Undefended(new World(new WorldOptions(validators)), work), 0,
            "a commitment binds trainer and producer; commits are closed before anything is shown; a checkpoint is its first shower's",
            "the thief has the checkpoint before the commits close, and commits it as its own");
    }

    private static double Defended(World world, byte[] work)
    {
        var before = world.Wealth(World.Mallory);
        var owned = new Offer(World.Alice, 1, work);
        var copied = new Offer(World.Mallory, 0, work) { Copied = owned.Commitment(world) };
        world.Step(owned.Commit(world), copied.Commit(world));
        world.StepTo(TrainingPhase.Reveal);
        Expect(world, copied.Reveal(world), TransactionRejection.RevealMismatch);
        Expect(world, (copied with { Copied = null }).Commit(world), TransactionRejection.TrainingWindowClosed);
        world.Show(new RoundPlan(owned, copied) { Reveals = offer => offer == owned });
        world.Attest(new RoundPlan(owned));
        world.StepWhile(() => world.Round is not null);
        Invariant.Check(world.Record.BestTrainer == World.Alice.Address, "the owner is paid for its work");

        var again = new Offer(World.Mallory, 0, work) { Parent = new BlobHash(world.Genesis.Tasks[0].InitialModel) };
        world.Step(again.Commit(world));
        world.StepTo(TrainingPhase.Reveal);
        Expect(world, again.Reveal(world), TransactionRejection.CheckpointRepeated);
        world.StepWhile(() => world.Round is not null);
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    private static double Undefended(World world, byte[] work)
    {
        var before = world.Wealth(World.Mallory);
        world.Run(new RoundPlan(new Offer(World.Mallory, 0, work)));
        return Outcome.Ntk(world.Wealth(World.Mallory), before);
    }

    private static void Expect(World world, Transaction transaction, TransactionRejection expected)
    {
        var found = world.RefusalOf(transaction);
        Invariant.Check(found == expected, $"a thief is refused as {expected}, not as {found}");
    }
}
