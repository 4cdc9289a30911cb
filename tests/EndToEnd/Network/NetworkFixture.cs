using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.NextRelease;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>What a test network is like, where it is not as most are.</summary>
internal sealed record NetworkShape
{
    // Fast, so that tests wait for blocks and not for the pause between them.
    public uint BlockIntervalMs { get; init; } = 250;

    public NetworkLayout Layout { get; init; } = new();

    /// <summary>Keys that the genesis gives 1000 NTK each, besides the one that all networks have.</summary>
    public int Payers { get; init; }

    /// <summary>Every so many heights the validators keep a snapshot, and all of them; 0 keeps none.</summary>
    public int SnapshotEvery { get; init; }

    /// <summary>Accounts that only fill the state.</summary>
    public int IdleAccounts { get; init; }

    /// <summary>Observers that the validators let in; tests start them.</summary>
    public int Guests { get; init; }

    /// <summary>Whether nobody is told of anybody, and all look for each other on the local network.</summary>
    public bool Discovers { get; init; }

    /// <summary>The home of the last validator is on a disk of so many megabytes, where this process may mount one; 0 for none.</summary>
    public int SmallDiskMegabytes { get; init; }

    /// <summary>Whether there is something to learn, and a trainer of the first validator's that does.</summary>
    public bool Trains { get; init; }

    /// <summary>What the trainer learns; null for the chain's first task.</summary>
    public string? TrainedTask { get; init; }

    /// <summary>So many samples of digits and letters are a stored training set, which the task on them learns from; 0 for the generator.</summary>
    public int StoredSamples { get; init; }

    /// <summary>So many nodes, the first ones, have a custodian each, which takes seats in the sealed sets of <see cref="NetworkFixture.Funded"/>.</summary>
    public int Custodians { get; init; }
}

/// <summary>Four validators, each a process of its own, in a folder that is gone afterwards.</summary>
public class NetworkFixture : IAsyncLifetime
{
    public const int Validators = 4;

    /// <summary>A custodian's key file, in the home of its node.</summary>
    public const string CustodianKey = "keys/custodian.json";

    private readonly NetworkShape _shape;
    private readonly TemporaryFolder _folder = new();
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<NodeProcess> _strangers = [];
    private readonly List<string> _peers = [];
    private readonly Queue<(NodeHome Home, NodeOptions Options, HomeKeys Keys)> _guests = [];

    private ChildProcess? _trainer;

    public NetworkFixture() : this(new NetworkShape()) { }

    private protected NetworkFixture(NetworkShape shape)
    {
        _shape = shape;
        Payers = [.. Enumerable.Range(0, shape.Payers).Select(_ => PrivateKey.Generate())];
    }

    internal IReadOnlyList<NodeProcess> Nodes => _nodes;

    internal GenesisDocument Genesis { get; private set; } = null!;

    /// <summary>A key that the genesis gives 1000 NTK.</summary>
    internal PrivateKey Funded { get; } = PrivateKey.Generate();

    internal IReadOnlyList<PrivateKey> Payers { get; }

    /// <summary>Whether the nodes run; they do not where the layout cannot be had here.</summary>
    internal bool IsUp => _nodes.Count > 0;

    /// <summary>Where the home of the last validator is; null where it is with the others.</summary>
    internal SmallDisk? SmallDisk { get; private set; }

    /// <summary>What the trainer says; empty where there is none.</summary>
    internal string TrainerOutput => _trainer?.Output ?? "";

    /// <summary>Its key file.</summary>
    internal string FundedKeyFile => _folder["funded.json"];

    internal TrainerHome Trainer => new(_folder["trainer"]);

    internal string PasswordFile => _folder["password"];

    /// <summary>The stored training set, where the shape asks for one.</summary>
    internal string StoredFolder => _folder["stored"];

    public async ValueTask InitializeAsync()
    {
        if (!_shape.Layout.IsAvailable) return;
        await _shape.Layout.PrepareAsync(Validators);
        KeystoreFile.Save(FundedKeyFile, Funded, "correct horse", ScryptCost.Light);
        await File.WriteAllTextAsync(PasswordFile, "correct horse\n");
        MakeHomes();
        foreach (var node in _nodes) node.Start();
        await Task.WhenAll(_nodes.Select(node => node.WaitUntilUpAsync()));
        if (_shape.Trains) StartTrainer();
    }

