namespace NeuroChain.Node.Tests;

/// <summary>S8's measure itself.</summary>
public sealed class FlowLimitTests
{
    [Fact]
    public void AUnitMoreThanCapacityAndRateInAnyTimeIsFound()
    {
        FlowLimit.Check("S8", 100, 10, [(0, 60), (0, 40), (1_000, 10), (3_500, 25), (3_500, 0)]);
        Assert.Throws<BrokenEquationException>(() => FlowLimit.Check("S8", 100, 10, [(0, 60), (0, 41)]));
        Assert.Throws<BrokenEquationException>(() => FlowLimit.Check("S8", 100, 10, [(0, 100), (1_000, 11)]));
        // Twice the capacity around the edge of a window that nobody has: the time between two is what counts.
        Assert.Throws<BrokenEquationException>(() => FlowLimit.Check("S8", 100, 10, [(0, 1), (86_399_000, 100), (86_400_000, 100)]));
    }
}
