using System.CommandLine;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge audit: both chains again from what a node has stored, and every balance with them.</summary>
internal static class BridgeAuditCommand
{
    private const int FindingsMax = 100;

    public static Command Create()
    {
        var home = CommonOptions.Home();
        var command = new Command("audit", "Replay this chain and the vault's events from a stopped node's data, and compute every balance again") { home };
        command.SetAction(parsed => Run(new NodeHome(parsed.GetValue(home)!), Console.Out));
        return command;
    }

    /// <returns>The exit code: 0 where both chains tell the same.</returns>
    internal static int Run(NodeHome home, TextWriter output)
    {
        var genesis = home.LoadGenesis();
        using var store = Open(home.StoreFolder, ChainStore.Columns);
        using var watched = Open(home.EthereumFolder, [EthereumWatchStore.Column]);
        var report = new BridgeAuditor(genesis, new ChainStore(store)).Run(new EthereumWatchStore(watched).Blocks());
        var books = report.Books;
        Print("blocks", $"{report.Replayed} of {report.Stored} replayed from genesis");
        Print("state root", $"{report.StateRoot} after block {report.Replayed}");
        Print("balances", $"{report.Accounts} accounts computed again");
        Print("ethereum", $"{books.Events} events of the vault in {report.EthereumBlocks} blocks, {report.Attested} of them attested here");
        Print("locked", $"{books.Locked} NTK");
        Print("credited", $"{books.Credited} NTK, {books.Waiting} wait");
        Print("burned", $"{books.Burned} NTK");
        Print("released", $"{books.Released} NTK, {books.Refunded} refunded, {books.Open} open");
        if (genesis.Claims is not null) Print("claims", $"{books.Funded} NTK came for them, {books.Claimed} claimed, {books.Pot} in the pot");
        foreach (var finding in report.Findings.Select(finding => finding.ToString()).Concat(books.Findings.Select(finding => finding.ToString())).Take(FindingsMax))
            output.WriteLine(finding);
        Print("verified", report.IsVerified ? "yes" : "NO");
        return report.IsVerified ? 0 : 1;

        void Print(string field, string value) => output.WriteLine($"{field,-12} {value}");
    }

    // A store is made where there is none: that must not happen to a home that was mistyped.
    private static RocksStore Open(string folder, IReadOnlyList<Column> columns) =>
        Directory.Exists(folder) ? RocksStore.Open(folder, columns) : throw new OperatorException($"--home: there is no data in {folder}");
}
