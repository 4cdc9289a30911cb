namespace NeuroChain.Chain;

/// <summary>What a validator puts down, and for how long it answers for what it signed.</summary>
public sealed record ValidatorParameters
{
    /// <summary>Bond without which a validator is not admitted; 0 asks for none.</summary>
    public Amount BondMin { get; init; }

    /// <summary>Blocks after which evidence of a fault may have expired: a bond that was asked back is locked for at least as long.</summary>
    public ulong EvidenceBlocks { get; init; } = 1_209_600; // two weeks of one-second blocks

    /// <summary>
    /// Milliseconds that must pass too before evidence has expired: a chain that runs faster than it was meant to forgives nothing earlier, and
    /// one that stood still forgives nothing for that.
    /// </summary>
    public ulong EvidenceMs { get; init; } = 1_209_600_000;

    /// <summary>
    /// Blocks from one change of a validator's key to its next: changes are free, and each leaves records for good. Ten minutes of one-second blocks.
    /// </summary>
    public ulong RotationBlocks { get; init; } = 600;

    public string? Fault()
    {
        if (RotationBlocks > 1_000_000) return "parameters.validators.rotation_blocks: a number up to 1000000";
        if (EvidenceBlocks is < 10 or > 100_000_000) return "parameters.validators.evidence_blocks: a number from 10 to 100000000";
        return EvidenceMs is < 1000 or > 1_000_000_000_000 ? "parameters.validators.evidence_ms: a number from 1000 to 1000000000000" : null;
    }
}
