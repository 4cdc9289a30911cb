using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Makes the folders of a local test network: DIR/node0.. each whole, and DIR/trainer0.. with a funded key each.</summary>
internal static class TestnetHomes
{
    public const string DatasetFolder = FashionMnist.Folder;

    public static string NodeFolder(string root, int index) => Path.Combine(root, $"node{index}");

    public static string TrainerFolder(string root, int index) => Path.Combine(root, $"trainer{index}");

    public static int ApiPort(int basePort, int index) => basePort + (10 * index) + 1;

    /// <summary>Nodes whose homes are there already.</summary>
    public static int Count(string root) => Enumerable.Range(0, Limits.ValidatorsMax).TakeWhile(i => File.Exists(new NodeHome(NodeFolder(root, i)).ConfigFile)).Count();

    /// <exception cref="OperatorException">The data set is not installed.</exception>
    public static void Make(string root, int validators, int basePort)
    {
        var (training, test) = IdxFolder.Load(DatasetFolder);
        var options = Enumerable.Range(0, validators).Select(i => new NodeOptions { Api = $"127.0.0.1:{ApiPort(basePort, i)}", P2p = $"127.0.0.1:{basePort + (10 * i)}" }).ToList();
        var keys = options.Select((option, i) => HomeKeys.Make(new NodeHome(NodeFolder(root, i)), option, ScryptCost.Light)).ToList();
        var trainers = Enumerable.Range(0, validators).Select(i => TrainerHome.Make(TrainerFolder(root, i), Trainer(ApiPort(basePort, i)))).ToList();
        var genesis = TestnetTask.AddTo(Genesis(keys, trainers), training, test, Hash256.Sha256("NeuroChain testnet: where learning begins"u8));
        var peers = keys.Select((key, i) => $"{key.Node.Address}@127.0.0.1:{basePort + (10 * i)}");
        for (var i = 0; i < validators; i++)
        {
            var home = new NodeHome(NodeFolder(root, i));
            File.WriteAllBytes(home.GenesisFile, genesis.ToJson());
            (options[i] with { Peers = [.. peers], Trainers = [trainers[i].Address] }).Save(home.ConfigFile);
        }
    }

    // Small steps: the small network would learn nearly all it can within the first training round.
    private static TrainerSettings Trainer(int apiPort) => new() { Node = $"127.0.0.1:{apiPort}", LearningRate = 0.01f, MeasureSamples = 4000 };

    private static GenesisDocument Genesis(List<HomeKeys> keys, List<PrivateKey> trainers) => new()
    {
        ChainName = "testnet",
        TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Parameters = new ChainParameters { Training = new TrainingParameters { EvaluationSamples = 4096, RetargetTauBlocks = 600 } },
        Validators = [.. keys.Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
        Allocations =
        [
            .. keys.Select(key => new GenesisAllocation(key.Validator!.Address, Amount.FromNtk(1_000_000))),
            .. trainers.Select(trainer => new GenesisAllocation(trainer.Address, Amount.FromNtk(100_000))),
        ],
        RewardReserve = Amount.FromNtk(10_000_000),
    };
}