    /// <summary>The trainer of the first validator; for one that runs, <see cref="StopTrainerAsync"/> comes first.</summary>
    internal void StartTrainer(Func<TrainerSettings, TrainerSettings>? change = null)
    {
        if (change is not null)
        {
            var file = new TrainerHome(_folder["trainer"]).SettingsFile;
            change(TrainerSettings.Load(file)).Save(file);
        }

        _trainer?.Dispose();
        _trainer = ChildProcess.StartNeurochain("train", "--home", _folder["trainer"], "--until-stdin-closes");
    }

    /// <summary>A second trainer, which learns on and on and never has anything to offer: all that training can take of a machine.</summary>
    internal ChildProcess StartBusyTrainer()
    {
        TrainerHome.Make(_folder["busy"], new TrainerSettings { Node = Nodes[0].Api, StepsMin = 100_000_000, StepsMax = 100_000_000 });
        return ChildProcess.StartNeurochain("train", "--home", _folder["busy"], "--until-stdin-closes");
    }

    /// <summary>The trainer lives, and what it brings is taken; how much of it was certified.</summary>
    internal async Task<ulong> TrainsAsync()
    {
        var training = new TrainingClient(Nodes[0].Client.Channel);
        await Eventually.HoldsAsync(
            async () => (await training.TasksAsync(TestContext.Current.CancellationToken)).Any(task => task.TrainingRound > 1 || task.Candidates > 0), "a candidate is brought");
        return (await training.TasksAsync(TestContext.Current.CancellationToken)).Aggregate(0UL, (sum, task) => sum + task.Certified);
    }

