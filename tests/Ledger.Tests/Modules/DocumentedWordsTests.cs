using System.Globalization;
using System.Text.RegularExpressions;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Whoever writes a client finds in docs/protocol every message that there is, and every word with which one is refused: where such things are explained,
/// and as that word, not by chance in a sentence.
/// </summary>
public sealed partial class DocumentedWordsTests
{
    /// <summary>The pages of the modules.</summary>
    private static readonly string Rules = string.Concat(new[] { "ledger", "training", "datasets", "hold-outs", "bridge", "claims" }.Select(Page));

    private static readonly string Bytes = Page("bytes");

    private static readonly string LightClient = Page("light-client");

    [Fact]
    public void EveryMessageIsExplained() => AllExplained<TransactionBody.MessageOneofCase>(Rules);

    [Fact]
    public void EveryGovernedActionIsExplained() => AllExplained<GovernanceAction.ActionOneofCase>(Rules);

    [Fact]
    public void EveryFaultOfBytesIsExplained() => AllExplained<TransactionFault>(Section(Bytes, "A transaction, step by step"));

    [Fact]
    public void EveryReasonOfTheMempoolIsExplained() => AllExplained<MempoolRejection>(Section(Bytes, "A transaction, step by step"));

    [Fact]
    public void EveryFaultOfABlockIsExplained() => AllExplained<BlockFault>(Section(Bytes, "Blocks"));

    [Fact]
    public void EveryFaultOfEvidenceIsExplained() => AllExplained<EvidenceFault>(Section(Bytes, "Evidence"));

    [Fact]
    public void EveryFaultOfAHeaderIsExplained() => AllExplained<LightFault>(Section(LightClient, "Following headers"));

    [Fact]
    public void EveryReasonOfTheLedgerHasItsNumberAndNameInTheTableOfCodes()
    {
        var table = CodeAndName().Matches(Section(Bytes, "Receipt codes")).Select(match => (Number(match.Groups[1].Value), match.Groups[2].Value));
        Assert.Equal(Reasons.Select(reason => ((int)reason, reason.ToString())), table.Order());
    }

    [Fact]
    public void EveryReasonOfTheLedgerIsExplained()
    {
        var told = Refused().Matches(Rules).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(Number).ToHashSet();
        Assert.All(Reasons, reason => Assert.Contains((int)reason, told));
    }

    private static IEnumerable<TransactionRejection> Reasons => Enum.GetValues<TransactionRejection>().Where(reason => reason != TransactionRejection.None);

    private static void AllExplained<T>(string text)
        where T : struct, Enum => Assert.All(Enum.GetNames<T>().Where(name => name != "None"), name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));

    private static string Page(string name) => File.ReadAllText(RepositoryFiles.In("docs/protocol", $"{name}.md").Single());

    private static string Section(string page, string title)
    {
        var start = page.IndexOf($"\n## {title}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, title);
        var end = page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\| (\d+) \| ([A-Za-z]+)(?= \|)")]
    private static partial Regex CodeAndName();

    // As the tables have it: in parentheses, as a cell of its own, or before the name.
    [GeneratedRegex(@"(?:\(|\| ?)(\d[\d, ]*)(?:\)|(?= \|)|(?= [A-Z]))")]
    private static partial Regex Refused();
}
