using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class AnswerPerHeightTests
{
    [Fact]
    public void AnAnswerIsMadeOncePerHeightAndKey()
    {
        var (answers, made) = (new AnswerPerHeight<int, string>(), new List<string>());
        string Ask(int key, ulong height) => answers.Get(key, new Height(height), () =>
        {
            made.Add($"{key} at {height}");
            return made[^1];
        });

        Assert.Equal(["1 at 5", "1 at 5", "2 at 5", "1 at 5"], [Ask(1, 5), Ask(1, 5), Ask(2, 5), Ask(1, 5)]);
        Assert.Equal(["1 at 6", "2 at 5"], [Ask(1, 6), Ask(2, 5)]);
        Assert.Equal(["1 at 5", "2 at 5", "1 at 6"], made);
    }
}
