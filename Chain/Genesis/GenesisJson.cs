using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NeuroChain.Chain;

/// <summary>The genesis document as JSON: snake_case, hashes and addresses as hex text, amounts as decimal NTK text; nothing unknown, nothing twice.</summary>
internal static class GenesisJson
{
    private const int BytesMax = 4 * 1024 * 1024;

    private const int DepthMax = 16;

    private const uint ClassesMax = 65_536;

    private const int TriggersMax = 16;

    private const ulong RoundBlocksMax = 1_000_000;

    private static readonly Amount Cap = Amount.FromNtk(100_000_000);

    private static readonly JsonSerializerOptions Compact = Options(false);

    private static readonly JsonSerializerOptions Pretty = Options(true);

    public static byte[] Canonical<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Compact);

    public static byte[] Indented(GenesisDocument genesis) => [.. JsonSerializer.SerializeToUtf8Bytes(genesis, Pretty), (byte)'\n'];

    public static GenesisDocument Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > BytesMax) throw new OperatorException($"genesis: {json.Length} bytes, at most {BytesMax} are wanted");
        GenesisDocument? genesis;
        try
        {
            // Twice the work, because the serializer does not look for repeated keys inside the free form of a model.
            using var _ = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthMax });
            genesis = JsonSerializer.Deserialize<GenesisDocument>(json, Compact);
        }
        catch (InvalidOperationException bad)
        {
            throw new OperatorException("genesis: a text that is no Unicode: half of a surrogate pair is escaped in it", bad);
        }
        catch (JsonException bad)
        {
            throw new OperatorException($"genesis: {Place(bad)}{Wanted(bad)}", bad);
        }

        if (genesis is null) throw new OperatorException("genesis: null, an object is wanted");
        if (Fault(genesis) is { } fault) throw new OperatorException($"genesis: {fault}");
        return genesis;
    }

    public static bool TryParseParameters(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ChainParameters? parameters)
    {
        parameters = null;
        if (json.Length > BytesMax) return false;
        try
        {
            var read = JsonSerializer.Deserialize<ChainParameters>(json, Compact);
            if (read is null || read.Fault() is not null) return false;
            parameters = read;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static bool TryParseTask(ReadOnlySpan<byte> json, [NotNullWhen(true)] out GenesisTask? task)
    {
        task = null;
        if (json.Length > Limits.TaskDefinitionBytesMax) return false;
        try
        {
            using var _ = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthMax });
            var read = JsonSerializer.Deserialize<GenesisTask>(json, Compact);
            if (read is null || OwnFault(read) is not null || !Canonical(read).AsSpan().SequenceEqual(json)) return false;
            task = read;
            return true;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // The serializer adds the place to its own messages but not to those of our converters.
    private static string Place(JsonException bad) =>
        bad.Path is { Length: > 2 } path && (IsOfAnotherKind(bad) || !bad.Message.Contains(path, StringComparison.Ordinal)) ? $"{path[2..]}: " : "";

    // The serializer speaks of types of this program; an operator knows values.
    private static string Wanted(JsonException bad)
    {
        if (!IsOfAnotherKind(bad)) return bad.Message.ReplaceLineEndings(" ");
        if (bad.Message.Contains("System.String", StringComparison.Ordinal)) return "a text in quotes wanted";
        return bad.Message.Contains("System.Collections", StringComparison.Ordinal) ? "a list wanted" : "an object wanted";
    }

    private static bool IsOfAnotherKind(JsonException bad) => bad.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal);

    private static string? Fault(GenesisDocument genesis)
    {
        if (genesis.ChainName is not { Length: > 0 and <= 64 }) return "chain_name: 1 to 64 characters";
        if (genesis.TimeMs >= Timestamp.Last.Milliseconds) return $"time_ms: milliseconds since 1970, below {Timestamp.Last}";
        if (genesis.SupplyMode is not (GenesisDocument.NativeSupply or GenesisDocument.BridgedSupply or GenesisDocument.ClaimedSupply))
            return "supply_mode: \"native\", \"bridged\" or \"claimed\"";
        if (genesis.SupplyMode == GenesisDocument.BridgedSupply && !genesis.Allocations.IsDefaultOrEmpty)
            return "allocations: none where supply_mode is \"bridged\", since every NTK comes over the bridge";
        if (BridgeFault(genesis) is { } bridge) return bridge;
        if (ClaimsFault(genesis) is { } claims) return claims;
        if (genesis.Validators.IsDefaultOrEmpty) return "validators: at least one";
        if (genesis.Allocations.IsDefault || genesis.Datasets.IsDefault || genesis.Tasks.IsDefault) return "allocations, datasets, tasks: lists";
        if (NullFault(genesis) is { } fault) return fault;
        if (!ValidatorSet.TryCreate(genesis.Validators.Select(v => new Validator(v.Address, v.Power)), out _))
            return $"validators: up to {Limits.ValidatorsMax} different addresses, each with a power from 1 to {Limits.VotingPowerMax}";
        if (genesis.Validators.Select(v => v.Node).Distinct().Count() != genesis.Validators.Length) return "validators: each with a node of its own";
        if (genesis.Allocations.Select(a => a.Address).Distinct().Count() != genesis.Allocations.Length) return "allocations: each address once";
        if (!genesis.LocksBonds(genesis.Parameters))
            return $"parameters.validators.evidence_ms: at least {BridgeTimes.BondMsMin} where supply_mode is \"bridged\", since the vault hears of forks nearly as long";
        return genesis.Parameters.Fault() ?? SupplyFault(genesis) ?? TaskFault(genesis);
    }

    private static string? BridgeFault(GenesisDocument genesis)
    {
        var isBridged = genesis.SupplyMode == GenesisDocument.BridgedSupply;
        if (isBridged != genesis.Bridge is not null) return "bridge: the vault on Ethereum where supply_mode is \"bridged\", and only there";
        if (isBridged != genesis.Parameters.Bridge is not null) return "parameters.bridge: an object where supply_mode is \"bridged\", and only there";
        return genesis.Bridge?.Fault();
    }

    // Whoever could claim and lock the same tokens would have them twice: so a chain makes NTK by the one or by the other.
    private static string? ClaimsFault(GenesisDocument genesis)
    {
        var isClaimed = genesis.SupplyMode == GenesisDocument.ClaimedSupply;
        if (genesis.Claims is not { } claims) return isClaimed ? "claims: the snapshot where supply_mode is \"claimed\"" : null;
        if (genesis.SupplyMode == GenesisDocument.NativeSupply) return "claims: none where supply_mode is \"native\", since all its NTK are allocated";
        if (isClaimed || genesis.Bridge is not { } bridge) return claims.Fault();
        if (claims.EthereumChainId != bridge.EthereumChainId || claims.Token != bridge.Token)
            return "claims.token: on the same chain the same token as the bridge's, since its locks pay the claims";
        return claims.Fault();
    }

    // Annotations do not reach the entries of a list.
    private static string? NullFault(GenesisDocument genesis)
    {
        if (genesis.Validators.Any(entry => entry is null)) return "validators: objects, not null";
        if (genesis.Allocations.Any(entry => entry is null)) return "allocations: objects, not null";
        if (genesis.Datasets.Any(entry => entry is null)) return "datasets: objects, not null";
        return genesis.Tasks.Any(entry => entry is null) ? "tasks: objects, not null" : null;
    }

    private static string? SupplyFault(GenesisDocument genesis)
    {
        var total = genesis.RewardReserve;
        foreach (var allocation in genesis.Allocations)
            if (!Amount.TryAdd(total, allocation.Amount, out total))
                return "allocations: their sum is out of range";
        if (genesis is { SupplyMode: GenesisDocument.ClaimedSupply, Claims: { } claims })
        {
            var allocated = total - genesis.RewardReserve;
            if (allocated > claims.Excluded) return $"allocations: {allocated} NTK, at most claims.excluded where supply_mode is \"claimed\": they stand for holders who cannot claim";
            if (total > Cap - claims.Total) return $"allocations, reward_reserve and claims.total: {total} and {claims.Total} NTK, at most {Cap} together";
        }

        return total > Cap ? $"allocations and reward_reserve: {total} NTK together, at most {Cap}" : null;
    }

    private static string? TaskFault(GenesisDocument genesis)
    {
        var datasets = genesis.Datasets.Select(d => d.Root).ToHashSet();
        if (datasets.Count != genesis.Datasets.Length) return "datasets: each root once";
        foreach (var task in genesis.Tasks)
        {
            if (OwnFault(task) is { } fault) return fault;
            if (!datasets.Contains(task.TrainingSet)) return $"tasks.training_set: the root of one of datasets, not {task.TrainingSet}";
            if (!datasets.Contains(task.EvaluationSet)) return $"tasks.evaluation_set: the root of one of datasets, not {task.EvaluationSet}";
            if (!genesis.Parameters.Training.LetsLive(task.TargetRoundBlocks)) return "parameters.training.dead_blocks: at least twice tasks.target_round_blocks";
            var samples = genesis.Datasets.First(d => d.Root == task.EvaluationSet).Samples;
            if (samples < genesis.Parameters.Training.EvaluationSamples) return $"tasks.evaluation_set: at least parameters.training.evaluation_samples, not {samples}";
            if (samples > int.MaxValue) return $"tasks.evaluation_set: a set of at most {int.MaxValue} samples, not {samples}";
            if (samples < genesis.Parameters.Training.PrivateSamples) return $"tasks.evaluation_set: at least parameters.training.private_samples, not {samples}";
        }

        return genesis.Tasks.Select(t => t.Id).Distinct().Count() == genesis.Tasks.Length ? null : "tasks: each once";
    }

    // What needs nothing but the task.
    private static string? OwnFault(GenesisTask task)
    {
        if (task.Name is not { Length: > 0 and <= 64 }) return "tasks.name: 1 to 64 characters";
        if (task.Model is null) return "tasks.model: a model spec";
        if (task.EvaluationSource is not (GenesisTask.PublicHoldOut or GenesisTask.Generator)) return "tasks.evaluation_source: \"public-hold-out\" or \"generator\"";
        if (task.ModelBytes is 0 or > BlobLimits.BlobBytesMax) return $"tasks.model_bytes: a number from 1 to {BlobLimits.BlobBytesMax}";
        if (task.ClassCount is 0 or > ClassesMax) return $"tasks.class_count: a number from 1 to {ClassesMax}";
        if (task.TargetRoundBlocks is 0 or > RoundBlocksMax) return $"tasks.target_round_blocks: a number from 1 to {RoundBlocksMax}";
        if (task.RequiredGainMillionths > 1_000_000) return "tasks.required_gain_millionths: a number up to 1000000";
        return task.Triggers.IsDefault || task.Triggers.Length > TriggersMax || task.Triggers.Any(trigger => trigger is null || !IsTrigger(trigger))
            ? $"tasks.triggers: a list of up to {TriggersMax}, each {{\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}}"
            : null;
    }

    private static bool IsTrigger(GenesisTrigger trigger) =>
        trigger is { Kind: GenesisTrigger.Patch, Corner: <= 3, Size: >= 1 and <= 8, Value: <= 255 };

    // Hashes and other computed properties are neither written nor read: as merely ignored ones they would pass for known keys.
    private static void DropComputed(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i].Set is null)
                type.Properties.RemoveAt(i);
    }

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        MaxDepth = DepthMax,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DropComputed } },
        Converters =
        {
            new TextConverter<Hash256>(Hash256.TryParse, "0x and 64 hexadecimal digits"),
            new TextConverter<Address>(Address.TryParse, "0x and 40 hexadecimal digits"),
            new TextConverter<Amount>(Amount.TryParseNtk, "NTK as a decimal number in quotes"),
            new NumberConverter<uint>(),
            new NumberConverter<ulong>(),
        },
    };
}
