using System.CommandLine;
using System.Security.Cryptography;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>neurochain signer: holds a validator's key in a process of its own, which signs for a node elsewhere.</summary>
internal static class SignerCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var untilInputEnds = CommonOptions.UntilInputEnds();
        var command = new Command("signer", "Sign for a node that has no validator key of its own") { home, untilInputEnds, Init() };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new NodeHome(parsed.GetValue(home)!), parsed.GetValue(untilInputEnds) ? ParentWatch.UntilInputEnds(cancellationToken) : cancellationToken));
        return command;
    }

    private static Command Init()
    {
        var home = CommonOptions.Home();
        var from = new Option<string>("--from") { Description = "Home of the stopped node whose validator key it takes over", Required = true };
        var listen = new Option<string>("--listen") { Description = "Where it listens, address:port", DefaultValueFactory = _ => new SignerOptions().Listen };
        var command = new Command("init", "Make the home of a signer from that of a node, which loses its validator key") { home, from, listen };
        command.SetAction(parsed =>
        {
            Init(new NodeHome(parsed.GetValue(home)!), new NodeHome(parsed.GetValue(from)!), parsed.GetValue(listen)!);
            return 0;
        });
        return command;
    }

    // The key and what it signed last go together, and nothing of them stays behind.
    private static void Init(NodeHome home, NodeHome node, string listen)
    {
        if (File.Exists(home.In(SignerOptions.FileName))) throw new OperatorException($"{home.In(SignerOptions.FileName)} exists: this home is made already");
        var nodeOptions = NodeOptions.Load(node.ConfigFile);
        if (nodeOptions.ValidatorKey is not { } validatorKey) throw new OperatorException($"{node.ConfigFile}: validator_key: this node has none");
        var password = node.Password(nodeOptions);
        var validator = node.LoadKey(validatorKey, password);
        var options = new SignerOptions { Listen = listen, GenesisHash = node.LoadGenesis().Hash.Value, Nodes = [node.LoadKey(nodeOptions.NodeKey, password).Address] };
        var endpoint = options.Endpoint;
        using (SignerLease.Take(validator.Address))
        {
            Directory.CreateDirectory(home.In("data"));
            if (Directory.Exists(home.SignerFolder)) throw new OperatorException($"{home.SignerFolder} exists: it is the memory of some key");
            var identity = PrivateKey.Generate();
            var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            KeystoreFile.Save(home.In(options.NodeKey), identity, fresh, ScryptCost.Standard);
            KeystoreFile.Save(home.In(options.Key), validator, fresh, ScryptCost.Standard);
            SecretFile.Write(home.In(options.PasswordFile!), fresh + "\n");
            if (Directory.Exists(node.SignerFolder)) CopyThenDelete(node.SignerFolder, home.SignerFolder);
            options.Save(home.In(SignerOptions.FileName));
            (nodeOptions with { ValidatorKey = null, Signer = $"{identity.Address}@{endpoint}" }).Save(node.ConfigFile);
            File.Delete(node.In(validatorKey));
            Console.WriteLine($"validator  {validator.Address}");
            Console.WriteLine($"signer     {identity.Address}@{endpoint}");
            Console.WriteLine($"start it with: ./neurochain signer --home {home.Path}, and then the node");
        }
    }

    // The homes may be on two file systems. A memory in two places is worse than none in the second: the first goes only when the second is whole.
    private static void CopyThenDelete(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            using var handle = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        Directory.Delete(from, recursive: true);
    }

    private static async Task<int> RunAsync(NodeHome home, CancellationToken cancellationToken)
    {
        var options = SignerOptions.Load(home.In(SignerOptions.FileName));
        using var loggers = LoggerFactory.Create(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddProvider(new FileLoggerProvider(home.In("signer.log"), LogLevel.Information, TimeProvider.System)));
        var host = await SignerHost.StartAsync(home, options, TimeProvider.System, loggers, cancellationToken).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            Console.WriteLine($"signing for {host.Validator} as {host.Identity} on port {host.Port}");
            var stop = Task.Delay(System.Threading.Timeout.Infinite, cancellationToken);
            if (await Task.WhenAny(stop, host.Completion).ConfigureAwait(false) != stop) await host.Completion.ConfigureAwait(false); // throws what stopped it
        }

        Console.WriteLine("stopped");
        return 0;
    }
}
