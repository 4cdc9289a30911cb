using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What a trainer sees of its task after a block.</summary>
/// <param name="Height">The state is the one after this height.</param>
/// <param name="Round">The training round in progress, or the next.</param>
/// <param name="Phase">Null while the task is idle.</param>
/// <param name="Incumbent">The checkpoint to beat.</param>
/// <param name="IncumbentLossSum">Where it was last measured: it changes when a round was judged, even if nothing was certified.</param>
/// <param name="Candidates">In the round.</param>
/// <param name="Bar">What a claim must reach.</param>
/// <param name="IsOurs">The incumbent is this trainer's.</param>
internal sealed record TrainerView(
    Height Height, ulong Round, TrainingPhase? Phase, BlobHash Incumbent, ulong IncumbentLossSum, uint Candidates, TrainerBar Bar, bool IsOurs)
{
    /// <summary>The task takes no commits: a vote closed it, or nobody improved its model for too long.</summary>
    public bool IsClosed { get; init; }

    /// <summary>What candidates are checked for besides their losses.</summary>
    public CheckRules Checks { get; init; }

    /// <summary>Certified models that they are compared with.</summary>
    public IReadOnlyList<BlobHash> Recent { get; init; } = [];
}

/// <summary>What the learner is doing.</summary>
internal enum LearnerStatus
{
    Learning,

    /// <summary>The goal is reached; more is left for the next round.</summary>
    Ready,

    /// <summary>All steps that were allowed are taken.</summary>
    Spent,

    /// <summary>The weights are not finite any more.</summary>
    Diverged,
}

/// <summary>How far learning is since it last began from an incumbent. Null while nothing better than the incumbent was measured.</summary>
internal sealed record TrainerProgress(LearnerStatus Status, int Steps, TrainerGain? Best);

/// <summary>When a learner has enough to offer.</summary>
internal sealed record TrainerGoal(TrainerBar Bar, double ZFactor, double RequiredFactor, int StepsMin)
{
    public bool IsReached(TrainerGain gain, int steps) => steps >= StepsMin && gain.Clears(Bar, ZFactor, RequiredFactor);
}

/// <summary>What a trainer does next.</summary>
internal abstract record TrainerAction
{
    private TrainerAction() { }

    /// <summary>Learn from the incumbent, with steps half as large after each divergence.</summary>
    public sealed record Begin(BlobHash Incumbent, ulong Round, int Attempt, int Divergences, TrainerGoal Goal) : TrainerAction;

    /// <summary>Learn on from where it stands, with fresh steps.</summary>
    public sealed record GoOn(ulong Round, int Attempt, int Divergences, TrainerGoal Goal) : TrainerAction;

    /// <summary>Offer the best candidate, and rest: the processor is the evaluators' now.</summary>
    public sealed record Commit(ulong Round, BlobHash Parent) : TrainerAction;

    public sealed record Reveal(ulong Round) : TrainerAction;

    /// <summary>The reveal did not come in time; the bond is lost.</summary>
    public sealed record Missed(ulong Round) : TrainerAction;

    /// <summary>A round in which this trainer had a candidate is over.</summary>
    public sealed record Ended(ulong Round, BlobHash Incumbent, bool WasJudged) : TrainerAction;
}
