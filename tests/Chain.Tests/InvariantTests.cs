namespace NeuroChain.Chain.Tests;

public sealed class InvariantTests
{
    private int _asked;

    private int Asked => ++_asked;

    [Fact]
    public void TheSentenceIsPutTogetherOnlyWhereTheCheckFails()
    {
        Invariant.Check(_asked == 0, $"asked {Asked} times");
        Assert.Equal(0, _asked);
        var failed = Assert.Throws<InvariantException>(() => Invariant.Check(_asked == 1, $"asked {Asked} times, {255:x4} {"in words"}"));
        Assert.Equal("asked 1 times, 00ff in words", failed.Message);
        Assert.Equal("plain", Assert.Throws<InvariantException>(() => Invariant.Check(false, "plain")).Message);
    }
}
