namespace NeuroChain.Chain;

/// <summary>The training round: windows in blocks, the bar for a claim, terms and money.</summary>
public sealed record TrainingParameters
{
    /// <summary>Blocks in which further commits are taken, from the first one on.</summary>
    public uint CommitBlocks { get; init; } = 2;

    public uint RevealBlocks { get; init; } = 1;

    public uint AvailabilityBlocks { get; init; } = 1;

    public uint SeedBlocks { get; init; } = 1;

    public uint AttestCommitBlocks { get; init; } = 2;

    public uint AttestRevealBlocks { get; init; } = 2;

    /// <summary>Samples that every candidate and the incumbent are evaluated on: 2048 see a gain of about 0.013 nats at z = 3.</summary>
    public uint EvaluationSamples { get; init; } = 2048;

    /// <summary>Samples of its own that each validator evaluates besides.</summary>
    public uint PrivateSamples { get; init; } = 64;

    /// <summary>A gain counts from this many standard errors on, in thousandths.</summary>
    public uint ZThousandths { get; init; } = 3000;

    /// <summary>Blocks that a certified improvement lets its producer lead.</summary>
    public uint TermBlocks { get; init; } = 8;

    public uint LiveTermsMax { get; init; } = 2;

    /// <summary>Put down with a commit; burned for false claims and missing data.</summary>
    public Amount CandidateBond { get; init; } = Amount.FromNtk(10);

    /// <summary>Kept from the bond of an honest candidate that falls short; paid to the attesters.</summary>
    public Amount ShortfallFee { get; init; } = new(100_000_000_000_000_000); // 0.1 NTK

    /// <summary>Blocks after which the reward per gain halves: four years of one-second blocks.</summary>
    public ulong HalvingBlocks { get; init; } = 4UL * 365 * 86_400;

    /// <summary>What a candidate's device record must declare: "any" or "cuda".</summary>
    public string RequireDevice { get; init; } = "any";

    public string? Fault()
    {
        if (new[] { CommitBlocks, RevealBlocks, AvailabilityBlocks, SeedBlocks, AttestCommitBlocks, AttestRevealBlocks }.Any(b => b is 0 or > 10_000))
            return "parameters.training.*_blocks: a number from 1 to 10000";
        if (EvaluationSamples is < 16 or > Limits.EvaluationSamplesMax) return $"parameters.training.evaluation_samples: a number from 16 to {Limits.EvaluationSamplesMax}";
        if (PrivateSamples > Limits.PrivateSamplesMax) return $"parameters.training.private_samples: a number up to {Limits.PrivateSamplesMax}";
        if (ZThousandths is < 1000 or > GainStatistics.ZThousandthsMax) return $"parameters.training.z_thousandths: a number from 1000 to {GainStatistics.ZThousandthsMax}";
        if (TermBlocks is 0 or > 1000) return "parameters.training.term_blocks: a number from 1 to 1000";
        if (LiveTermsMax is 0 or > 16) return "parameters.training.live_terms_max: a number from 1 to 16";
        if (ShortfallFee > CandidateBond) return "parameters.training.shortfall_fee: not above candidate_bond";
        if (HalvingBlocks == 0) return "parameters.training.halving_blocks: a number above 0";
        return RequireDevice is "any" or "cuda" ? null : "parameters.training.require_device: \"any\" or \"cuda\"";
    }
}
