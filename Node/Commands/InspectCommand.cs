using System.CommandLine;
using NeuroChain.Chain;

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
        return new Command("inspect", "Look into the data of stopped nodes") { diverge };
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
}
