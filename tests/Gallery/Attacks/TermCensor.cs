using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Gallery;

/// <summary>
/// Leads by a term, with f - 1 accomplices, and opens the next round with a candidate of its own in a block of its own; all of them leave a rival's
/// messages out of their blocks. The gain is windows that closed without the rival.
/// </summary>
internal sealed class TermCensor : IAttack
{
    public string Name => "term-censor";

    public Outcome Run(int validators)
    {
        var world = new World(new WorldOptions(validators) { Change = parameters => parameters with { TermBlocks = 8, CommitBlocks = 2 } });
        var training = world.Options.Training;
        world.Run(new RoundPlan(new Offer(World.Mallory, 0, Checkpoint.Write(Learner.Train(world.Initial, training, 30)))));
        var censor = world.Validators[0].Address;
        var censors = world.Validators.Take(world.Faulty).Select(key => key.Address).ToHashSet();
        // Three heights in a row that the term leads: from the first after a rotation.
        world.StepWhile(() => world.NextAuthor != censor || world.State.Height.Value % LeaderSchedule.RotationPeriod != 0);
        var rival = new Offer(World.Bob, validators - 1, Checkpoint.Write(Learner.Train(world.Incumbent, training, 120, 8)));
        var own = new Offer(World.Mallory, 0, Checkpoint.Write(Learner.Train(world.Incumbent, training, 20, 9)));
        world.Step(own.Commit(world));
        var late = Wait(world, censors, TrainingPhase.Commit, rival, rival.Commit(world)) ? 1 : 0;
        world.Step(own.Reveal(world));
        late += Wait(world, censors, TrainingPhase.Reveal, rival, rival.Reveal(world)) ? 1 : 0;
        var isIn = world.Round!.Candidates.Any(candidate => candidate.Trainer == World.Bob.Address && candidate.Status != CandidateStatus.Unrevealed);
        return new Outcome(
            Name, "T24, T25", validators, "windows of 2 closed without the rival", isIn ? 0 : 1, late, 0,
            "a window closes when f + 1 distinct validators have authored a block of it, however many blocks that takes",
            "a window closes after its number of blocks");
    }

    /// <summary>Blocks until the window closes; whether the rival's message came after so many blocks as the window has by its number alone.</summary>
    private static bool Wait(World world, HashSet<Address> censors, TrainingPhase phase, Offer rival, Transaction message)
    {
        var round = world.Round!;
        var (opened, blocks) = (round.WindowOpened, round.Windows[phase]);
        ulong? came = null;
        while (world.Round!.Phase == phase)
        {
            var isLeftOut = came is not null || censors.Contains(world.NextAuthor);
            world.Step(isLeftOut ? [] : [message]);
            if (!isLeftOut) came = world.State.Height.Value - opened.Value;
        }

        Invariant.Check(came is not null, $"the messages of {rival.Trainer.Address} reach a window that waits for an honest author");
        return came > blocks;
    }
}
