using System.CommandLine;
using System.Text.Json;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>neurochain inspect: looks into the data of stopped nodes.</summary>
internal static class InspectCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(ChainRules rules) => new("inspect", "Look into the data of stopped nodes") { CreateDiverge(), CreateFork(), CreateCertificates(), CreateReplay(rules) };

    /// <returns>The exit code: 0 where they do not differ.</returns>
    internal static int Diverge(NodeHome a, NodeHome b, TextWriter output)
    {
        if (a.Path == b.Path) throw new OperatorException("A and B are the same folder: give two");
        var genesis = a.LoadGenesis();
        using var storeA = DatabaseCommand.Open(a);
        using var storeB = DatabaseCommand.Open(b);
        var found = new DivergenceSearch(genesis, new ChainStore(storeA), new ChainStore(storeB)).Run();
        DivergenceText.Write(found, output);
        return found.Kind == DivergenceKind.None ? 0 : 1;
    }

    /// <returns>The exit code: 0 where every log leads to what was done.</returns>
    internal static int Replay(NodeHome home, Height? only, TextWriter output, ChainRules? rules = null)
    {
        var genesis = home.LoadGenesis();
        if (!Directory.Exists(home.WalFolder)) throw new OperatorException($"there are no logs in {home.WalFolder}");
        using var store = DatabaseCommand.Open(home);
        var chain = new ChainStore(store);
        var mark = StoreVerifier.RequireMark(chain, genesis);
        if (!StoredState.Load(chain, mark).TryLedger(genesis, mark, out var state)) throw new OperatorException("the data folder is damaged: the state has not the root that was stored with it; make it again with ./neurochain db rebuild");
        var logs = new DiskFolder(home.WalFolder);
        var heights = Wal.HeightsIn(logs).Where(height => only is null || height == only).ToList();
        if (heights.Count == 0) throw new OperatorException(only is null ? $"there are no logs in {home.WalFolder}" : $"there is no log of height {only} in {home.WalFolder}: the last few are kept");
        var replay = new WalReplay(chain, state.Under(rules ?? ChainRules.OfThisRelease), height => Wal.Read(logs, height));
        var isSame = true;
        foreach (var height in heights)
        {
            var replayed = replay.Run(height);
            output.WriteLine(replayed);
            isSame &= replayed.Difference is null && !replayed.Log.IsHarmed;
        }

        return isSame ? 0 : 1;
    }

    /// <returns>The exit code: 0 where more than a third of the power is proven guilty.</returns>
    internal static int Fork(string a, string b, ulong? height, bool json, TextWriter output)
    {
        if (Path.GetFullPath(a) == Path.GetFullPath(b)) throw new OperatorException("A and B are the same: give two");
        using var sideA = new ForkSide(a);
        using var sideB = new ForkSide(b);
        if ((height is { } given ? new Height(given) : ForkReport.FindHeight(sideA, sideB)) is not { } at)
        {
            output.WriteLine("no fork: no height that both can show was decided in two ways");
            return 1;
        }

        var report = ForkReport.Of(sideA, sideB, at);
        if (json) output.WriteLine(report.ToJson().ToJsonString(Indented));
        else report.Write(output);
        return report.Finding.IsEnough ? 0 : 1;
    }

    internal static int Certificates(NodeHome home, ulong height, string file, TextWriter output)
    {
        using var side = new ForkSide(home.Path);
        var certificates = side.At(new Height(height)) ?? throw new OperatorException($"{home.Path} does not keep height {height}");
        File.WriteAllBytes(file, certificates.Encode());
        output.WriteLine($"{file}: {certificates}");
        return 0;
    }

    private static Command CreateDiverge()
    {
        var a = new Argument<string>("A") { Description = "Folder of one node" };
        var b = new Argument<string>("B") { Description = "Folder of another node of the same chain" };
        var diverge = new Command("diverge", "Where two nodes' states part: height, transaction, module and key (both nodes must be stopped)") { a, b };
        diverge.SetAction(parsed => Diverge(new NodeHome(parsed.GetValue(a)!), new NodeHome(parsed.GetValue(b)!), Console.Out));
        return diverge;
    }

    private static Command CreateFork()
    {
        var a = new Argument<string>("A") { Description = "Folder of a stopped node, or a file that query certificates or inspect certificates made of one" };
        var b = new Argument<string>("B") { Description = "The same of the other side" };
        var height = new Option<ulong?>("--height") { Description = "Height to look at (default: the lowest that was decided in two ways)" };
        var json = new Option<bool>("--json") { Description = "Print JSON, with the evidence as bytes" };
        var fork = new Command("fork", "Who made a fork: validators that are proven guilty, each by two statements of its own") { a, b, height, json };
        fork.SetAction(parsed => Fork(parsed.GetValue(a)!, parsed.GetValue(b)!, parsed.GetValue(height), parsed.GetValue(json), Console.Out));
        return fork;
    }

    private static Command CreateCertificates()
    {
        var home = new Argument<string>("HOME") { Description = "Folder of a stopped node" };
        var height = new Option<ulong>("--height") { Description = "Which height", Required = true };
        var file = new Option<string>("--out") { Description = "File to write", Required = true };
        var certificates = new Command("certificates", "Write how a node decided a height, and the polkas that it saw, to a file for inspect fork") { home, height, file };
        certificates.SetAction(parsed => Certificates(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(height), parsed.GetValue(file)!, Console.Out));
        return certificates;
    }

    private static Command CreateReplay(ChainRules rules)
    {
        var home = new Argument<string>("HOME") { Description = "Folder of a stopped node" };
        var height = new Option<ulong?>("--height") { Description = "One height (default: all whose logs are kept)" };
        var replay = new Command("replay", "Run the logs of consensus again and compare every answer") { home, height };
        replay.SetAction(parsed => Replay(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(height) is { } one ? new Height(one) : null, Console.Out, rules));
        return replay;
    }
}
