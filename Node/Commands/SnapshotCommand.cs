using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>neurochain snapshot: the state of a stopped node as files, out and in.</summary>
internal static class SnapshotCommand
{
    public static Command Create(ChainRules rules)
    {
        var home = CommonOptions.Home();
        var create = new Command("create", "Write the state before the last block to data/snapshots (the node must be stopped)") { home };
        create.SetAction(parsed => Make(new NodeHome(parsed.GetValue(home)!), Console.Out));
        var list = new Command("list", "The snapshots of a home") { home };
        list.SetAction(parsed => List(new NodeHome(parsed.GetValue(home)!), Console.Out));
        var from = new Option<string?>("--from") { Description = "Folder of one snapshot; the newest of the home where it is not given" };
        var verify = new Command("verify", "Check a snapshot: chunks, state root, the header that has it, the certificate over that") { home, from };
        verify.SetAction(parsed => Verify(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(from), Console.Out));
        var trustHeight = new Option<ulong?>("--trust-height") { Description = "Height of a header that you trust; else the one in config.json, else the genesis" };
        var trustHash = new Option<string?>("--trust-hash") { Description = "Its hash, from somebody whom you trust" };
        var node = new Option<string?>("--node") { Description = "API of a node, host:port, that shows the headers from there to the snapshot; nothing else is believed of it" };
        var restore = new Command("restore", "Begin an empty data/store with a snapshot, proved by certified headers") { home, from, trustHeight, trustHash, node };
        restore.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = new NodeHome(parsed.GetValue(home)!);
            using var channel = parsed.GetValue(node) is { } api ? CommonOptions.Connect(api) : null;
            var genesis = folder.LoadGenesis();
            var trusted = TrustedOf(folder, parsed.GetValue(trustHeight), parsed.GetValue(trustHash));
            var trust = new SnapshotTrust(genesis, trusted, channel is null ? null : new ProofClient(channel), new LightOptions(), TimeProvider.System);
            return await RestoreAsync(folder, parsed.GetValue(from), trust, Console.Out, cancellationToken, rules).ConfigureAwait(false);
        });
        return new Command("snapshot", "The state of a node as files") { create, list, verify, restore };
    }

    /// <returns>The exit code: 0 where it was written.</returns>
    internal static int Make(NodeHome home, TextWriter output)
    {
        var genesis = home.LoadGenesis();
        using var store = DatabaseCommand.Open(home);
        var chain = new ChainStore(store);
        var mark = StoreVerifier.RequireMark(chain, genesis);
        var height = mark.Height.MinusOrGenesis(1);
        if (height == Height.Genesis || height < chain.EarliestState || chain.MarkOf(height) is not { } before)
            throw new OperatorException($"the state before block {mark.Height} is not kept: let the node decide a few blocks first");
        if (!LedgerState.TryLoad(genesis, mark, chain.StateRecords, out var state) || !state.TryRewind(before, chain.UndoBetween(mark.Height, height), out var then, out _))
            throw new OperatorException("the data folder is damaged: ./neurochain db verify says where");
        var folder = new SnapshotFolder(home.SnapshotFolder);
        if (folder.Write(then, chain, CancellationToken.None) is not { } bytes) throw new OperatorException("the state cannot be cut into chunks, or its last blocks are not kept");
        output.WriteLine(bytes == 0 ? $"{folder.PathOf(height)} is there already" : $"{folder.PathOf(height)}: {bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes");
        return 0;
    }

    internal static int List(NodeHome home, TextWriter output)
    {
        var folder = new SnapshotFolder(home.SnapshotFolder);
        foreach (var height in folder.Heights)
            output.WriteLine($"height {height,-10} {DatabaseCommand.FolderBytes(folder.PathOf(height)).ToString("N0", CultureInfo.InvariantCulture),16} bytes  {folder.PathOf(height)}");
        if (folder.Heights.Count == 0) output.WriteLine("none");
        return 0;
    }

    /// <returns>The exit code: 0 where it is whole.</returns>
    internal static int Verify(NodeHome home, string? from, TextWriter output)
    {
        var snapshot = SnapshotFolder.TryRead(Chosen(home, from), home.LoadGenesis(), out var fault);
        if (snapshot is null)
        {
            Print(output, "fault", fault);
            Print(output, "whole", "NO");
            return 1;
        }

        Describe(snapshot, output);
        Print(output, "whole", "yes");
        return 0;
    }

    /// <returns>The exit code: 0 where the node can go on from it.</returns>
    internal static async Task<int> RestoreAsync(NodeHome home, string? from, SnapshotTrust trust, TextWriter output, CancellationToken cancellationToken, ChainRules? rules = null)
    {
        if (SnapshotFolder.TryRead(Chosen(home, from), home.LoadGenesis(), out var fault) is not { } snapshot) return NotRestored(fault, output);
        try
        {
            var anchor = await trust.FollowAsync(snapshot, cancellationToken).ConfigureAwait(false);
            if (anchor.FaultOf(snapshot) is { } part) return NotRestored($"its {part} is another than certified headers say", output);
        }
        catch (NotProvedException refused)
        {
            return NotRestored(refused.Message, output);
        }

        using var store = RocksStore.Open(home.StoreFolder, ChainStore.Columns);
        var chain = new ChainStore(store);
        if (chain.Mark is not null) throw new OperatorException($"{home.StoreFolder} holds a chain already: move it away (not data/signer), or make its state again with ./neurochain db rebuild");
        if (!snapshot.TryRestore(chain, rules ?? ChainRules.OfThisRelease, out fault)) return NotRestored(fault, output);
        Describe(snapshot, output);
        Print(output, "restored", $"yes, the node goes on after height {snapshot.Next.Block.Height}");
        return 0;
    }

    private static int NotRestored(string fault, TextWriter output)
    {
        Print(output, "fault", fault);
        Print(output, "restored", "NO");
        return 1;
    }

    private static (Height Height, BlockHash Hash)? TrustedOf(NodeHome home, ulong? height, string? hash)
    {
        if (height is null != hash is null) throw new OperatorException("--trust-height and --trust-hash go together");
        if (height is null) return File.Exists(home.ConfigFile) ? NodeOptions.Load(home.ConfigFile).Trusted?.Header : null;
        var trusted = new TrustPoint(height.Value, hash!);
        return trusted.IsWhole ? trusted.Header : throw new OperatorException("--trust-height: from 1 on; --trust-hash: 0x and 64 hexadecimal digits");
    }

    private static string Chosen(NodeHome home, string? from)
    {
        if (from is not null) return Directory.Exists(from) ? from : throw new OperatorException($"--from: there is no folder {from}");
        var folder = new SnapshotFolder(home.SnapshotFolder);
        return folder.Heights.Count > 0 ? folder.PathOf(folder.Heights[^1]) : throw new OperatorException($"there is no snapshot in {home.SnapshotFolder}: give one with --from");
    }

    private static void Describe(StoredSnapshot snapshot, TextWriter output)
    {
        Print(output, "height", snapshot.State.Height.ToString());
        Print(output, "state root", snapshot.State.Root.ToString());
        Print(output, "block", snapshot.State.LastBlock.Hash.ToString());
        Print(output, "next block", $"{snapshot.Next.Block.Hash}, has this root and is signed by {snapshot.Next.Certificate.Signatures.Length} of {snapshot.State.Next.Validators.Count} validators");
        Print(output, "validators", snapshot.IsOfGenesisValidators ? "those of the genesis" : "NOT those of the genesis: restore it from a header that you trust");
    }

    private static void Print(TextWriter output, string name, string value) => output.WriteLine($"{name,-14} {value}");
}
