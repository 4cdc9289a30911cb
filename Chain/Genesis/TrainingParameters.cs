namespace NeuroChain.Chain;

/// <summary>The training round: windows in blocks, the bar for a claim, terms and money.</summary>
public sealed record TrainingParameters
{
    public const uint SeedColludersAll = 255;

    public const string On = "on";

    public const string Off = "off";

    private const uint ColludersMax = 64;

    private const uint TriesBitsLimit = 20;

    private const ulong BlocksMax = 1_000_000_000;

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

    /// <summary>How many of these the others compute again after the round; 0 re-checks nobody.</summary>
    public uint RecheckSamples { get; init; } = 8;

    public uint RecheckBlocks { get; init; } = 2;

    /// <summary>A gain counts from this many standard errors on, in thousandths.</summary>
    public uint ZThousandths { get; init; } = 3000;

    /// <summary>The last part of the draw, in thousandths, judges nobody and decides what is paid.</summary>
    public uint PaidShareThousandths { get; init; } = 250;

    /// <summary>Standard errors of that part that are taken off the gain that is paid, in thousandths.</summary>
    public uint PaidErrorsThousandths { get; init; } = 500;

    /// <summary>Validators that may hold a share back to choose a seed, as z allows for them; 255 is as many as a set can bear.</summary>
    public uint SeedColluders { get; init; } = SeedColludersAll;

    /// <summary>Doublings at most that z allows for the candidates tried against one incumbent.</summary>
    public uint TriesBitsMax { get; init; } = 8;

    /// <summary>Candidates of one round that name the same producer; 0 is an equal part of the eight, and at least one.</summary>
    public uint PerProducerMax { get; init; }

    /// <summary>Bounds of the gain that a task requires, in millionths of the incumbent's loss.</summary>
    public uint RequiredGainMinMillionths { get; init; } = 2_500;

    public uint RequiredGainMaxMillionths { get; init; } = 200_000;

    /// <summary>Blocks by which a task must be ahead of its pace for the required gain to double, or behind for it to halve.</summary>
    public ulong RetargetTauBlocks { get; init; } = 6_000;

    /// <summary>Rounds certified to bring nothing, one after the other, after which a task is closed.</summary>
    public uint DeadRounds { get; init; } = 5_000;

    /// <summary>Blocks without an improvement after which a round that brings none closes the task: four days of one-second blocks.</summary>
    public ulong DeadBlocks { get; init; } = 345_600;

    /// <summary>Percent of its bond that a validator loses which is there and does not open its share of a seed.</summary>
    public uint UnopenedSharePercent { get; init; } = 1;

    /// <summary>Percent of its bond that a validator loses for an attestation that the certificate shows to be false; the second time is jail.</summary>
    public uint FalseAttestationPercent { get; init; } = 5;

    /// <summary>Blocks that a certified improvement lets its producer lead.</summary>
    public uint TermBlocks { get; init; } = 8;

    public uint LiveTermsMax { get; init; } = 2;

    /// <summary>Blocks from its grant after which a term that has not been used up is gone.</summary>
    public ulong TermExpiryBlocks { get; init; } = 4_096;

    /// <summary>Put down with a commit; burned for false claims and missing data.</summary>
    public Amount CandidateBond { get; init; } = Amount.FromNtk(10);

    /// <summary>Kept from the bond of an honest candidate that falls short; paid to the attesters.</summary>
    public Amount ShortfallFee { get; init; } = new(100_000_000_000_000_000); // 0.1 NTK

    /// <summary>Blocks after which the reward per gain halves: four years of one-second blocks.</summary>
    public ulong HalvingBlocks { get; init; } = 4UL * 365 * 86_400;

    /// <summary>Shares of a reward; together 100.</summary>
    public uint TrainerPercent { get; init; } = 45;

    public uint ProducerPercent { get; init; } = 15;

    public uint AttesterPercent { get; init; } = 25;

    /// <summary>To the supplier of the training set.</summary>
    public uint SupplierPercent { get; init; } = 10;

