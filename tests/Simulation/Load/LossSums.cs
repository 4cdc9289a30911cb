using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>Holds every sum of a statement against losses that nobody who signed it has computed.</summary>
internal static class LossSums
{
    /// <param name="statement">Of a certificate.</param>
    /// <param name="lossesOf">One for each sample of the draw, in its order; null for a model that has none.</param>
    /// <returns>What is not so; null where all is.</returns>
    public static string? FaultOf(TrainingStatement statement, Func<BlobHash, IReadOnlyList<uint>?> lossesOf)
    {
        var judged = (int)statement.JudgedSamples;
        if (lossesOf(statement.Incumbent) is not { } incumbent) return "is about an incumbent that has no losses";
        if ((statement.IncumbentLossSum, statement.IncumbentPaidSum) != (Sum(incumbent.Take(judged)), Sum(incumbent.Skip(judged)))) return "says of the incumbent what is not so";
        foreach (var candidate in statement.Candidates)
        {
            var losses = lossesOf(candidate.Model);
            if ((losses is not null) != candidate.HasLosses) return $"says of candidate {candidate.Model} that it is {candidate.Verdict}";
            if (losses is null) continue;
            var squares = incumbent.Zip(losses, (one, other) => Square(one, other)).ToList();
            if ((candidate.LossSum, candidate.PaidLossSum) != (Sum(losses.Take(judged)), Sum(losses.Skip(judged)))
                || (candidate.DifferenceSquareSum, candidate.PaidSquareSum) != (Sum(squares.Take(judged)), Sum(squares.Skip(judged))))
                return $"says of candidate {candidate.Model} what is not so";
        }

        return null;
    }

    private static UInt128 Square(uint one, uint other)
    {
        var difference = (ulong)(one > other ? one - other : other - one);
        return difference * difference;
    }

    private static ulong Sum(IEnumerable<uint> losses) => losses.Aggregate(0UL, (sum, loss) => sum + loss);

    private static UInt128 Sum(IEnumerable<UInt128> squares) => squares.Aggregate(UInt128.Zero, (sum, square) => sum + square);
}
