using System.CommandLine;
using System.Globalization;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>neurochain db: checks, repairs and measures the store of a stopped node.</summary>
internal static class DatabaseCommand
{
    private const int FaultsShown = 20;

    public static Command Create(ChainRules rules)
    {
        var home = CommonOptions.Home();
        var rebuild = new Command("rebuild", "Make the state again by executing the blocks") { home };
        rebuild.SetAction(parsed => Rebuild(new NodeHome(parsed.GetValue(home)!), Console.Out, rules));
        var compact = new Command("compact", "Give back the disk's room of what was deleted") { home };
        compact.SetAction(parsed => Compact(new NodeHome(parsed.GetValue(home)!), Console.Out));
        var stats = new Command("stats", "Bytes per column, heights, records per module") { home };
        stats.SetAction(parsed => Stats(new NodeHome(parsed.GetValue(home)!), Console.Out));
        var resume = new Command("resume-ethereum", "Let the watch of Ethereum go on from where it halted, once you know why it did") { home };
        resume.SetAction(parsed => ResumeEthereum(new NodeHome(parsed.GetValue(home)!), Console.Out));
        return new Command("db", "Look after the store of a stopped node") { CreateVerify("verify"), rebuild, compact, stats, resume };
    }

    /// <param name="name">What it is called: within db, and by the name under which it stands alone.</param>
    public static Command CreateVerify(string name)
    {
        var home = CommonOptions.Home();
        var fast = new Option<bool>("--fast") { Description = "Do not check the signatures of certificates" };
        var verify = new Command(name, "Check everything stored against everything else") { home, fast };
        verify.SetAction(parsed => Verify(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(fast), Console.Out));
        return verify;
    }

    /// <summary>Opens what is there; a home that was mistyped is not made.</summary>
    internal static RocksStore Open(NodeHome home) =>
        Directory.Exists(home.StoreFolder)
            ? RocksStore.Open(home.StoreFolder, ChainStore.Columns)
            : throw new OperatorException($"--home: there is no data in {home.StoreFolder}");

    /// <returns>The exit code: 0 where everything fits.</returns>
    internal static int Verify(NodeHome home, bool isFast, TextWriter output)
    {
        var genesis = home.LoadGenesis();
        using var store = Open(home);
        var report = new StoreVerifier(genesis, new ChainStore(store), !isFast, output.WriteLine).Run();
        output.WriteLine();
        foreach (var fault in report.Faults.First.Take(FaultsShown)) output.WriteLine(fault);
        if (report.Faults.Count > FaultsShown) output.WriteLine($"and {report.Faults.Count - FaultsShown} more");
        Print(output, "height", $"{report.Mark.Height}, state root {report.Mark.StateRoot}");
        Print(output, "blocks", $"{report.Blocks} from height {report.EarliestBlock} on, {report.Transactions} transactions");
        Print(output, "signatures", isFast ? "not checked" : "checked");
        Print(output, "state", $"{report.Records} records, can be taken back to height {report.EarliestState}");
        Print(output, "faults", Number((ulong)report.Faults.Count));
        Print(output, "whole", report.IsWhole ? "yes" : "NO");
        return report.IsWhole ? 0 : 1;
    }

    /// <returns>The exit code: 0 where a halt was ended.</returns>
    internal static int ResumeEthereum(NodeHome home, TextWriter output)
    {
        var settings = NodeOptions.Load(home.ConfigFile).Ethereum ?? throw new OperatorException("config: ethereum: this node watches no Ethereum");
        var genesis = home.LoadGenesis();
        BridgeSide.Check(genesis, settings);
        if (!Directory.Exists(home.EthereumFolder)) throw new OperatorException($"--home: there is no data in {home.EthereumFolder}");
        var options = settings.WatcherFor(genesis.Bridge!, genesis.Parameters.Bridge!.HeartbeatBlocks);
        using var disk = RocksStore.Open(home.EthereumFolder, [EthereumWatchStore.Column]);
        var store = new EthereumWatchStore(disk);
        var state = store.Load(options);
        Print(output, "read to block", state.Cursor.ToString());
        Print(output, "halted for", state.Halt is { } halt ? $"{halt.Reason}: {halt.Detail}" : "nothing");
        if (state.Halt is null) return 1;
        store.ClearHalt(options);
        Print(output, "goes on", "from that block");
        return 0;
    }

