using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>neurochain verify: derives again, from the data folder of a stopped node, what the chain says.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var from = new Option<ulong>("--from") { Description = "Evaluate the certificates from this height on", DefaultValueFactory = _ => 1 };
        var to = new Option<ulong>("--to") { Description = "Evaluate the certificates up to this height", DefaultValueFactory = _ => ulong.MaxValue };
        var training = new Command("training", "Replay all blocks and evaluate every certificate again (the node must be stopped)") { home, from, to };
        training.SetAction(parsed => Training(new NodeHome(parsed.GetValue(home)!), new Height(parsed.GetValue(from)), new Height(parsed.GetValue(to)), Console.Out));

        var height = new Argument<ulong>("height") { Description = "Height of the block" };
        var block = new Command("block", "What one block proves by itself, and what it only declares (the node must be stopped)") { height, home };
        block.SetAction(parsed => Block(new NodeHome(parsed.GetValue(home)!), new Height(parsed.GetValue(height)), Console.Out));
        return new Command("verify", "Check what the chain says, trusting nobody") { training, block };
    }

    /// <returns>The exit code: 0 where everything was derived again.</returns>
    internal static int Training(NodeHome home, Height from, Height to, TextWriter output)
    {
        if (from > to) throw new OperatorException("--from: not above --to");
        var options = NodeOptions.Load(home.ConfigFile);
        var genesis = home.LoadGenesis();
        using var store = Open(home);
        var evaluator = new Evaluator(DatasetFolders.Load(options.Datasets), options.EvaluationEngine);
        var statements = new StatementEvaluator(genesis, new BlobStore(store, ChainStore.Blobs), evaluator);
        output.WriteLine(VerificationText.Title);
        var report = new TrainingVerifier(genesis, new ChainStore(store), statements, from, to).Run(round => output.WriteLine(VerificationText.Line(round)));
        VerificationText.Summary(report, output);
        return report.IsVerified ? 0 : 1;
    }

    /// <returns>The exit code: 0 where the block proves itself.</returns>
    internal static int Block(NodeHome home, Height height, TextWriter output)
    {
        var genesis = home.LoadGenesis();
        using var store = Open(home);
        var stored = new StoredChain(new ChainStore(store)).Block(height, out var damage);
        if (stored is null)
        {
            output.WriteLine(damage);
            return 1;
        }

        // The set that is trusted: the one in the genesis.
        var validators = genesis.ValidatorSet();
        var check = BlockVerifier.Check(stored.Block.Bytes.Span, stored.Certificate.Encode(), genesis.Hash, validators);
        var options = File.Exists(home.ConfigFile) ? NodeOptions.Load(home.ConfigFile) : new NodeOptions();
        var chain = new ChainStore(store);
        var evidence = new DeviceEvidence(genesis.Hash, at => chain.Get(at)?.Block, DeviceRoots.Load(options.DeviceRoots));
        BlockProofText.Write(check, validators, proof => evidence.Of(proof, height), output);
        return check.IsProved ? 0 : 1;
    }

    // A store is made where there is none: that must not happen to a home that was mistyped.
    private static RocksStore Open(NodeHome home) =>
        Directory.Exists(home.StoreFolder)
            ? RocksStore.Open(home.StoreFolder, ChainStore.Columns)
            : throw new OperatorException($"--home: there is no data in {home.StoreFolder}");
}
