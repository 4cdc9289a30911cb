using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>neurochain inspect: looks into the data of stopped nodes.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var a = new Argument<string>("A") { Description = "Folder of one node" };
        var b = new Argument<string>("B") { Description = "Folder of another node of the same chain" };
        var diverge = new Command("diverge", "Where two nodes' states part: height, transaction, module and key (both nodes must be stopped)") { a, b };
        diverge.SetAction(parsed => Diverge(new NodeHome(parsed.GetValue(a)!), new NodeHome(parsed.GetValue(b)!), Console.Out));
        var home = new Argument<string>("HOME") { Description = "Folder of a node" };
        var height = new Option<ulong?>("--height") { Description = "One height; all whose logs are kept where it is not given" };
        var replay = new Command("replay", "Run the logs of consensus again and compare every answer (the node must be stopped)") { home, height };
        replay.SetAction(parsed => Replay(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(height) is { } one ? new Height(one) : null, Console.Out));
        return new Command("inspect", "Look into the data of stopped nodes") { diverge, replay };
    }

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
    internal static int Replay(NodeHome home, Height? only, TextWriter output)
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
        var replay = new WalReplay(chain, state, height => Wal.Read(logs, height));
        var isSame = true;
        foreach (var height in heights)
        {
            var replayed = replay.Run(height);
            output.WriteLine(replayed);
            isSame &= replayed.Difference is null && !replayed.Log.IsHarmed;
        }

        return isSame ? 0 : 1;
    }
}
