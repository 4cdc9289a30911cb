using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.Ledger;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>Whole nodes in this process, with sockets, disks and clocks: what cannot be seen without them. Each knows the first one only.</summary>
internal sealed class RunningNetwork : IAsyncDisposable
{
    /// <summary>Generous: the machine may be busy with other things.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly List<Member> _members = [];

    private RunningNetwork() { }

    public IReadOnlyList<Member> Members => _members;

    /// <param name="validators">So many are elected.</param>
    /// <param name="others">So many more have a validator's key and are not elected yet.</param>
    /// <param name="allows">Whether a member lets in the others who are not elected.</param>
    /// <param name="configure">Changes the genesis.</param>
    /// <param name="datasets">Folder with the data sets of its tasks.</param>
    /// <param name="change">Changes the options of all.</param>
    public static async Task<RunningNetwork> StartAsync(
        int validators, int others, Func<int, bool> allows, Func<GenesisDocument, GenesisDocument>? configure = null, string? datasets = null, Func<NodeOptions, NodeOptions>? change = null)
    {
        var network = Make(validators, others, allows, configure, datasets, change);
        foreach (var member in network._members) await member.StartAsync();
        return network;
    }

    /// <summary>The same, with nobody running yet.</summary>
    public static RunningNetwork Make(
        int validators, int others, Func<int, bool> allows, Func<GenesisDocument, GenesisDocument>? configure = null, string? datasets = null, Func<NodeOptions, NodeOptions>? change = null)
    {
        var network = new RunningNetwork();
        var options = Enumerable.Range(0, validators + others).Select(_ => new NodeOptions { Api = $"127.0.0.1:{FreePorts.Take(1)[0]}", P2p = $"127.0.0.1:{FreePorts.Take(1)[0]}" }).ToList();
        var homes = options.Select((_, i) => new NodeHome(Path.Combine(network._folder, $"node{i}"))).ToList();
        var keys = options.Select((option, i) => HomeKeys.Make(homes[i], option, ScryptCost.Light)).ToList();
        var genesis = new GenesisDocument
        {
            ChainName = "running",
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = 100, Governance = new GovernanceParameters { VotingBlocks = 1_000, DelayBlocks = 1 } },
            Validators = [.. keys.Take(validators).Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
        };
        genesis = configure?.Invoke(genesis) ?? genesis;
        if (datasets is not null) options = options.ConvertAll(option => option with { Datasets = [datasets] });
        if (change is not null) options = options.ConvertAll(option => change(option));
        for (var i = 0; i < options.Count; i++)
        {
            File.WriteAllBytes(homes[i].GenesisFile, genesis.ToJson());
            options[i] = options[i] with { Peers = [$"{keys[0].Node.Address}@{options[0].P2p}"], Observers = allows(i) ? [.. keys.Skip(validators).Select(key => key.Node.Address)] : [] };
            network._members.Add(new Member(homes[i], keys[i], options[i]));
        }

        return network;
    }

    /// <summary>Waits until each of them sends to each other, and hears from it.</summary>
    public static async Task AllConnectedAsync(IReadOnlyCollection<Member> members)
    {
        foreach (var one in members)
            foreach (var other in members.Where(member => member != one))
                await EventuallyAsync(() => one.StatusOf(other) is { Connected: true, InboundConnections: > 0 }, $"{one} and {other} are connected");
    }

