using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Computes again what a re-check names of the private losses of others, and says whose are wrong: bit i stands for target i. Every validator comes to the
/// same number, for a loss is that of one sample alone and has one value.
/// </summary>
/// <param name="evaluator">Where numbers come from.</param>
/// <param name="read">The checkpoint of a model; null where it is not here.</param>
internal sealed class RecheckEvaluation(ICheckpointEvaluator evaluator, Func<BlobHash, byte[]?> read)
{
    /// <summary>Null where a checkpoint or the data set is not here, or the evaluator gave no answer.</summary>
    /// <param name="state">Any in which the task is.</param>
    /// <param name="genesis">The chain's document.</param>
    /// <param name="recheck">What is to be computed again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<uint?> RunAsync(IStateReader state, GenesisDocument genesis, RecheckRecord recheck, CancellationToken cancellationToken)
    {
        var (task, record) = (TaskDefinitions.Get(state, genesis, recheck.Task), TaskRecord.Get(state, recheck.Task)!);
        var population = (int)DatasetsModule.Get(state, record.EvaluationSet)!.Samples;
        DrawnSamples[] draws = [.. recheck.Targets.Select(target => DrawOf(recheck, KeyRotations.Identity(state, recheck.AttesterOf(target).Key), population))];
        uint wrong = 0;
        for (var model = 0; model <= recheck.Candidates.Length; model++)
        {
            IReadOnlyList<uint[]> derived = [.. draws.Select(draw => new uint[draw.Numbers.Count])];
            if (model == 0 || recheck.Candidates[model - 1].HasLosses)
            {
                var checkpoint = model == 0 ? recheck.Incumbent : recheck.Candidates[model - 1].Model;
                if (read(checkpoint) is not { } bytes) return null;
                // The verdict is that of the first draw: it is the certificate's already, so that one is empty here.
                var request = new EvaluationRequest(record.EvaluationSet, Encoding.UTF8.GetBytes(task.Model.ToJsonString()), bytes)
                {
                    Draws = [new DrawnSamples(recheck.Seed, []), .. draws],
                };
                var answer = await evaluator.EvaluateAsync(request, RoundEvaluation.IncumbentLimit, cancellationToken).ConfigureAwait(false);
                if (answer.Report is not { IsSourceHere: true, Verdict: CandidateVerdict.Evaluated } report || !Answers(report, request)) return null;
                derived = [.. report.Losses.Skip(1)];
            }

            for (var i = 0; i < recheck.Targets.Length; i++)
                if (!recheck.LossesOf(recheck.Targets[i], model).SequenceEqual(derived[i]))
                    wrong |= 1u << i;
        }

        return wrong;
    }

    private static bool Answers(CheckpointReport report, EvaluationRequest request) =>
        report.Losses.Count == request.Draws.Count && report.Losses.Zip(request.Draws).All(pair => pair.First.Length == pair.Second.Numbers.Count);

    private static DrawnSamples DrawOf(RecheckRecord recheck, Address identity, int population)
    {
        var seed = TrainingSeed.PrivateSamples(recheck.Seed, identity);
        var all = SampleDraw.Draw(seed, (int)recheck.PrivateSamples, population);
        return new DrawnSamples(seed, [.. recheck.Places.Select(place => all[place])]);
    }
}
