namespace NeuroChain.Node.Tests;

public sealed class DatasetCommandTests
{
    // The words of a proposer are printed beside what is voted on.
    [Theory]
    [InlineData("more digits, ümlauts and 数字", "more digits, ümlauts and 数字")]
    [InlineData("\u001b[1A\u001b[2Kdelta 7: held", "?[1A?[2Kdelta 7: held")]
    [InlineData("a\nb\rc\u009bd\u202ee", "a?b?c?d?e")]
    public void AReasonCannotRewriteTheTerminal(string reason, string shown) => Assert.Equal(shown, DatasetCommand.Printable(reason));
}