    /// <returns>The exit code: 0 where the state was made again.</returns>
    internal static int Rebuild(NodeHome home, TextWriter output, ChainRules? rules = null)
    {
        var genesis = home.LoadGenesis();
        using var store = Open(home);
        var chain = new ChainStore(store);
        if (chain.Genesis is { } found && found != genesis.Hash) throw new OperatorException($"the data folder is of the chain {found}, genesis.json is {genesis.Hash}: use the genesis file of this data");
        var before = chain.Mark;
        var start = chain.EarliestBlock == Height.First ? LedgerState.FromGenesis(genesis) : SnapshotAbove(home, genesis, chain.EarliestBlock.MinusOrGenesis(1), output) ?? LedgerState.FromGenesis(genesis);
        var state = new StateRebuilder(chain, output.WriteLine).Run(start.Under(rules ?? ChainRules.OfThisRelease), out var failure);
        if (state is null)
        {
            output.WriteLine($"height {failure!.Height}: {failure.What}");
            Print(output, "rebuilt", "NO: nothing was changed");
            return 1;
        }

        Print(output, "executed", $"{state.Height.Value - start.Height.Value} blocks from height {start.Height} on");
        Print(output, "state root", $"{state.Root} after height {state.Height}");
        Print(output, "mark", state.Mark.Encode().AsSpan().SequenceEqual(before) ? "as it was" : "was another");
        Print(output, "rebuilt", "yes");
        return 0;
    }

    // The newest whole one from which the kept blocks go on.
    private static LedgerState? SnapshotAbove(NodeHome home, GenesisDocument genesis, Height lowest, TextWriter output)
    {
        var folder = new SnapshotFolder(home.SnapshotFolder);
        foreach (var height in folder.Heights.Where(height => height >= lowest).Reverse())
        {
            if (SnapshotFolder.TryRead(folder.PathOf(height), genesis, out var fault) is { } snapshot) return snapshot.State;
            output.WriteLine($"{folder.PathOf(height)}: {fault}");
        }

        return null;
    }

    internal static int Compact(NodeHome home, TextWriter output)
    {
        var before = FolderBytes(home.StoreFolder);
        using (var store = Open(home))
        {
            store.Flush();
            new ChainStore(store).ExpireIndexes();
            foreach (var column in ChainStore.Columns)
            {
                store.Compact(column, KeyRange.All);
                output.WriteLine($"column {column}");
            }
        }

        Print(output, "before", Bytes((ulong)before));
        Print(output, "after", Bytes((ulong)FolderBytes(home.StoreFolder)));
        return 0;
    }

    internal static int Stats(NodeHome home, TextWriter output)
    {
        using var store = Open(home);
        store.Flush(); // what is in the log only has no size yet
        var chain = new ChainStore(store);
        if (chain.Mark is null || !LedgerMark.TryDecode(chain.Mark, out var mark)) throw new OperatorException("the data folder holds no chain yet: start the node first");
        Print(output, "height", mark.Height.ToString());
        Print(output, "blocks", $"from {chain.EarliestBlock}");
        Print(output, "states", $"from {chain.EarliestState}");
        Print(output, "transactions", $"{chain.TransactionsTotal} since genesis");
        foreach (var column in ChainStore.Columns) Print(output, column.Name, $"{Bytes(store.FileBytes(column)),14}  about {store.KeysEstimate(column)} entries");
        Print(output, "folder", $"{Bytes((ulong)FolderBytes(home.StoreFolder)),14}");
        foreach (var module in chain.StateRecords.GroupBy(record => (StateModule)record.Key[0], record => record.Key.Length + record.Value.Length).OrderBy(g => g.Key))
            Print(output, $"  {module.Key}", $"{Number((ulong)module.Count())} records, {Bytes((ulong)module.Sum(size => (long)size))}");
        return 0;
    }

    internal static long FolderBytes(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static string Bytes(ulong count) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} bytes";

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Print(TextWriter output, string name, string value) => output.WriteLine($"{name,-14} {value}");
}
