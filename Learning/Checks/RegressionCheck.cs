using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <param name="IsTrigger">Whether <paramref name="Group"/> is the number of a trigger; else it is a class.</param>
/// <param name="Group">Null where nothing has become worse.</param>
public readonly record struct RegressionResult(bool IsTrigger, int? Group)
{
    public bool HasRegressed => Group is not null;
}

/// <summary>
/// The losses of incumbent and candidate on the samples of one trigger, stamped: [sample], 2^-20 nats, the same samples in the same order.
/// </summary>
public sealed record TriggerLosses(uint[] Incumbent, uint[] Candidate);

/// <summary>
/// Refuses a candidate that is better on the whole and much worse on one class or under one trigger: the trace of poisoned data and of a
/// backdoor whose trigger is known. An unknown trigger is not found.
/// </summary>
/// <remarks>
/// The paired test of <see cref="GainStatistics"/> with the sides exchanged: the mean loss of a group has risen by at least z standard errors,
/// has at least doubled, and has risen by at least a fixed amount. With many groups one is unlucky, so each doubling of their number costs z as much as one bit of
/// choice: z^2 grows by 2 ln 2.
/// </remarks>
public static class RegressionCheck
{
    /// <summary>Classes with fewer samples are not judged.</summary>
    public const int ClassSamplesMin = 16;

    public const int TriggersMax = 16;

    public const int TriggerSamplesMin = 8;

    /// <summary>A group's loss must have doubled.</summary>
    public const uint ShareMillionths = 1_000_000;

    /// <summary>And risen by at least one and a half nats a sample, in units of 2^-20.</summary>
    public const ulong ClassRiseMin = 3UL << (LossScale.FractionBits - 1);

    /// <summary>Stamped samples are strange to honest models too, and there are few: two nats.</summary>
    public const ulong TriggerRiseMin = 2UL << LossScale.FractionBits;

    /// <summary>2 ln 2, in millionths.</summary>
    private const ulong SquarePerBit = 1_386_295;

    /// <param name="labels">Of the samples, below <paramref name="classes"/>.</param>
    /// <param name="incumbent">Losses in units of 2^-20 nats.</param>
    /// <param name="candidate">On the same samples.</param>
    /// <param name="triggers">Of each trigger; one without losses is not judged.</param>
    /// <param name="zThousandths">Standard errors, before the correction for many groups.</param>
    /// <param name="shareMillionths">By how much of itself a group's loss must have risen.</param>
    /// <returns>The first class, then the first trigger, that has become worse.</returns>
    public static RegressionResult Check(
        ReadOnlySpan<byte> labels, ReadOnlySpan<uint> incumbent, ReadOnlySpan<uint> candidate, int classes,
        IReadOnlyList<TriggerLosses> triggers, uint zThousandths, uint shareMillionths = ShareMillionths)
    {
        Invariant.Check(labels.Length == incumbent.Length && labels.Length == candidate.Length, "each sample has a label and two losses");
        Invariant.Check(triggers.Count <= TriggersMax, "a task names its triggers, and not many");
        var z = Corrected(zThousandths, classes + triggers.Count);
        var groups = new Group[classes];
        for (var i = 0; i < labels.Length; i++) groups[labels[i]].Add(incumbent[i], candidate[i]);
        for (var i = 0; i < classes; i++)
            if (groups[i].HasRegressed(ClassSamplesMin, ClassRiseMin, z, shareMillionths))
                return new RegressionResult(false, i);
        for (var i = 0; i < triggers.Count; i++)
        {
            var group = default(Group);
            Invariant.Check(triggers[i].Incumbent.Length == triggers[i].Candidate.Length, "both models see the same stamped samples");
            for (var at = 0; at < triggers[i].Incumbent.Length; at++) group.Add(triggers[i].Incumbent[at], triggers[i].Candidate[at]);
            if (group.HasRegressed(TriggerSamplesMin, TriggerRiseMin, z, shareMillionths)) return new RegressionResult(true, i);
        }
        return default;
    }

    /// <summary>z for one of so many groups, in thousandths, rounded up.</summary>
    internal static uint Corrected(uint zThousandths, int groups)
    {
        var bits = 0;
        while (1L << bits < groups) bits++;
        var square = ((UInt128)zThousandths * zThousandths) + ((UInt128)SquarePerBit * (UInt128)bits);
        return (uint)IntegerMath.SqrtCeiling(square);
    }

    private record struct Group(uint Samples, Int128 Rise, UInt128 SquareSum, ulong IncumbentLoss)
    {
        public void Add(uint incumbent, uint candidate)
        {
            var rise = (long)candidate - incumbent;
            Samples++;
            Rise += rise;
            SquareSum += (UInt128)((Int128)rise * rise);
            IncumbentLoss += incumbent;
        }

        public readonly bool HasRegressed(int samplesMin, ulong riseMin, uint z, uint shareMillionths)
        {
            var statistics = new GainStatistics(Samples, Rise, SquareSum);
            return Samples >= samplesMin && Rise >= (Int128)riseMin * Samples
                && statistics.ReachesZ(z) && statistics.ReachesShare(IncumbentLoss, shareMillionths);
        }
    }
}
