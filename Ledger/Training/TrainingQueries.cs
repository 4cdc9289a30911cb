using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What can be asked about training, from any state. Nothing here changes anything.</summary>
public static class TrainingQueries
{
    /// <summary>All tasks in the order of genesis.</summary>
    public static IReadOnlyList<TaskRecord> Tasks(IStateReader state)
    {
        var tasks = new List<TaskRecord>();
        foreach (var id in HashList.Get(state, TrainingKeys.TaskList))
        {
            var task = TaskRecord.Get(state, id);
            Invariant.Check(task is not null, "every listed task has a record");
            tasks.Add(task);
        }

        return tasks;
    }

    public static TaskRecord? Task(IStateReader state, Hash256 task) => TaskRecord.Get(state, task);

    /// <summary>The round in progress; null while the task is idle.</summary>
    public static TrainingRoundRecord? Round(IStateReader state, Hash256 task) => TrainingRoundRecord.Get(state, task);

    /// <summary>All rounds in progress, in the order of the tasks.</summary>
    public static IEnumerable<TrainingRoundRecord> Rounds(IStateReader state)
    {
        foreach (var task in HashList.Get(state, TrainingKeys.TaskList))
            if (Round(state, task) is { } round)
                yield return round;
    }

    /// <summary>The z that a round asks for: fixed once its candidates are available; before that, what one more candidate would have to reach.</summary>
    public static uint ZAsked(IStateReader state, TaskRecord task, TrainingRoundRecord? round, int validators)
    {
        if (round is { ZThousandths: > 0 }) return round.ZThousandths;
        return round is null
            ? ZAsked(ParametersModule.Get(state).Training, task.Tries + 1UL, validators)
            : TaskPace.Z(round, round.AttemptsBefore + (ulong)round.Candidates.Length + 1);
    }

    /// <summary>The z of a round with whose candidates so many have been tried on the incumbent.</summary>
    public static uint ZAsked(TrainingParameters parameters, ulong tries, int validators) => TaskPace.Z(parameters, tries, validators);

    /// <summary>The gain that a round asks for; where none is in progress, the one that a commit at this height would open.</summary>
    public static uint RequiredGain(IStateReader state, TaskRecord task, TrainingRoundRecord? round, Height next) =>
        round?.RequiredGainMillionths ?? TaskPace.RequiredGain(ParametersModule.Get(state).Training, task, next).Millionths;

    /// <summary>What a round's candidates are checked for; where none is in progress, those of one that opened now.</summary>
    public static CheckRules Checks(IStateReader state, TrainingRoundRecord? round) => round?.Rules ?? CheckRules.Of(ParametersModule.Get(state).Training);

    /// <summary>What a candidate that falls short pays.</summary>
    public static Amount Fee(IStateReader state, TaskRecord task, TrainingRoundRecord? round) =>
        round?.Fee ?? Fee(ParametersModule.Get(state).Training, task.Tries);

    /// <summary>The same after so many tries on the incumbent.</summary>
    public static Amount Fee(TrainingParameters parameters, uint tries) => TaskPace.FeeOf(parameters, tries);

    /// <summary>The first height at whose end the open window may close, were messages and authors there: a message in a block up to it is in time.</summary>
    public static Height WindowEnd(TrainingRoundRecord round) => round.WindowOpened.Plus(round.Windows[round.Phase]);

    /// <summary>The height at whose end a window of the validators closes although too few of them have sent their message.</summary>
    public static Height PatienceEnd(TrainingRoundRecord round) => round.WindowOpened.Plus(RoundWindows.PatienceFactor * round.Windows[round.Phase]);

    /// <summary>What a candidate of the round in progress revealed.</summary>
    public static RevealRecord? Reveal(IStateReader state, Hash256 task, int candidate) => RevealRecord.Get(state, task, candidate);

    public static ImmutableArray<Ballot<Hash256>> SeedShares(IStateReader state, Hash256 task) => RoundBallots.Shares.Get(state, task);

    public static ImmutableArray<Ballot<CommittedAttestation>> AttestationCommits(IStateReader state, Hash256 task) => RoundBallots.AttestationCommits.Get(state, task);

    public static ImmutableArray<Ballot<RevealedAttestation>> AttestationReveals(IStateReader state, Hash256 task) =>
        RoundBallots.AttestationReveals.Get(state, task);

    /// <summary>The re-check of private losses that is in progress; null where none is.</summary>
    public static RecheckRecord? Recheck(IStateReader state, Hash256 task) => RecheckRecord.Get(state, task);

    public static ImmutableArray<Ballot<FoundWrong>> RecheckMessages(IStateReader state, Hash256 task) => RoundBallots.Rechecks.Get(state, task);

    /// <summary>A statement that was revealed in a round in progress.</summary>
    public static TrainingStatement? Statement(IStateReader state, Hash256 digest) =>
        TrainingStatement.TryDecode(state.Get(TrainingKeys.Statement(digest)), out var statement) ? statement : null;

    /// <summary>Live terms in the order in which they lead.</summary>
    public static ImmutableArray<TermRecord> Terms(IStateReader state) => TermQueue.Get(state).Terms;

    /// <summary>For good; null where the round ended without one.</summary>
    public static CertificateRecord? Certificate(IStateReader state, Hash256 task, ulong trainingRound) => CertificateRecord.Get(state, task, trainingRound);

    /// <summary>How a round ended; null for one that has not.</summary>
    public static OutcomeRecord? Outcome(IStateReader state, Hash256 task, ulong trainingRound) => OutcomeRecord.Get(state, task, trainingRound);

    /// <summary>The lineage of a certified or initial checkpoint.</summary>
    public static ModelRecord? Model(IStateReader state, BlobHash model) => ModelRecord.Get(state, model);

    /// <summary>As many of a task's certified models are compared with new candidates, and may be named as their parents.</summary>
    public const int RecentModelsMax = Ledger.RecentModels.Max;

    /// <summary>The last models that were certified for a task, the oldest first.</summary>
    public static IEnumerable<BlobHash> RecentModels(IStateReader state, Hash256 task) => Ledger.RecentModels.Get(state, task);

    public static SeedChainRecord? SeedChains(IStateReader state, Address validator) => SeedChainRecord.Get(state, validator);

    /// <summary>Whether a round that opened now could get its seed: validators with more than two thirds of the power have registered a chain.</summary>
    public static bool HasSeedPower(IStateReader state, ValidatorSet validators)
    {
        ulong power = 0;
        foreach (var validator in validators.Validators)
            if (SeedChainRecord.Get(state, validator.Address) is not null)
                power += validator.Power;
        return validators.IsQuorum(power);
    }

    /// <summary>Rounds, over all tasks, that have opened their seed window.</summary>
    public static ulong SeedCounter(IStateReader state) => SeedModule.Counter(state);

    public static RewardTotals Rewards(IStateReader state) => RewardTotals.Get(state);
}
