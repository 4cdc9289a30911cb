using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// The reward of a certificate by the formula as it is written, c * ln(L / (L - g)) in double precision: a figure beside the exact replay, so
/// that a slip in the ledger's fixed point would show.
/// </summary>
internal readonly record struct RewardFigure(double Least, double Most)
{
    // What the fixed point may lose: two units of 2^-32 in each logarithm, two units in the paid gain, and a remainder for each share.
    private const double LogTolerance = 2.0 / (1UL << 32);
    private const double GainTolerance = 3;
    private const double RelativeTolerance = 4e-8;
    private const double ShareTolerance = 1_000;

    private static readonly double ReferenceLog = Math.Log2(1000.0 / 975);

    /// <param name="statement">The certified statement.</param>
    /// <param name="winner">Its winner.</param>
    /// <param name="rewardBase">Issued supply by which the task's rewards are reckoned.</param>
    /// <param name="before">Supply before the block.</param>
    /// <param name="after">Supply after it; other rounds may have ended in the same block, so the reserve that bounded it lies between.</param>
    /// <param name="paid">What was paid.</param>
    /// <param name="sharesPercent">The sum of the shares that somebody takes.</param>
    /// <param name="halvings">How often the reward has halved.</param>
    /// <param name="bar">Of a fork, the loss sum from which gains count.</param>
    public static RewardFigure Of(
        TrainingStatement statement,
        CandidateResult winner,
        Amount rewardBase,
        SupplyRecord before,
        SupplyRecord after,
        Amount paid,
        uint sharesPercent,
        ulong halvings,
        ulong bar = ulong.MaxValue)
    {
        var gain = statement.PaidGainOf(winner);
        var (sum, samples) = ((double)gain.Sum, (double)gain.Samples);
        var spread = ((UInt128)gain.Samples * gain.SquareSum) - (UInt128)(gain.Sum * gain.Sum);
        var errors = statement.PaidErrorsThousandths / 1_000.0;
        var paidGain = Math.Max(0, sum - (errors * Math.Sqrt((double)spread / (samples - 1))));
        var rest = Math.Max(statement.IncumbentPaidSum - paidGain, 1);
        var from = Math.Min(statement.IncumbentPaidSum, bar);
        var log = Math.Max(0, Math.Log2(Math.Max(from, 1) / rest));
        var tolerance = LogTolerance + (GainTolerance / (rest * Math.Log(2)));
        var scale = sharesPercent / 100.0 * Math.Pow(2, -(double)halvings) / RewardFormula.SupplyDivisor / ReferenceLog;
        var least = Math.Min((double)rewardBase.Units * Math.Max(0, log - tolerance) * scale, (double)(after.Reserve + paid).Units * sharesPercent / 100.0);
        var most = Math.Min((double)rewardBase.Units * (log + tolerance) * scale, (double)before.Reserve.Units * sharesPercent / 100.0);
        return new RewardFigure((least * (1 - RelativeTolerance)) - ShareTolerance, (most * (1 + RelativeTolerance)) + ShareTolerance);
    }

    public bool Covers(Amount paid) => (double)paid.Units >= Least && (double)paid.Units <= Most;
}
