namespace NeuroChain.Chain;

/// <summary>
/// The two thresholds of Byzantine agreement, written once. They are over the power of distinct validators, never over a count, and
/// always over the total power: those who are absent count.
/// </summary>
public static class VotingPower
{
    /// <summary>The paper's 2f+1: more than two thirds.</summary>
    public static bool IsQuorum(ulong power, ulong total) => (UInt128)power * 3 > (UInt128)total * 2;

    /// <summary>The paper's f+1: more than a third, so that at least one is honest.</summary>
    public static bool HasHonest(ulong power, ulong total) => (UInt128)power * 3 > total;
}
