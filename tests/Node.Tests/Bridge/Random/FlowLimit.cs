namespace NeuroChain.Node.Tests;

/// <summary>What passed, against a limit that lets capacity + rate * t pass in any time t.</summary>
internal static class FlowLimit
{
    private const ulong MillisecondsPerSecond = 1_000;

    /// <param name="name">Of the equation.</param>
    /// <param name="capacity">Units at once.</param>
    /// <param name="perSecond">Units more in each second.</param>
    /// <param name="passed">Milliseconds and units, in the order in which they passed; times do not fall.</param>
    /// <exception cref="BrokenEquationException">In some time more passed.</exception>
    public static void Check(string name, UInt128 capacity, UInt128 perSecond, IReadOnlyList<(ulong Time, UInt128 Units)> passed)
    {
        for (var first = 0; first < passed.Count; first++)
        {
            var sum = UInt128.Zero;
            for (var last = first; last < passed.Count; last++)
            {
                sum += passed[last].Units;
                var elapsed = passed[last].Time - passed[first].Time;
                var may = capacity + (perSecond * elapsed / MillisecondsPerSecond);
                Equation.Holds(name, sum <= may, $"{sum} units passed within {elapsed} ms, {may} may");
            }
        }
    }
}
