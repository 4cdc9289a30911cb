using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// How many standard errors a gain must have when it was looked for more than once. f validators who open their shares last choose among 2^f
/// seeds, and each further candidate against one incumbent is one more draw: k bits of choice, each of which doubles the chance that noise alone
/// reaches z. The tail of the normal distribution falls at least as exp(-z^2 / 2), so z^2 + 2 ln 2 for each bit makes up for it.
/// </summary>
public static class ZCorrection
{
    /// <summary>2 ln 2 in millionths, rounded up: what one doubling adds to z^2.</summary>
    public const uint BitMillionths = 1_386_295;

    /// <summary>More than the parameters allow.</summary>
    public const uint BitsMax = 128;

    /// <param name="zThousandths">For a single look.</param>
    /// <param name="bits">Doublings of the number of looks.</param>
    /// <returns>sqrt(z^2 + 2 ln 2 * bits), in thousandths, rounded up.</returns>
    public static uint Of(uint zThousandths, uint bits)
    {
        Invariant.Check(bits <= BitsMax, "the number of tries and of colluders is bounded");
        return (uint)IntegerMath.SqrtCeiling(((UInt128)zThousandths * zThousandths) + ((UInt128)BitMillionths * bits));
    }

    /// <summary>The bits of a round: those of the colluders, and ceil(log2) of the candidates that were judged against the incumbent, this round's too.</summary>
    /// <param name="colluders">Validators who may withhold their share at will.</param>
    /// <param name="tries">Candidates, at least one.</param>
    /// <param name="triesBitsMax">What the tries count for at most.</param>
    public static uint Bits(uint colluders, ulong tries, uint triesBitsMax)
    {
        Invariant.Check(tries > 0, "a round that is judged has a candidate");
        return colluders + Math.Min(triesBitsMax, (uint)(64 - BitOperations.LeadingZeroCount(tries - 1)));
    }
}