    /// <summary>To the proposers of the last deltas of the training set.</summary>
    public uint ProposerPercent { get; init; } = 5;

    /// <summary>What a candidate's device record must declare: "any" or "cuda".</summary>
    public string RequireDevice { get; init; } = "any";

    /// <summary>Whether candidates must be in balance (<see cref="On"/> or <see cref="Off"/>): nobody can train on from one whose layers are scaled apart.</summary>
    public string BalanceCheck { get; init; } = On;

    /// <summary>Samples on which candidates are compared with other models; 0 compares with none.</summary>
    public uint SimilaritySamples { get; init; } = 16;

    /// <summary>Certified models, the newest, that candidates are compared with besides incumbent and parent.</summary>
    public uint SimilarityModels { get; init; } = 16;

    /// <summary>Below this distance, in thousandths, a candidate is a copy.</summary>
    public uint CopyThousandths { get; init; } = 20;

    /// <summary>Below this one it is a relative. Strangers were 198 apart at least, on a trivial task.</summary>
    public uint RelativeThousandths { get; init; } = 150;

    /// <summary>What a winner that is close to a certified model of another trainer leaves that one, in percent of the trainer's share.</summary>
    public uint RoyaltyPercent { get; init; } = 20;

    /// <summary>Steps for which the best candidate is trained on before it is certified; 0 does not try.</summary>
    public uint ProbeSteps { get; init; } = 50;

    /// <summary>Samples of each of these steps.</summary>
    public uint ProbeBatch { get; init; } = 3;

    /// <summary>A class or trigger is worse when its loss rose by so many millionths, beside other bounds; 0 does not look.</summary>
    public uint RegressionMillionths { get; init; } = 1_000_000;

    /// <summary>Samples that each trigger of a task is stamped on; 0 stamps none.</summary>
    public uint TriggerSamples { get; init; } = 8;

    /// <summary>How many of the samples pay, the last ones of the draw.</summary>
    public uint PaidSamplesOf(uint samples) => Math.Max(TrainingStatement.SamplesPerPartMin, samples * PaidShareThousandths / 1_000);

    /// <summary>How many candidates of one round may name the same of so many validators.</summary>
    public int PerProducerOf(int validators) => PerProducerMax > 0 ? (int)PerProducerMax : Math.Max(1, Limits.CandidatesMax / validators);

    /// <summary>Doublings that z allows for seeds that colluding validators choose among.</summary>
    public uint ColluderBitsOf(int validators) => SeedColluders == SeedColludersAll ? (uint)(validators - 1) / 3 : SeedColluders;

    /// <summary>Whether a task on its pace is safe from being closed as dead: it may be late by as much again.</summary>
    public bool LetsLive(ulong targetRoundBlocks) => DeadBlocks >= 2 * targetRoundBlocks;

