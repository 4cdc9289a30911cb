using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Says for people where two statements about one round differ: first what was measured wrong, with both values.</summary>
internal static class StatementDifference
{
    /// <returns>Null where they are the same bytes.</returns>
    public static string? Between(TrainingStatement attested, TrainingStatement derived)
    {
        if (attested.Equals(derived)) return null;
        if (attested.IncumbentLossSum != derived.IncumbentLossSum) return Say("the incumbent's loss sum", attested.IncumbentLossSum, derived.IncumbentLossSum);
        if (attested.IncumbentPaidSum != derived.IncumbentPaidSum)
            return Say("the incumbent's loss sum on the samples that pay", attested.IncumbentPaidSum, derived.IncumbentPaidSum);
        if (attested.IncumbentLossesRoot != derived.IncumbentLossesRoot)
            return Say("the root of the incumbent's losses", attested.IncumbentLossesRoot, derived.IncumbentLossesRoot);
        if (attested.Candidates.Length != derived.Candidates.Length) return Say("the number of candidates", attested.Candidates.Length, derived.Candidates.Length);
        for (var i = 0; i < derived.Candidates.Length; i++)
            if (Between(attested.Candidates[i], derived.Candidates[i]) is { } difference)
                return $"candidate {i}, model {derived.Candidates[i].Model}: {difference}";
        if (attested.SampleRoot != derived.SampleRoot) return Say("the root of the samples", attested.SampleRoot, derived.SampleRoot);
        return Say("the seed", attested.Seed, derived.Seed);
    }

    private static string? Between(CandidateResult attested, CandidateResult derived)
    {
        if (attested.Verdict != derived.Verdict) return Say("verdict", attested.Verdict, derived.Verdict);
        if (attested.LossSum != derived.LossSum) return Say("loss sum", attested.LossSum, derived.LossSum);
        if (attested.DifferenceSquareSum != derived.DifferenceSquareSum)
            return Say("sum of squared differences", attested.DifferenceSquareSum, derived.DifferenceSquareSum);
        if (attested.PaidLossSum != derived.PaidLossSum) return Say("loss sum on the samples that pay", attested.PaidLossSum, derived.PaidLossSum);
        if (attested.PaidSquareSum != derived.PaidSquareSum)
            return Say("sum of squared differences on the samples that pay", attested.PaidSquareSum, derived.PaidSquareSum);
        if (attested.LossesRoot != derived.LossesRoot) return Say("root of the losses", attested.LossesRoot, derived.LossesRoot);
        if (attested.Detail != derived.Detail) return Say("detail", attested.Detail, derived.Detail);
        return attested == derived ? null : Say("relative", $"{attested.Relative} at {attested.Distance}", $"{derived.Relative} at {derived.Distance}");
    }

    private static string Say<T>(string what, T attested, T derived) => $"{what} attested as {attested}, evaluation gives {derived}";
}
