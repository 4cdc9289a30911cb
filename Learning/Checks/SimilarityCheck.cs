namespace NeuroChain.Learning;

/// <summary>What a model that a candidate is compared with is to the candidate.</summary>
public enum KinKind
{
    /// <summary>Certified for the same task, and not among the candidate's declared ancestors.</summary>
    Certified,

    /// <summary>The declared parent or a further declared ancestor.</summary>
    Ancestor,

    /// <summary>Committed in the same round, before the candidate.</summary>
    EarlierCandidate,
}

/// <param name="Logits">[sample][class], on the samples of the candidate's.</param>
public sealed record Kin(KinKind Kind, float[] Logits);

public enum SimilarityFault
{
    None,

    /// <summary>The function of a certified model that is not declared as an ancestor, or of an earlier candidate.</summary>
    Copy,

    /// <summary>Near to a certified model that is not declared as an ancestor.</summary>
    UndeclaredParent,
}

/// <param name="Closest">
/// Index of the model that the fault is about; without a fault the closest ancestor that is a relative; else null.
/// </param>
/// <param name="Distance">To that model, or <see cref="FunctionDistance.Farthest"/>.</param>
public readonly record struct SimilarityResult(SimilarityFault Fault, int? Closest, uint Distance);

/// <summary>Distances below which a model is a copy of a certified one, and a relative.</summary>
public readonly record struct SimilarityBounds(uint Copy, uint Relative)
{
    public static SimilarityBounds Default => new(SimilarityCheck.CopyBelow, SimilarityCheck.RelativeBelow);

    public static SimilarityBounds OfThousandths(uint copy, uint relative) =>
        new((copy << FunctionDistance.FractionBits) / 1000, (relative << FunctionDistance.FractionBits) / 1000);
}

/// <summary>
/// Refuses a candidate that computes what somebody else's model computes, and tells which declared ancestor it really comes from.
/// </summary>
public static class SimilarityCheck
{
    /// <summary>
    /// Below this a candidate is the same as an earlier one of its round: 0.001 in units of 2^-16. Two who train on from one parent for some
    /// steps may be almost as near to each other.
    /// </summary>
    public const uint SameBelow = (1u << FunctionDistance.FractionBits) / 1000;

    /// <summary>Below this a model is a copy of a certified one: 0.020 in units of 2^-16.</summary>
    public const uint CopyBelow = (20u << FunctionDistance.FractionBits) / 1000;

    /// <summary>Below this a model is a relative: 0.150 in units of 2^-16.</summary>
    public const uint RelativeBelow = (150u << FunctionDistance.FractionBits) / 1000;

    /// <summary>A copy before an undeclared parent before a relative; of one kind the closest, of equals the first.</summary>
    public static SimilarityResult Check(ReadOnlySpan<float> candidate, IReadOnlyList<Kin> others, int classes) =>
        Check(candidate, others, classes, SimilarityBounds.Default);

    public static SimilarityResult Check(ReadOnlySpan<float> candidate, IReadOnlyList<Kin> others, int classes, SimilarityBounds bounds)
    {
        var result = new SimilarityResult(SimilarityFault.None, null, FunctionDistance.Farthest);
        for (var i = 0; i < others.Count; i++)
        {
            var distance = FunctionDistance.Between(candidate, others[i].Logits, classes);
            var fault = FaultOf(others[i].Kind, distance, bounds);
            if (fault == SimilarityFault.None && (others[i].Kind != KinKind.Ancestor || distance >= bounds.Relative)) continue;
            var closer = fault == result.Fault && (result.Closest is null || distance < result.Distance);
            if (closer || IsWorse(fault, result.Fault)) result = new SimilarityResult(fault, i, distance);
        }
        return result;
    }

    private static SimilarityFault FaultOf(KinKind kind, uint distance, SimilarityBounds bounds) => kind switch
    {
        KinKind.EarlierCandidate when distance < SameBelow => SimilarityFault.Copy,
        KinKind.Certified when distance < bounds.Copy => SimilarityFault.Copy,
        KinKind.Certified when distance < bounds.Relative => SimilarityFault.UndeclaredParent,
        _ => SimilarityFault.None,
    };

    private static bool IsWorse(SimilarityFault fault, SimilarityFault than) => Rank(fault) > Rank(than);

    private static int Rank(SimilarityFault fault) => fault switch
    {
        SimilarityFault.Copy => 2,
        SimilarityFault.UndeclaredParent => 1,
        _ => 0,
    };
}