    public string? Fault()
    {
        if (new[] { CommitBlocks, RevealBlocks, AvailabilityBlocks, SeedBlocks, AttestCommitBlocks, AttestRevealBlocks, RecheckBlocks }.Any(b => b is 0 or > 10_000))
            return "parameters.training.*_blocks: a number from 1 to 10000";
        if (EvaluationSamples is < 16 or > Limits.EvaluationSamplesMax) return $"parameters.training.evaluation_samples: a number from 16 to {Limits.EvaluationSamplesMax}";
        if (PrivateSamples > Limits.PrivateSamplesMax) return $"parameters.training.private_samples: a number up to {Limits.PrivateSamplesMax}";
        if (RecheckSamples > Limits.PrivateSamplesMax) return $"parameters.training.recheck_samples: a number up to {Limits.PrivateSamplesMax}";
        if (ZThousandths is < 1000 or > GainStatistics.ZThousandthsMax) return $"parameters.training.z_thousandths: a number from 1000 to {GainStatistics.ZThousandthsMax}";
        if (PaidShareThousandths is < 100 or > 500) return "parameters.training.paid_share_thousandths: a number from 100 to 500";
        if (PaidErrorsThousandths > GainStatistics.PaidErrorsThousandthsMax)
            return $"parameters.training.paid_errors_thousandths: a number up to {GainStatistics.PaidErrorsThousandthsMax}";
        if (SeedColluders is > ColludersMax and not SeedColludersAll)
            return $"parameters.training.seed_colluders: a number up to {ColludersMax}, or {SeedColludersAll} for a third of the set";
        if (TriesBitsMax > TriesBitsLimit) return $"parameters.training.tries_bits_max: a number up to {TriesBitsLimit}";
        if (PerProducerMax > Limits.CandidatesMax) return $"parameters.training.per_producer_max: a number up to {Limits.CandidatesMax}";
        if (RequiredGainMinMillionths is 0 or > 1_000_000) return "parameters.training.required_gain_min_millionths: a number from 1 to 1000000";
        if (RequiredGainMaxMillionths < RequiredGainMinMillionths || RequiredGainMaxMillionths > 1_000_000)
            return "parameters.training.required_gain_max_millionths: a number from required_gain_min_millionths to 1000000";
        if (RetargetTauBlocks is < 10 or > 10_000_000) return "parameters.training.retarget_tau_blocks: a number from 10 to 10000000";
        if (DeadRounds == 0) return "parameters.training.dead_rounds: a number above 0";
        if (DeadBlocks is 0 or > BlocksMax) return $"parameters.training.dead_blocks: a number from 1 to {BlocksMax}";
        if (UnopenedSharePercent > 100) return "parameters.training.unopened_share_percent: a number up to 100";
        if (FalseAttestationPercent > 100) return "parameters.training.false_attestation_percent: a number up to 100";
        if (TermExpiryBlocks is < 16 or > BlocksMax) return $"parameters.training.term_expiry_blocks: a number from 16 to {BlocksMax}";
        if ((ulong)TrainerPercent + ProducerPercent + AttesterPercent + SupplierPercent + ProposerPercent != 100)
            return "parameters.training.*_percent of trainer, producer, attester, supplier and proposer: 100 together";
        if (TermBlocks is 0 or > 1000) return "parameters.training.term_blocks: a number from 1 to 1000";
        if (LiveTermsMax is 0 or > 16) return "parameters.training.live_terms_max: a number from 1 to 16";
        if (ShortfallFee > CandidateBond) return "parameters.training.shortfall_fee: not above candidate_bond";
        if (HalvingBlocks == 0) return "parameters.training.halving_blocks: a number above 0";
        if (CheckFault() is { } fault) return fault;
        return RequireDevice is "any" or "cuda" ? null : "parameters.training.require_device: \"any\" or \"cuda\"";
    }

    private string? CheckFault()
    {
        if (BalanceCheck is not (On or Off)) return "parameters.training.balance_check: \"on\" or \"off\"";
        if (SimilaritySamples > 256 || SimilaritySamples > EvaluationSamples)
            return "parameters.training.similarity_samples: a number up to 256, and not above evaluation_samples";
        if (SimilarityModels > 16) return "parameters.training.similarity_models: a number up to 16";
        if (RelativeThousandths is 0 or >= 1000) return "parameters.training.relative_thousandths: a number from 1 to 999";
        if (CopyThousandths > RelativeThousandths) return "parameters.training.copy_thousandths: not above relative_thousandths";
        if (RoyaltyPercent > 50) return "parameters.training.royalty_percent: a number up to 50";
        if (ProbeSteps is > 0 and < 10 or > 200) return "parameters.training.probe_steps: 0, or a number from 10 to 200";
        if (ProbeBatch is 0 or > 64) return "parameters.training.probe_batch: a number from 1 to 64";
        if (RegressionMillionths is > 0 and < 100_000 or > 10_000_000)
            return "parameters.training.regression_millionths: 0, or a number from 100000 to 10000000";
        return TriggerSamples is > 0 and < 8 or > 64 ? "parameters.training.trigger_samples: 0, or a number from 8 to 64" : null;
    }
}
