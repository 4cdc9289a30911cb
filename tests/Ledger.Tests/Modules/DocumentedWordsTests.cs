using System.Text.RegularExpressions;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Whoever writes a client finds in docs/protocol every message that there is, and every word with which one is refused.</summary>
public sealed class DocumentedWordsTests
{
    private static readonly HashSet<string> Words =
        [.. RepositoryFiles.In("docs/protocol", "*.md").SelectMany(page => Regex.Matches(File.ReadAllText(page), "[A-Za-z0-9]+")).Select(match => match.Value)];

    [Fact]
    public void EveryMessageIsExplained() => AllExplained<TransactionBody.MessageOneofCase>();

    [Fact]
    public void EveryGovernedActionIsExplained() => AllExplained<GovernanceAction.ActionOneofCase>();

    [Fact]
    public void EveryFaultOfBytesIsExplained() => AllExplained<TransactionFault>();

    [Fact]
    public void EveryReasonOfTheMempoolIsExplained() => AllExplained<MempoolRejection>();

    [Fact]
    public void EveryReasonOfTheLedgerIsExplained() => AllExplained<TransactionRejection>();

    private static void AllExplained<T>()
        where T : struct, Enum => Assert.All(Enum.GetNames<T>().Where(name => name != "None"), name => Assert.Contains(name, Words));
}
