using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Settings of one node: config.json in its home. They may differ from node to node; what must be equal is in the genesis.</summary>
public sealed record NodeOptions
{
    /// <summary>Where clients reach the gRPC API. On loopback: whoever reaches it may submit checkpoints.</summary>
    public string Api { get; init; } = "127.0.0.1:26657";

    /// <summary>The page for token holders of a bridged chain; null serves none.</summary>
    public BridgePageOptions? BridgePage { get; init; }

    /// <summary>Where peers reach this node.</summary>
    public string P2p { get; init; } = "127.0.0.1:26656";

    /// <summary>
    /// Where peers are told to reach this node: "host:port"; null is the address of <see cref="P2p"/>, unless it is any address (0.0.0.0).
    /// </summary>
    public string? Advertise { get; init; }

    /// <summary>
    /// Other nodes, each "address@host:port". This node's own entry may be among them. Those that are missing are heard of from these, as long
    /// as one is there.
    /// </summary>
    public ImmutableArray<string> Peers { get; init; } = [];

    /// <summary>Whether nodes of the same chain on the local network are looked for, and answered, by multicast.</summary>
    public bool Discovery { get; init; }

    /// <summary>Node addresses that may connect besides those of the validators: observers.</summary>
    public ImmutableArray<Address> Observers { get; init; } = [];

    /// <summary>Key file of the validator, in the home or absolute; null for an observer.</summary>
    public string? ValidatorKey { get; init; } = "keys/validator.json";

    /// <summary>
    /// A signer in a process of its own in place of <see cref="ValidatorKey"/>, which must be null then: "address@host:port", the address being the
    /// signer's own.
    /// </summary>
    public string? Signer { get; init; }

    /// <summary>Key file of the node's identity on the network.</summary>
    public string NodeKey { get; init; } = "keys/node.json";

    /// <summary>File that holds the password of both; where it is null the variable NEUROCHAIN_PASSWORD does.</summary>
    public string? PasswordFile { get; init; } = "keys/password";

    /// <summary>Trainers to whose candidates this validator consents to lead for.</summary>
    public ImmutableArray<Address> Trainers { get; init; } = [];

    /// <summary>Key file of a custodian of sealed hold-outs, which this node takes seats and shows keys for; null for none.</summary>
    public string? CustodianKey { get; init; }

    /// <summary>Suppliers in whose sealed sets the custodian takes a seat, and puts a bond down.</summary>
    public ImmutableArray<Address> Suppliers { get; init; } = [];

    /// <summary>Folders with data sets in IDX form (train-images-idx3-ubyte.gz and so on). Those that the chain names are needed to attest.</summary>
    public ImmutableArray<string> Datasets { get; init; } = ["/usr/share/datasets/fashion-mnist"];

    /// <summary>Threads of the evaluator.</summary>
    public int EvaluationThreads { get; init; } = 1;

    /// <summary>How many samples an instruction of the evaluator carries: "auto", "scalar", "256" or "512". The result does not depend on it.</summary>
    public string EvaluationPath { get; init; } = Node.EvaluationPath.Auto;

    /// <summary>Resident memory above which an evaluator is ended, in MiB.</summary>
    public int EvaluatorMemoryMb { get; init; } = 2_048;

    /// <summary>PEM files with the roots of makers of devices: evidence that a reveal brings about its device is checked against these, for whoever asks.</summary>
    public ImmutableArray<string> DeviceRoots { get; init; } = [];

    /// <summary>Blocks that are kept, with certificates, receipts, events and the places of transactions; 0 keeps all. Never fewer than 128.</summary>
    public int KeepBlocks { get; init; }

    /// <summary>Heights back from the newest whose state can be had again, for proofs and queries about the past. Never fewer than 128.</summary>
    public int ProofHeights { get; init; } = 1024;

    /// <summary>Rounds of each task whose judged candidates are kept, from the last one back; 0 keeps those of all rounds. Certified ones always stay.</summary>
    public int KeepCandidateRounds { get; init; } = 256;

    /// <summary>Bytes of checkpoints and deltas beyond which no more are taken or fetched.</summary>
    public long BlobBytesMax { get; init; } = 20L << 30;

    /// <summary>Every so many heights the state is written to data/snapshots; 0 writes none.</summary>
    public int SnapshotEvery { get; init; }

    /// <summary>The newest snapshots that are kept.</summary>
    public int SnapshotsKept { get; init; } = 2;

    /// <summary>Whether a node with an empty store begins with a snapshot that its peers keep, proved by certified headers.</summary>
    public bool SnapshotSync { get; init; }

    /// <summary>Snapshots of lower heights are left alone: so many blocks are fetched soon enough.</summary>
    public int SnapshotSyncHeights { get; init; } = 1_000;

    /// <summary>The header from which the headers that prove a snapshot are followed; null follows them from genesis.</summary>
    public TrustPoint? Trusted { get; init; }

    /// <summary>Where this node reads Ethereum, on a chain with a bridge; null for a node that does not watch.</summary>
    public EthereumSettings? Ethereum { get; init; }

    /// <summary>A relayer that brings to Ethereum what this chain has for its vault; null for one of sets, where a validator watches Ethereum, else none.</summary>
    public RelaySettings? Relay { get; init; }

