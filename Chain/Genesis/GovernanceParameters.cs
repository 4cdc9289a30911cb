namespace NeuroChain.Chain;

/// <summary>How long validators vote, and how long what they accepted waits.</summary>
public sealed record GovernanceParameters
{
    /// <summary>Blocks that a proposal is open for votes.</summary>
    public ulong VotingBlocks { get; init; } = 86_400;

    /// <summary>Blocks from acceptance to effect: time to see a change coming.</summary>
    public ulong DelayBlocks { get; init; } = 3_600;

    /// <summary>Proposals that one validator may have open.</summary>
    public uint OpenPerValidatorMax { get; init; } = 4;

    public string? Fault()
    {
        if (VotingBlocks is < 1 or > 10_000_000) return "parameters.governance.voting_blocks: a number from 1 to 10000000";
        if (DelayBlocks is < 1 or > 10_000_000) return "parameters.governance.delay_blocks: a number from 1 to 10000000";
        return OpenPerValidatorMax is < 1 or > 16 ? "parameters.governance.open_per_validator_max: a number from 1 to 16" : null;
    }
}