    public static async Task EventuallyAsync(Func<bool> fact, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!fact())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"not in time: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>One proposes, the electorate says yes.</summary>
    public async Task VoteAsync(Member proposer, GovernanceAction action, IEnumerable<Member> electorate)
    {
        var id = OpenProposals.Get(proposer.State).NextId;
        var sequence = ValidatorRecord.Get(proposer.State, proposer.Validator)!.Sequence;
        Assert.Equal(MempoolRejection.None, await proposer.SubmitAsync(body => body.GovernanceProposal = new GovernanceProposal { Sequence = sequence, Action = action, Reason = "" }));
        foreach (var member in electorate.Where(member => member != proposer))
        {
            await EventuallyAsync(() => OpenProposals.Get(member.State).NextId > id, $"{member} knows proposal {id}");
            _ = await member.SubmitAsync(body => body.GovernanceVote = new GovernanceVote { Proposal = id, Approve = true }); // the last ones may be too late
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members) await member.StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal sealed class Member(NodeHome home, HomeKeys keys, NodeOptions options)
    {
        private NodeOptions _options = options;
        private NodeRuntime? _runtime;

        public NodeHome Home { get; } = home;

        public Address Node { get; } = keys.Node.Address;

        public PrivateKey Key { get; private set; } = keys.Validator!;

        public Address Validator => Key.Address;

        public bool IsRunning => _runtime is not null;

        /// <summary>As others name it in their peers.</summary>
        public string Endpoint => $"{Node}@{_options.P2p}";

        public string Api => _runtime!.Api.Endpoint.ToString();

        /// <summary>Of the page for holders, where its options have one.</summary>
        public string Page => _runtime!.Page!.Endpoint.ToString();

        public LedgerState State => _runtime!.Host.Current.State;

        public bool IsSilent => _runtime!.Host.Current.IsSilent;

        public async Task StartAsync(Func<NodeOptions, NodeOptions>? change = null, bool mayForget = false)
        {
            (change?.Invoke(_options) ?? _options).Save(Home.ConfigFile);
            _runtime = await NodeRuntime.StartAsync(Home, NullLoggerFactory.Instance, TimeProvider.System, ChainRules.OfThisRelease, mayForget, TestContext.Current.CancellationToken);
        }

        public async Task StopAsync()
        {
            if (_runtime is not null) await _runtime.DisposeAsync();
            _runtime = null;
        }

        /// <summary>Starts again with another key, as the operator's manual has it: the new one signs with a memory of its own.</summary>
        public async Task ReplaceKeyAsync(PrivateKey key)
        {
            await StopAsync();
            var file = $"keys/{key.Address}.json";
            KeystoreFile.Save(Home.In(file), key, File.ReadAllText(Home.In("keys/password")).TrimEnd(), ScryptCost.Light);
            Directory.Move(Home.SignerFolder, $"{Home.SignerFolder}-{Validator}");
            (_options, Key) = (_options with { ValidatorKey = file }, key);
            await StartAsync();
        }

        /// <summary>Null where neither dials the other.</summary>
        public PeerStatus? StatusOf(Member other) => _runtime!.Network.Peers.FirstOrDefault(peer => peer.Address == other.Node);

        /// <summary>Tells another one something that its own engine would never say.</summary>
        public void Send(Member to, PeerMessage message) => _runtime!.Network.Send(to.Node, PeerLane.Consensus, message.Encode());

        public async Task<MempoolRejection> SubmitAsync(Action<TransactionBody> fill)
        {
            var body = new TransactionBody { Genesis = State.GenesisHash.Value.ToByteString() };
            fill(body);
            return await SubmitAsync(Transaction.Sign(body, Key));
        }

        public Task<MempoolRejection> SubmitAsync(Transaction transaction) => _runtime!.Host.SubmitAsync(transaction);

        public bool IsBridged => _runtime!.Bridge is not null;

        public bool WatchesEthereum => Watch is not null;

        /// <summary>Null where its options name no endpoints.</summary>
        public EthereumWatch? Watch => _runtime!.Bridge?.Watch;

        /// <summary>A block with what it left; null where it is not there yet.</summary>
        public (CommittedBlock Committed, BlockOutcome Outcome)? Whole(Height height) => _runtime!.Chain.Whole(height);

        /// <summary>Null where it is in no block yet.</summary>
        public TransactionPlace? PlaceOf(TransactionHash hash) => _runtime!.Chain.PlaceOf(hash);

        /// <summary>The state after a height; null where it is not there, or no longer kept.</summary>
        public LedgerState? StateAt(Height height) => height <= State.Height ? _runtime!.States.At(height) : null;

        public override string ToString() => System.IO.Path.GetFileName(Home.Path);
    }
}
