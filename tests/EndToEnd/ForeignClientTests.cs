using System.Text.RegularExpressions;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>The API as a stranger meets it: another language, another gRPC library, other implementations of the cryptography.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed partial class ForeignClientTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task AClientInJavaScriptReadsTheChainAndSendsATransfer()
    {
        Assert.SkipUnless(IsInstalled("node") && IsInstalled("npm"), "node or npm is missing: ./setup.sh installs them");
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "foreign-client"))) File.Copy(file, folder[Path.GetFileName(file)]);
        // The lock file has the packages' hashes; none of them needs its scripts to be run.
        await RunAsync("npm", InstallPatience, folder.Path, "ci", "--ignore-scripts", "--no-audit", "--no-fund");

        await Network.AllReachAsync(1);
        var node = Network.Nodes[1];
        var secret = Convert.ToHexStringLower(Network.Funded.ExportSecret());
        var receiver = PrivateKey.Generate().Address;
        var said = await RunAsync(
            "node", Eventually.Limit, folder.Path, "client.js", "--node", node.Api, "--protos", Protos("Chain"), "--protos", Protos("Node"), "--key", secret, "--to", receiver.ToString());

        Assert.Contains($"ok the address of the key is {Network.Funded.Address}", said, StringComparison.OrdinalIgnoreCase);
        var transfer = TransferLine().Match(said);
        Assert.True(transfer.Success, said);
        Assert.True(Hash256.TryParse(transfer.Groups[1].Value, out var hash));
        var found = await node.Client.TransactionAsync(new TransactionHash(hash), Cancelled);
        Assert.Equal(transfer.Groups[2].Value, $"{found.Height}");
        Assert.True(Transaction.TryDecode(found.Raw.Span, Network.Genesis.Hash, out var transaction, out var fault), $"{fault}");
        Assert.Equal(Network.Funded.Address, transaction.Sender);
        Assert.Equal("from afar", transaction.Body.Transfer.Memo);
    }

    private static string Protos(string project) => Path.Combine(AppContext.BaseDirectory, "protos", project);

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<string> RunAsync(string program, TimeSpan patience, string folder, params string[] arguments)
    {
        using var process = ChildProcess.Start(program, arguments, folder);
        process.CloseInput();
        var code = await process.WaitAsync(patience);
        Assert.True(code == 0, $"{program} ended with {code}\n{process.Output}{process.Errors}");
        return process.Output;
    }

    [GeneratedRegex("^ok transfer (0x[0-9a-f]{64}) in block ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex TransferLine();
}
