using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>
/// Evaluates nothing, waits for another's attestation and says the same: the same commitment, and once it is opened the same statement with the
/// same salt and losses; or it commits to nothing and copies what is shown. The gain is what it has more than had it been silent.
/// </summary>
internal sealed class CopyingValidator : IAttack
{
    private const int Copier = 0;

    private const int Victim = 1;

    public string Name => "copying-validator";

    public Outcome Run(int validators)
    {
        var copying = Copy(validators);
        var silent = After(validators, (i, truth) => i == Copier ? null : truth);
        var honest = After(validators, (_, truth) => truth);
        return new Outcome(
            Name, "T14", validators, "NTK", copying - silent, honest - silent, 0,
            "the commitment of an attestation binds the validator's address, and none is opened before the window of commitments has closed",
            "whoever repeats the statement that others showed is paid as they are");
    }

    private static double Copy(int validators)
    {
        var (world, plan) = Begin(validators);
        var before = world.Wealth(world.Validators[Copier]);
        world.Step([.. plan.Offers.Select(offer => offer.Commit(world))]);
        world.StepTo(TrainingPhase.Reveal);
        world.Show(plan);
        var (truth, losses) = (RoundResult.Found)world.Evaluate();
        var seen = CandidateBinding.AttestationCommitment(truth.Digest, losses[Victim], world.Validators[Victim].Address, World.Salt(Victim));
        var others = Enumerable.Range(1, validators - 1).ToList();
        world.Step([.. others.Select(i => world.AttestCommit(i, truth, losses[i])), world.AttestCommit(Copier, seen)]);
        world.StepTo(TrainingPhase.AttestReveal);
        var reveal = world.AttestReveal(Copier, truth, losses[Victim], World.Salt(Victim));
        var refusal = world.RefusalOf(reveal);
        Invariant.Check(refusal == TransactionRejection.CommitmentMismatch, $"another's commitment is opened by nobody else: {refusal}");
        world.Step([.. others.Select(i => world.AttestReveal(i, truth, losses[i]))]);
        world.StepWhile(() => world.Round is not null);
        return Outcome.Ntk(world.Wealth(world.Validators[Copier]), before);
    }

    private static double After(int validators, Func<int, TrainingStatement, TrainingStatement?> attests)
    {
        var (world, plan) = Begin(validators);
        var before = world.Wealth(world.Validators[Copier]);
        world.Run(plan with { Attests = attests });
        return Outcome.Ntk(world.Wealth(world.Validators[Copier]), before);
    }

    private static (World World, RoundPlan Plan) Begin(int validators)
    {
        var world = new World(new WorldOptions(validators));
        return (world, new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Initial, world.Options.Training, 300)))));
    }
}
