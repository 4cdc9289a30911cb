namespace NeuroChain.Simulation;

/// <summary>A figure that was asked for, what came out, and whether it is met.</summary>
/// <param name="What">The figure, with its unit.</param>
/// <param name="Asked">Of it, in words.</param>
/// <param name="Figure">What came out.</param>
/// <param name="IsMet">Whether that is enough.</param>
public sealed record ScenarioBar(string What, string Asked, double Figure, bool IsMet)
{
    public static ScenarioBar AtLeast(string what, double figure, double limit) => new(what, FormattableString.Invariant($"at least {limit:#,0.###}"), figure, figure >= limit);

    public static ScenarioBar AtMost(string what, double figure, double limit) => new(what, FormattableString.Invariant($"at most {limit:#,0.###}"), figure, figure <= limit);

    public static ScenarioBar Below(string what, double figure, double limit) => new(what, FormattableString.Invariant($"less than {limit:#,0.###}"), figure, figure < limit);
}
