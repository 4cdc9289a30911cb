namespace NeuroChain.Chain;

/// <summary>What a validator puts down, and for how long it answers for what it signed.</summary>
public sealed record ValidatorParameters
{
    /// <summary>Bond without which a validator is not admitted; 0 asks for none.</summary>
    public Amount BondMin { get; init; }

    /// <summary>Blocks after which evidence of a fault has expired: a bond that was asked back is locked for as long.</summary>
    public ulong EvidenceBlocks { get; init; } = 1_209_600; // two weeks of one-second blocks

    public string? Fault() =>
        EvidenceBlocks is < 10 or > 100_000_000 ? "parameters.validators.evidence_blocks: a number from 10 to 100000000" : null;
}
