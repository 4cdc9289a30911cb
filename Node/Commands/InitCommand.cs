using System.CommandLine;
using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain init: makes the home of one node.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var genesis = new Option<string?>("--genesis") { Description = "Genesis file of an existing chain; without it a chain with this node as its only validator is begun" };
        var observer = new Option<bool>("--observer") { Description = "No validator key: follow the chain without voting" };
        var name = new Option<string>("--chain-name") { Description = "Name of a new chain", DefaultValueFactory = _ => "neurochain" };
        var command = new Command("init", "Make the home of a node: keys, config.json, genesis.json") { home, genesis, observer, name };
        command.SetAction(parsed =>
        {
            Run(new NodeHome(parsed.GetValue(home)!), parsed.GetValue(genesis), parsed.GetValue(observer), parsed.GetValue(name)!);
            return 0;
        });
        return command;
    }

    private static void Run(NodeHome home, string? genesisFile, bool isObserver, string chainName)
    {
        if (File.Exists(home.ConfigFile)) throw new OperatorException($"{home.ConfigFile} exists: this home is made already");
        if (genesisFile is not null && !File.Exists(genesisFile)) throw new OperatorException($"--genesis: there is no {genesisFile}");
        if (isObserver && genesisFile is null) throw new OperatorException("an observer needs --genesis");
        var given = genesisFile is null ? null : GenesisDocument.Parse(File.ReadAllBytes(genesisFile));
        var options = new NodeOptions { ValidatorKey = isObserver ? null : "keys/validator.json" };
        var keys = HomeKeys.Make(home, options, ScryptCost.Standard);
        options.Save(home.ConfigFile);

        Console.WriteLine($"node       {keys.Node.Address}");
        if (keys.Validator is { } validator) Console.WriteLine($"validator  {validator.Address}");
        var genesis = given ?? NewChain(chainName, keys.Validator!, keys.Node);
        File.WriteAllBytes(home.GenesisFile, genesis.ToJson());
        Console.WriteLine($"genesis    {genesis.Hash}");
        if (given is not null && keys.Validator is { } joining && !genesis.ValidatorSet().Contains(joining.Address))
            Console.WriteLine("this validator is not in the genesis: until it is admitted the node follows without voting");
        Console.WriteLine($"start it with: ./neurochain start --home {home.Path}");
    }

    // The validators' device demand is for real chains: a GPU.
    private static GenesisDocument NewChain(string name, PrivateKey validator, PrivateKey node) => new()
    {
        ChainName = name,
        TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Parameters = new ChainParameters { Training = new TrainingParameters { RequireDevice = "cuda" } },
        Validators = [new GenesisValidator(validator.Address, node.Address, 1)],
        Allocations = [new GenesisAllocation(validator.Address, Amount.FromNtk(1_000_000))],
        RewardReserve = Amount.FromNtk(10_000_000),
    };
}

/// <summary>The keys of a home.</summary>
internal sealed record HomeKeys(PrivateKey Node, PrivateKey? Validator)
{
    /// <summary>Makes fresh key files under a fresh random password.</summary>
    public static HomeKeys Make(NodeHome home, NodeOptions options, ScryptCost cost)
    {
        Directory.CreateDirectory(home.Path);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var node = PrivateKey.Generate();
        KeystoreFile.Save(home.In(options.NodeKey), node, password, cost);
        PrivateKey? validator = null;
        if (options.ValidatorKey is { } name)
        {
            validator = PrivateKey.Generate();
            KeystoreFile.Save(home.In(name), validator, password, cost);
        }

        SecretFile.Write(home.In(options.PasswordFile!), password + "\n");
        return new HomeKeys(node, validator);
    }
}

/// <summary>A file that only its owner may read.</summary>
internal static class SecretFile
{
    public static void Write(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