    /// <summary>Least level that is logged: "Debug", "Information", "Warning" or "Error".</summary>
    public string LogLevel { get; init; } = "Information";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new TextConverter<Address>(Address.TryParse, "0x and 40 hexadecimal digits") },
    };

    [JsonIgnore]
    public IPEndPoint ApiEndpoint => Endpoint("api", Api);

    [JsonIgnore]
    public IPEndPoint P2PEndpoint => Endpoint("p2p", P2p);

    [JsonIgnore]
    public IReadOnlyList<PeerEndpoint> PeerEndpoints =>
        [.. Peers.Select(text => PeerEndpoint.TryParse(text, out var peer) ? peer : throw Bad("peers", $"address@host:port, not \"{text}\""))];

    [JsonIgnore]
    public EngineOptions EvaluationEngine => new(
        EvaluationThreads, Node.EvaluationPath.TryParse(EvaluationPath, out var path) ? path : throw Bad("evaluation_path", $"\"auto\", \"scalar\", \"256\" or \"512\", not \"{EvaluationPath}\""));

    /// <summary>Null where the node has its key itself, or is an observer.</summary>
    [JsonIgnore]
    public PeerEndpoint? SignerEndpoint => Signer is null ? null : PeerEndpoint.TryParse(Signer, out var signer) ? signer : throw Bad("signer", $"address@host:port, not \"{Signer}\"");

    /// <summary>Where this node says that it is reached; null where nobody is told.</summary>
    public PeerEndpoint? AdvertisedEndpoint(Address node)
    {
        if (Advertise is not null)
            return PeerEndpoint.TryParse($"{node}@{Advertise}", out var named) && SignedEndpoint.Fits(named.Host) ? named : throw Bad("advertise", $"host:port, not \"{Advertise}\"");
        var listen = P2PEndpoint;
        if (listen.Port == 0 || listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)) return null;
        var host = new IPEndPoint(listen.Address, 0).ToString()[..^":0".Length];
        return SignedEndpoint.Fits(host) ? new PeerEndpoint(node, host, listen.Port) : null;
    }

    /// <exception cref="OperatorException">Names the key and the form that is wanted.</exception>
    public static NodeOptions Load(string path)
    {
        var options = OptionsFile.Load<NodeOptions>(path, "config", "make a home with ./neurochain init --home DIR", Json);
        options.Check();
        return options;
    }

    public void Save(string path) => OptionsFile.Save(path, this, Json);

    private void Check()
    {
        _ = ApiEndpoint;
        _ = P2PEndpoint;
        _ = BridgePage?.Endpoint;
        if (Peers.IsDefault || Observers.IsDefault || Trainers.IsDefault || Suppliers.IsDefault || Datasets.IsDefault || DeviceRoots.IsDefault) throw Bad("peers, observers, trainers, suppliers, datasets, device_roots", "lists");
        _ = PeerEndpoints;
        _ = AdvertisedEndpoint(default);
        if (SignerEndpoint is not null && ValidatorKey is not null) throw Bad("signer", "validator_key must be null beside it: the signer has the key, and the node needs none");
        if (CustodianKey is not null && ValidatorKey is null && Signer is null) throw Bad("custodian_key", "null without a validator: an observer has nobody who keeps blobs for it");
        if (EvaluationThreads is < 1 or > 256) throw Bad("evaluation_threads", "a number from 1 to 256");
        _ = EvaluationEngine;
        if (EvaluatorMemoryMb is < 512 or > 65_536) throw Bad("evaluator_memory_mb", "a number of MiB from 512 to 65536");
        if (KeepBlocks < 0) throw Bad("keep_blocks", "0 for all, or a number of blocks");
        if (KeepCandidateRounds < 0) throw Bad("keep_candidate_rounds", "0 for all, or a number of rounds");
        if (BlobBytesMax < BlobLimits.BlobBytesMax) throw Bad("blob_bytes_max", $"a number of bytes from {BlobLimits.BlobBytesMax} on, the greatest blob");
        if (ProofHeights < 0) throw Bad("proof_heights", "a number of heights");
        if (SnapshotEvery < 0) throw Bad("snapshot_every", "0 for none, or a number of heights");
        if (SnapshotsKept is < 1 or > 1_000) throw Bad("snapshots_kept", "a number from 1 to 1000");
        if (SnapshotSyncHeights < 1) throw Bad("snapshot_sync_heights", "a number of heights from 1 on");
        if (Trusted is { IsWhole: false }) throw Bad("trusted", "{\"height\": a number from 1 on, \"hash\": \"0x and 64 hexadecimal digits\"}");
        Ethereum?.Check();
        Relay?.Check();
        if (LogLevel is not ("Debug" or "Information" or "Warning" or "Error")) throw Bad("log_level", "\"Debug\", \"Information\", \"Warning\" or \"Error\"");
    }

    private static IPEndPoint Endpoint(string key, string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal) ? endpoint : throw Bad(key, $"address:port, not \"{text}\"");

    private static OperatorException Bad(string key, string wanted) => new($"config: {key}: {wanted}");
}
