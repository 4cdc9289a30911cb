using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace NeuroChain.Chain;

/// <summary>
/// Settings that must be equal on every node. Genesis names the first ones, the state holds the present ones: governance may change them.
/// </summary>
public sealed record ChainParameters
{
    /// <summary>Milliseconds from block to block while everybody is well; 0 is as fast as it goes.</summary>
    public uint BlockIntervalMs { get; init; } = 1000;

    /// <summary>Least fee of a transaction that pays one.</summary>
    public Amount FeeMin { get; init; } = new(1_000_000_000_000_000); // 0.001 NTK

    public ConsensusParameters Consensus { get; init; } = new();

    public FeeParameters Fees { get; init; } = new();

    public GovernanceParameters Governance { get; init; } = new();

    public ValidatorParameters Validators { get; init; } = new();

    public TrainingParameters Training { get; init; } = new();

    public DatasetParameters Datasets { get; init; } = new();

    public HoldOutParameters HoldOuts { get; init; } = new();

    /// <summary>Of a bridged chain only: others do not write it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BridgeParameters? Bridge { get; init; }

    /// <summary>The first bad setting as "key: wanted form", or null.</summary>
    public string? Fault()
    {
        if (BlockIntervalMs > 3_600_000) return "parameters.block_interval_ms: a number up to 3600000";
        if (FeeMin > Amount.FromNtk(1000)) return "parameters.fee_min: at most 1000 NTK";
        return Consensus.Fault() ?? Fees.Fault() ?? Governance.Fault() ?? Validators.Fault() ?? Training.Fault() ?? Datasets.Fault() ?? HoldOuts.Fault() ?? Bridge?.Fault();
    }

    /// <summary>Canonical JSON, as in the genesis file.</summary>
    public byte[] Encode() => GenesisJson.Canonical(this);

    /// <summary>Reads what <see cref="Encode"/> wrote; false where a setting is unknown, missing its form or out of its bounds.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ChainParameters? parameters) =>
        GenesisJson.TryParseParameters(json, out parameters);
}
