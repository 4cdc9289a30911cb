using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Gallery;

/// <summary>
/// Wins with a model whose layers are scaled apart: the same losses, but nobody can train on from it by plain descent. The gain is the rounds of
/// three in which honest trainers who begin at the incumbent bring nothing.
/// </summary>
internal sealed class Saboteur : IAttack
{
    private const float Factor = 1_024;

    private const int Rounds = 3;

    private const int Steps = 30;

    public string Name => "saboteur";

    public Outcome Run(int validators) => new(
        Name, "T10", validators, "rounds lost to all others", LostTo(new WorldOptions(validators), CandidateVerdict.Unbalanced),
        LostTo(
            new WorldOptions(validators) { Change = parameters => parameters with { BalanceCheck = TrainingParameters.Off, ProbeSteps = 0 } },
            CandidateVerdict.Evaluated),
        0, "each unit's weights must be in balance with those that read it, and the best candidate is trained on before it wins",
        "neither balance nor trainability is asked for");

    private static int LostTo(WorldOptions options, CandidateVerdict expected)
    {
        var world = new World(options);
        var honest = Learner.Train(world.Initial, options.Training, Steps, 8);
        var spoiled = Learner.Scale(Learner.Train(world.Initial, options.Training, 2 * Steps, 9), Factor);
        world.Run(new RoundPlan(new Offer(World.Alice, 1, Checkpoint.Write(honest)), new Offer(World.Mallory, 0, Checkpoint.Write(spoiled))));
        var verdict = world.Statement(1).Candidates[1].Verdict;
        Invariant.Check(verdict == expected, $"a model that is scaled apart is {expected}, not {verdict}");
        var lost = 0;
        for (byte round = 0; round < Rounds; round++)
        {
            var (best, seed) = (world.Record.BestModel, (byte)(20 + round));
            if (Learner.TryTrain(world.Incumbent, options.Training, Steps, seed) is { } trained)
            {
                var form = expected == CandidateVerdict.Evaluated ? trained : Canonicaliser.Canonicalise(trained).Parameters;
                world.Run(new RoundPlan(new Offer(World.Bob, 1, Checkpoint.Write(form))));
            }

            if (world.Record.BestModel == best) lost++;
        }

        return lost;
    }
}
