using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A sealed set and the keys of those of its samples that judge in a round.</summary>
public sealed record OpenedSet(SealedSetRecord Set, ImmutableArray<ReleasedKey> Keys);

/// <summary>What a custodian has to show in the round in progress.</summary>
/// <param name="Set">Of which set.</param>
/// <param name="Custodian">Its number there.</param>
/// <param name="TrainingRound">Number of the round.</param>
/// <param name="Drawn">Ascending.</param>
public sealed record KeyDuty(SealedSetRecord Set, int Custodian, ulong TrainingRound, ImmutableArray<int> Drawn);

/// <summary>Sealed hold-outs, from any state. Nothing here changes anything.</summary>
public static class SealedSets
{
    /// <summary>Null where there is none of that number; one that has ended keeps its record.</summary>
    public static SealedSetRecord? Get(IStateReader state, Hash256 task, ulong number) => SealedSetRecord.Get(state, task, number);

    /// <summary>Those that have not ended, in the order of their numbers.</summary>
    public static IEnumerable<SealedSetRecord> Live(IStateReader state, Hash256 task) =>
        SealedSetList.Get(state, task).Live.Select(number => SealedSetRecord.Get(state, task, number)!);

    /// <summary>All, also those that have ended, in the order of their numbers.</summary>
    public static IEnumerable<SealedSetRecord> All(IStateReader state, Hash256 task)
    {
        for (var number = 1UL; number < SealedSetList.Get(state, task).Next; number++) yield return SealedSetRecord.Get(state, task, number)!;
    }

    /// <summary>The set with this blob that has not ended, of whichever task.</summary>
    public static SealedSetRecord? LiveOf(IStateReader state, BlobHash blob) =>
        TrainingQueries.Tasks(state).SelectMany(task => Live(state, task.Id)).FirstOrDefault(set => set.Blob == blob);

    /// <summary>The sealed part of the round in progress; null where it has none.</summary>
    public static SealedRoundRecord? Round(IStateReader state, Hash256 task) => SealedRoundRecord.Get(state, task);

    /// <summary>Sealed samples that judge in the round in progress, once their keys are there; none where they were not shown in time.</summary>
    public static ImmutableArray<OpenedSet> Judging(IStateReader state, Hash256 task)
    {
        if (SealedRoundRecord.Get(state, task) is not { IsVoided: false } sealedPart || TrainingRoundRecord.Get(state, task) is not { } round) return [];
        return
        [
            .. sealedPart.Parts.Where(part => part is { IsOpen: true, Drawn.Length: > 0 })
                .Select(part => new OpenedSet(SealedSetRecord.Get(state, task, part.Set)!, ReleasedKeys.Get(state, task, part.Set, round.Number))),
        ];
    }

    /// <summary>Keys that a round opened of a set, for good.</summary>
    public static ImmutableArray<ReleasedKey> Keys(IStateReader state, Hash256 task, ulong set, ulong trainingRound) => ReleasedKeys.Get(state, task, set, trainingRound);

    /// <summary>The same, with the round before that opened some of it; 0 for none.</summary>
    public static (ulong Before, ImmutableArray<ReleasedKey> Keys) Opened(IStateReader state, Hash256 task, ulong set, ulong trainingRound) =>
        ReleasedKeys.Read(state, task, set, trainingRound);

    /// <summary>All keys that were ever opened of a set.</summary>
    public static IEnumerable<ReleasedKey> Keys(IStateReader state, SealedSetRecord set) => ReleasedKeys.All(state, set);

    /// <summary>Offers that a validator has not said it holds; none for whoever may not say so.</summary>
    public static IReadOnlyList<SealedSetRecord> Unheld(IStateReader state, Address validator, ValidatorSet validators)
    {
        if (!validators.Contains(validator) || ValidatorRecord.IsJailedAt(state, validator)) return [];
        var identity = KeyRotations.Identity(state, validator);
        return [.. TrainingQueries.Tasks(state).SelectMany(task => Live(state, task.Id)).Where(set => set.Status == SealedSetStatus.Offered && !set.Held.Contains(identity))];
    }

    /// <summary>Offers that wait for a custodian's word.</summary>
    public static IReadOnlyList<(SealedSetRecord Set, int Custodian)> Unaccepted(IStateReader state, Address custodian) =>
    [
        .. TrainingQueries.Tasks(state).SelectMany(task => Live(state, task.Id))
            .Where(set => set.Status == SealedSetStatus.Offered)
            .Select(set => (Set: set, Number: set.CustodianOf(state, custodian)))
            .Where(one => one.Number is { } number && !one.Set.HasAccepted(number))
            .Select(one => (one.Set, one.Number!.Value)),
    ];

    /// <summary>What a custodian has still to show now, of all tasks.</summary>
    public static IReadOnlyList<KeyDuty> KeyDuties(IStateReader state, Address custodian)
    {
        var duties = new List<KeyDuty>();
        foreach (var round in TrainingQueries.Rounds(state))
        {
            if (round.Phase != TrainingPhase.Release || SealedRoundRecord.Get(state, round.Task) is not { } sealedPart) continue;
            foreach (var part in sealedPart.Parts)
            {
                var set = SealedSetRecord.Get(state, round.Task, part.Set)!;
                if (part.Drawn.IsEmpty || set.CustodianOf(state, custodian) is not { } number) continue;
                if (ShownShares.Get(state, round.Task, part.Set).Any(shown => shown.Custodian == number)) continue;
                duties.Add(new KeyDuty(set, number, round.Number, part.Drawn));
            }
        }

        return duties;
    }

    /// <summary>Whether a key may neither train nor produce for a task: it is or was one of a supplier's, or of a custodian's that has accepted, of a set that has not ended.</summary>
    internal static bool IsConflicted(IStateReader state, Hash256 task, Address key) => Live(state, task).Any(set => set.IsParty(state, key));
}