    public async ValueTask DisposeAsync()
    {
        _trainer?.Dispose();
        foreach (var node in _nodes.Concat(_strangers)) node.Dispose();
        await _shape.Layout.DisposeAsync();
        try
        {
            SmallDisk?.Free();
            foreach (var node in _nodes.Concat(_strangers)) Replay(node);
        }
        finally
        {
            SmallDisk?.Dispose();
            _folder.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    // Whatever the tests did to them: each log that a node has left leads again to what it did.
    private static void Replay(NodeProcess node)
    {
        if (!Directory.Exists(node.Home.WalFolder)) return; // it was never started
        using var report = new StringWriter();
        // Of whichever release it was: the next one knows all rules of this one.
        if (InspectCommand.Replay(node.Home, null, report, NextRules.All) != 0) throw new InvalidOperationException($"the logs of {node.Name} lead elsewhere:\n{report}");
    }

    /// <summary>Makes a node that knows genesis and peers, and that nobody knows.</summary>
    internal NodeProcess AddStranger()
    {
        var home = new NodeHome(_folder[$"stranger{_strangers.Count}"]);
        var options = NewOptions() with { Peers = [.. _peers], ValidatorKey = null };
        var keys = HomeKeys.Make(home, options, ScryptCost.Light);
        File.WriteAllBytes(home.GenesisFile, Genesis.ToJson());
        options.Save(home.ConfigFile);
        var stranger = new NodeProcess("stranger", home, options, keys);
        _strangers.Add(stranger);
        return stranger;
    }

    /// <summary>Makes one of the observers that the validators let in, with the settings that a test wants.</summary>
    internal NodeProcess AddGuest(Func<NodeOptions, NodeOptions> change)
    {
        var (home, options, keys) = _guests.Dequeue();
        File.WriteAllBytes(home.GenesisFile, Genesis.ToJson());
        var whole = change(options with { Peers = [.. _peers] });
        whole.Save(home.ConfigFile);
        var guest = new NodeProcess(Path.GetFileName(home.Path), home, whole, keys);
        _strangers.Add(guest);
        return guest;
    }

    /// <summary>All of them are at this height or above.</summary>
    internal Task AllReachAsync(ulong height, TimeSpan? limit = null) => Task.WhenAll(_nodes.Select(node => node.ReachesAsync(height, limit)));

    internal async Task<ulong> HighestAsync() => (await Task.WhenAll(_nodes.Where(n => n.IsRunning).Select(node => node.HeightAsync()))).Max();

    /// <summary>The trainer ends as where its library crashes or its memory is gone: at once, without a word.</summary>
    internal void KillTrainer() => _trainer?.Kill();

    /// <summary>From now on nobody learns.</summary>
    internal async Task StopTrainerAsync()
    {
        if (_trainer is null) return;
        _trainer.CloseInput();
        Assert.Equal(0, await _trainer.WaitAsync(Eventually.Limit));
    }

    /// <summary>The ends of all logs.</summary>
    internal string Tails(int lines) => string.Join('\n', _nodes.Concat(_strangers).Select(node => $"--- {node.Name}\n{node.Tail(lines)}"));

    private void MakeHomes()
    {
        if (_shape.SmallDiskMegabytes > 0) SmallDisk = SmallDisk.TryMount(_shape.SmallDiskMegabytes, out _);
        var homes = Enumerable.Range(0, Validators).Select(i => new NodeHome(i == Validators - 1 && SmallDisk is not null ? SmallDisk["node"] : _folder[$"node{i}"])).ToList();
        for (var i = 0; i < _shape.Guests; i++)
        {
            var guest = (Home: new NodeHome(_folder[$"guest{i}"]), Options: NewOptions() with { ValidatorKey = null });
            _guests.Enqueue((guest.Home, guest.Options, HomeKeys.Make(guest.Home, guest.Options, ScryptCost.Light)));
        }

        ImmutableArray<Address> observers = [.. _guests.Select(guest => guest.Keys.Node.Address)];
        var options = Enumerable.Range(0, Validators).Select(i => NewOptions(_shape.Layout.Place(i)) with { SnapshotEvery = _shape.SnapshotEvery, SnapshotsKept = 1_000, Observers = observers }).ToList();
        var keys = homes.Select((home, i) => HomeKeys.Make(home, options[i], ScryptCost.Light)).ToList();
        _peers.AddRange(keys.Select((key, i) => $"{key.Node.Address}@{options[i].P2p}"));
        Genesis = new GenesisDocument
        {
            ChainName = "end-to-end",
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = _shape.BlockIntervalMs, Governance = new GovernanceParameters { VotingBlocks = 200, DelayBlocks = 2 } },
            Validators = [.. keys.Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
            Allocations = [.. Payers.Prepend(Funded).Select(key => key.Address).Concat(IdleAccounts()).Select(address => new GenesisAllocation(address, Amount.FromNtk(1000)))],
        };
        if (_shape.Trains)
        {
            var settings = new TrainerSettings { Node = options[0].Api, Task = _shape.TrainedTask };
            var trainer = TrainerHome.Make(_folder["trainer"], _shape.StoredSamples > 0 ? settings with { Dataset = StoredFolder } : settings);
            options[0] = options[0] with { Trainers = [trainer.Address] };
            Genesis = TrainingGenesis.With(Genesis, trainer.Address);
            if (_shape.StoredSamples > 0)
            {
                Genesis = TrainingGenesis.WithStored(Genesis, _shape.StoredSamples, StoredFolder);
                options = [.. options.Select(one => one with { Datasets = [.. one.Datasets, StoredFolder] })];
            }
        }

        for (var i = 0; i < _shape.Custodians; i++)
        {
            var custodian = PrivateKey.Generate();
            KeystoreFile.Save(Path.Combine(homes[i].Path, CustodianKey), custodian, File.ReadAllText(Path.Combine(homes[i].Path, "keys", "password")).TrimEnd(), ScryptCost.Light);
            options[i] = options[i] with { CustodianKey = CustodianKey, Suppliers = [Funded.Address] };
            Genesis = Genesis with { Allocations = [.. Genesis.Allocations, new GenesisAllocation(custodian.Address, Amount.FromNtk(1000))] };
        }

        for (var i = 0; i < Validators; i++)
        {
            File.WriteAllBytes(homes[i].GenesisFile, Genesis.ToJson());
            var whole = _shape.Discovers
                ? options[i] with { Discovery = true }
                : options[i] with { Peers = [.. keys.Select((key, to) => $"{key.Node.Address}@{_shape.Layout.Dial(i, to, options[to].P2p)}")] };
            whole.Save(homes[i].ConfigFile);
            _nodes.Add(new NodeProcess($"node{i}", homes[i], whole, keys[i], _shape.Layout.Within(i)));
        }
    }

    private IEnumerable<Address> IdleAccounts()
    {
        var stream = new SeededStream(Hash256.Sha256("accounts of nobody"u8));
        for (var i = 0; i < _shape.IdleAccounts; i++) yield return Address.FromBytes(stream.NextHash().ToArray().AsSpan(0, Address.Size));
    }

    private static NodeOptions NewOptions() => NewOptions(new NetworkLayout().Place(0));

    private static NodeOptions NewOptions((string Api, string P2p) place) => new() { Api = place.Api, P2p = place.P2p };
}

/// <summary>Hardly a pause between two blocks: whenever it is hit, votes are on their way.</summary>
public sealed class RestlessNetworkFixture() : NetworkFixture(new NetworkShape { BlockIntervalMs = 10 });
