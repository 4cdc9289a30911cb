using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace NeuroChain.Chain;

/// <summary>A validator at the start: its signing key's address, the identity of its node on the network, and its power.</summary>
public sealed record GenesisValidator(Address Address, Address Node, ulong Power);

public sealed record GenesisAllocation(Address Address, Amount Amount);

/// <summary>A data set known from the start. The root commits to every sample.</summary>
public sealed record GenesisDataset(string Name, Hash256 Root, uint Samples, Address Supplier);

/// <summary>What is learned: a model, a training set, an evaluation set, and the checkpoint that all begin from.</summary>
/// <param name="Name">For people.</param>
/// <param name="Model">The model spec, as the learning engine reads it.</param>
/// <param name="TrainingSet">Root of the data to train on.</param>
/// <param name="EvaluationSet">Root of the data that the evaluation draws from.</param>
/// <param name="EvaluationSource">
/// "public-hold-out": anybody can read the samples, so this is the weakest source. "generator": samples are made when a round's seed is known; the
/// evaluation set names the generator.
/// </param>
/// <param name="RequiredGainMillionths">Least gain, as a share of the incumbent's loss.</param>
/// <param name="InitialSeed">Seed of the deterministic initialisation that gives the first checkpoint.</param>
/// <param name="InitialModel">Hash of that checkpoint.</param>
/// <param name="ModelBytes">Length of that checkpoint, and so of every candidate.</param>
/// <param name="ClassCount">Outputs of the model.</param>
/// <param name="TargetRoundBlocks">Blocks that there should be from one certificate to the next: the required gain moves towards it.</param>
public sealed record GenesisTask(
    string Name,
    JsonObject Model,
    Hash256 TrainingSet,
    Hash256 EvaluationSet,
    string EvaluationSource,
    uint RequiredGainMillionths,
    Hash256 InitialSeed,
    Hash256 InitialModel,
    ulong ModelBytes,
    uint ClassCount,
    ulong TargetRoundBlocks)
{
    public const string PublicHoldOut = "public-hold-out";

    /// <summary>Known triggers of backdoors, which no candidate may answer to.</summary>
    public ImmutableArray<GenesisTrigger> Triggers { get; init; } = [];

    public const string Generator = "generator";

    private const uint PixelsMax = BlobLimits.BlobBytesMax;

    public Hash256 Id => Domain.Task.Hash(GenesisJson.Canonical(this));

    /// <summary>The one spelling of which <see cref="Id"/> is the hash.</summary>
    public byte[] ToCanonicalJson() => GenesisJson.Canonical(this);

    /// <summary>Reads the canonical JSON of a task and bounds what can be bounded without a chain; any other spelling is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out GenesisTask? task) => GenesisJson.TryParseTask(json, out task);

    public SampleSource SampleSource => EvaluationSource == Generator ? SampleSource.Generator : SampleSource.PublicHoldOut;

    /// <summary>Values of a sample that the model takes: channels, height and width of its input; null where the model does not give three numbers.</summary>
    public uint? Pixels
    {
        get
        {
            if (Model["input"] is not JsonArray { Count: 3 } shape) return null;
            var product = 1UL;
            foreach (var side in shape)
            {
                if (side is not JsonValue value || !value.TryGetValue(out uint length) || length == 0) return null;
                product *= length;
                if (product > PixelsMax) return null;
            }

            return (uint)product;
        }
    }
}

/// <summary>A trigger: what is stamped on samples to see whether a candidate answers to it.</summary>
/// <param name="Kind">"patch": a square of one value in a corner.</param>
/// <param name="Corner">0 top left, 1 top right, 2 bottom left, 3 bottom right.</param>
/// <param name="Size">Side in pixels, up to 8.</param>
/// <param name="Value">Of each pixel.</param>
public sealed record GenesisTrigger(string Kind, uint Corner, uint Size, uint Value)
{
    public const string Patch = "patch";
}

/// <summary>The document that all nodes of a chain begin from. Its canonical JSON is hashed: the hash is the chain's identity.</summary>
public sealed record GenesisDocument
{
    public const string NativeSupply = "native";

    public const string BridgedSupply = "bridged";

    public const string ClaimedSupply = "claimed";

    public required string ChainName { get; init; }

    /// <summary>Time of the genesis "block" in milliseconds; the first block is later.</summary>
    public required ulong TimeMs { get; init; }

    /// <summary>
    /// "native": the whole allocation is here and no vault exists on Ethereum. "bridged": nothing is allocated here, every NTK comes by a lock on
    /// Ethereum; a reserve beside it makes credits stop at the cap less the reserve. "claimed": holders of a snapshot make their NTK by claims, the
    /// allocations stand for those who cannot claim, and no vault exists.
    /// </summary>
    public string SupplyMode { get; init; } = NativeSupply;

    /// <summary>The vault on Ethereum; exactly where the supply mode is "bridged".</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GenesisBridge? Bridge { get; init; }

    /// <summary>A snapshot of the token's holders: where the supply mode is "claimed", and beside a vault where somebody pays for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GenesisClaims? Claims { get; init; }

    public ChainParameters Parameters { get; init; } = new();

    /// <summary>Whether bonds are locked for long enough under these parameters: a chain with a vault keeps them for longer than that hears of forks.</summary>
    public bool LocksBonds(ChainParameters parameters) => SupplyMode != BridgedSupply || parameters.Validators.EvidenceMs >= BridgeTimes.BondMsMin;

    public required ImmutableArray<GenesisValidator> Validators { get; init; }

    public ImmutableArray<GenesisAllocation> Allocations { get; init; } = [];

    /// <summary>What learning is paid from.</summary>
    public Amount RewardReserve { get; init; }

    public ImmutableArray<GenesisDataset> Datasets { get; init; } = [];

    public ImmutableArray<GenesisTask> Tasks { get; init; } = [];

    public GenesisHash Hash => new(Domain.Genesis.Hash(GenesisJson.Canonical(this)));

    /// <summary>Reads a genesis file.</summary>
    /// <exception cref="OperatorException">Names the key and the form that is wanted.</exception>
    public static GenesisDocument Parse(ReadOnlySpan<byte> json) => GenesisJson.Parse(json);

    public byte[] ToJson() => GenesisJson.Indented(this);

    public ValidatorSet ValidatorSet()
    {
        var valid = Chain.ValidatorSet.TryCreate(Validators.Select(v => new Validator(v.Address, v.Power)), out var set);
        Invariant.Check(valid, "a parsed genesis has a valid validator set");
        return set!;
    }
}
