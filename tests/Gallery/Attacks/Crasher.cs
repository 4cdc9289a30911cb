using System.Buffers.Binary;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>
/// Brings, beside an honest candidate of each round, files that are to break whoever evaluates them: garbage of the right length, a parameter that is
/// no number, subnormal ones that are a hundred times as slow, and one that no evaluator survives, twice. The gain is rounds that are void.
/// </summary>
internal sealed class Crasher : IAttack
{
    public string Name => "crasher";

    public Outcome Run(int validators) => new(
        Name, "T23", validators, "rounds void of 5", Void(validators, isDefended: true), Void(validators, isDefended: false), 1,
        "one file format, ranges and sizes are asked before anything is computed; a process of its own, with limits; what killed it is held by nobody again",
        "whatever breaks the evaluation takes the round with it, as often as it comes");

    private static int Void(int validators, bool isDefended)
    {
        var world = new World(new WorldOptions(validators));
        var start = world.Initial;
        var killer = Checkpoint.Write(Learner.Train(start, world.Options.Training, 10, 9));
        byte[][] crafted = [Garbage(killer), NoNumber(killer), Checkpoint.Write(Filled(start, float.Epsilon)), killer, killer];
        var lost = 0;
        var memories = world.Validators.Select(_ => new AbandonedCheckpoints()).ToArray();
        for (var i = 0; i < crafted.Length; i++)
        {
            var honest = new Offer(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Incumbent, world.Options.Training, 25, (byte)(30 + i))));
            var crasher = new Offer(World.Mallory, 0, crafted[i]) { Parent = new BlobHash(world.Genesis.Tasks[0].InitialModel) };
            var isKiller = crafted[i] == killer;
            var round = world.Record.NextRound;
            var outcome = world.Run(new RoundPlan(honest, crasher)
            {
                // As a node does it: what ended the evaluator twice has no vote of whoever remembers it. All checkpoints are here.
                Votes = (at, validator) => AvailabilityChoice.Of(at.VoteDuty(validator), _ => true, memories[validator].IsRefused)!.Value,
                Abstained = (validator, because) =>
                {
                    if (isDefended) memories[validator].Note(because, world.Task, round);
                },
                Evaluator = isKiller || !isDefended ? inner => new Mortal(inner, crafted[i]) : null,
            });
            foreach (var memory in memories) memory.Forget(world.State);
            if (outcome.Outcome == RoundOutcome.NotAttested) lost++;
            else Invariant.Check(world.Record.BestModel == honest.Model, "the honest candidate of the round is certified");
        }

        return lost;
    }

    private static byte[] Garbage(byte[] file)
    {
        var stream = new SeededStream(77);
        return [.. file.Select(_ => (byte)stream.NextBelow(256))];
    }

    // The last parameter, which stands at the end of the file.
    private static byte[] NoNumber(byte[] file)
    {
        byte[] spoiled = [.. file];
        BinaryPrimitives.WriteSingleLittleEndian(spoiled.AsSpan(spoiled.Length - sizeof(float)), float.NaN);
        return spoiled;
    }

    private static ModelParameters Filled(ModelParameters model, float value)
    {
        var filled = model.Copy();
        filled.Values.AsSpan().Fill(value);
        return filled;
    }

    /// <summary>An evaluator that gives no answer about one checkpoint: it was killed, or ran out of time.</summary>
    private sealed class Mortal(ICheckpointEvaluator inner, byte[] killer) : ICheckpointEvaluator
    {
        public Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken) =>
            request.Checkpoint.Span.SequenceEqual(killer) ? Task.FromResult<EvaluatorAnswer>(EvaluatorFault.NoAnswer) : inner.EvaluateAsync(request, limit, cancellationToken);
    }
}
