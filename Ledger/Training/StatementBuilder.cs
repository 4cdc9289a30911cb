using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Turns what an evaluator measured into the statement that every honest validator attests.</summary>
public static class StatementBuilder
{
    /// <param name="state">The state in which the task's round has its seed.</param>
    /// <param name="genesis">The chain.</param>
    /// <param name="task">The task whose round was evaluated.</param>
    /// <param name="samples">The drawn ones, by their numbers in the evaluation set; sealed sample i as ~i.</param>
    /// <param name="incumbentLosses">One per sample, in the order of the draw.</param>
    /// <param name="outcomes">One per judged candidate, in the order of commitment.</param>
    /// <param name="sealedSamples">Those that are sealed ones, by the blobs of their sets and their numbers there; null for none.</param>
    public static TrainingStatement Build(
        IStateReader state,
        GenesisHash genesis,
        Hash256 task,
        IReadOnlyList<int> samples,
        IReadOnlyList<uint> incumbentLosses,
        IReadOnlyList<CandidateOutcome> outcomes,
        IReadOnlyList<(BlobHash Set, int Sample)>? sealedSamples = null)
    {
        var record = TaskRecord.Get(state, task);
        var round = TrainingRoundRecord.Get(state, task);
        Invariant.Check(record is not null && round is not null && !round.Seed.IsZero, "only a round that has its seed is evaluated");
        var candidates = round.Judged.Select(j => j.Candidate).ToImmutableArray();
        Invariant.Check(candidates.Length == outcomes.Count, "each judged candidate has one outcome");
        Invariant.Check(samples.Count == round.Samples, "all the samples of the draw are evaluated");
        CheckLosses(incumbentLosses, round.Samples);
        var population = DatasetsModule.Get(state, record.EvaluationSet);
        Invariant.Check(population is not null, "a task's data sets are on chain");
        var judged = (int)(round.Samples - round.PaidSamples);

        var results = ImmutableArray.CreateBuilder<CandidateResult>(candidates.Length);
        for (var i = 0; i < candidates.Length; i++) results.Add(Result(candidates[i], outcomes[i], incumbentLosses, judged));
        return new TrainingStatement
        {
            Genesis = genesis,
            Task = task,
            TrainingRound = round.Number,
            Seed = round.Seed,
            SampleRoot = CandidateBinding.SampleList(record.Source, record.EvaluationSet, population.Samples, samples, sealedSamples ?? []),
            Incumbent = round.Incumbent,
            IncumbentLossesRoot = CandidateBinding.LossesRoot(incumbentLosses),
            IncumbentLossSum = Sum(incumbentLosses.Take(judged)),
            IncumbentPaidSum = Sum(incumbentLosses.Skip(judged)),
            Samples = round.Samples,
            PaidSamples = round.PaidSamples,
            RequiredGainMillionths = round.RequiredGainMillionths,
            ZThousandths = round.ZThousandths,
            PaidErrorsThousandths = round.PaidErrorsThousandths,
            Candidates = results.MoveToImmutable(),
        };
    }

    /// <summary>Whether all that the chain itself knows stands in the statement as it is: only what was measured is the attester's.</summary>
    internal static bool IsAbout(TrainingStatement statement, GenesisHash genesis, TaskRecord task, TrainingRoundRecord round)
    {
        if (statement.Genesis != genesis || statement.Task != task.Id || statement.TrainingRound != round.Number) return false;
        if (statement.Seed != round.Seed || statement.Incumbent != round.Incumbent) return false;
        if (statement.Samples != round.Samples || statement.PaidSamples != round.PaidSamples || statement.ZThousandths != round.ZThousandths) return false;
        if (statement.PaidErrorsThousandths != round.PaidErrorsThousandths) return false;
        if (statement.RequiredGainMillionths != round.RequiredGainMillionths) return false;
        var judged = round.Judged.Select(j => j.Candidate).ToImmutableArray();
        if (statement.Candidates.Length != judged.Length) return false;
        for (var i = 0; i < judged.Length; i++)
            if (!IsOf(statement.Candidates[i], judged[i]))
                return false;
        return true;
    }

    private static bool IsOf(CandidateResult result, RoundCandidate candidate) =>
        result.ManifestRoot == candidate.ManifestRoot
        && result.Trainer == candidate.Trainer
        && result.Producer == candidate.Producer
        && result.ClaimedGain == candidate.ClaimedGain
        && result.Model == candidate.Model;

    private static CandidateResult Result(RoundCandidate candidate, CandidateOutcome outcome, IReadOnlyList<uint> incumbentLosses, int judged)
    {
        var empty = new CandidateResult(
            candidate.ManifestRoot,
            candidate.Trainer,
            candidate.Producer,
            candidate.ClaimedGain,
            candidate.Model,
            CandidateVerdict.Evaluated);
        if (outcome is CandidateOutcome.Refused(var verdict, var detail))
        {
            var refused = empty with { Verdict = verdict, Detail = detail };
            Invariant.Check(!refused.HasLosses, "a candidate that was evaluated has losses");
            return refused;
        }

        var evaluated = (CandidateOutcome.Evaluated)outcome;
        var losses = evaluated.Losses;
        CheckLosses(losses, (uint)incumbentLosses.Count);
        return empty with
        {
            Verdict = evaluated.Verdict,
            Relative = evaluated.Relative,
            Distance = evaluated.Distance,
            Detail = evaluated.Detail,
            LossesRoot = CandidateBinding.LossesRoot(losses),
            LossSum = Sum(losses.Take(judged)),
            DifferenceSquareSum = DifferenceSquareSum(incumbentLosses, losses, 0, judged),
            PaidLossSum = Sum(losses.Skip(judged)),
            PaidSquareSum = DifferenceSquareSum(incumbentLosses, losses, judged, losses.Count),
        };
    }

    private static void CheckLosses(IReadOnlyList<uint> losses, uint samples)
    {
        Invariant.Check(losses.Count == samples, "every sample has a loss");
        Invariant.Check(losses.All(loss => loss <= Loss.UnitsMax), "losses are clamped");
    }

    private static ulong Sum(IEnumerable<uint> losses)
    {
        ulong sum = 0;
        foreach (var loss in losses) sum += loss;
        return sum;
    }

    private static UInt128 DifferenceSquareSum(IReadOnlyList<uint> incumbent, IReadOnlyList<uint> candidate, int from, int to)
    {
        var sum = UInt128.Zero;
        for (var i = from; i < to; i++)
        {
            var difference = (ulong)Math.Abs((long)incumbent[i] - candidate[i]);
            sum += difference * difference; // at most 2^52
        }

        return sum;
    }
}
