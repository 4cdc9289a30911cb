using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Who takes part. A validator is absent once blocks of f+1 distinct authors, one of them honest at least, brought certificates without
/// its precommit and no block brought it late; so that fewer than that cannot make anybody absent by leaving votes out.
/// </summary>
public static class AttendanceModule
{
    public static bool IsAbsent(IStateReader state, ValidatorSet validators, Address validator) =>
        AbsenceRecord.Get(state, validator).Authors.Length >= validators.HonestCount;

    /// <summary>Takes note of the precommits that a block brings. They were checked when the block was.</summary>
    internal static void Record(BlockContext context, CommitCertificate? lastCommit, ImmutableArray<LatePrecommit> late)
    {
        if (lastCommit is null) return;
        var state = context.State;
        var voters = ValidatorsModule.SetOf(state, lastCommit.Height);
        var commit = CommitRecord.Of(lastCommit, voters);
        state.Set(CommitRecord.Key(lastCommit.Height), commit.Encode());

        var seen = lastCommit.Signatures.Select(signature => voters[signature.Index].Address).ToHashSet();
        foreach (var (height, index, _) in late) seen.Add(RecordLate(state, height, index));
        foreach (var (validator, _) in voters.Validators)
        {
            if (seen.Contains(validator)) Clear(state, validator);
            else Miss(state, validator, context.Author, voters.HonestCount);
        }
    }

    private static Address RecordLate(StateOverlay state, Height height, int index)
    {
        var commit = CommitRecord.Get(state, height);
        Invariant.Check(commit is not null, "a late precommit was checked against the record of its height");
        state.Set(CommitRecord.Key(height), commit.With(index).Encode());
        return ValidatorsModule.SetOf(state, height)[index].Address;
    }

    private static void Clear(StateOverlay state, Address validator)
    {
        if (state.Get(AbsenceRecord.Key(validator)) is not null) state.Delete(AbsenceRecord.Key(validator));
    }

    private static void Miss(StateOverlay state, Address validator, Address author, int enough)
    {
        var record = AbsenceRecord.Get(state, validator);
        // One author by however many keys: else one validator alone could come to f+1 of them.
        if (record.Authors.Length >= enough || record.Authors.Any(other => KeyRotations.IsSame(state, other, author))) return;
        state.Set(AbsenceRecord.Key(validator), new AbsenceRecord(record.Authors.Add(author)).Encode());
    }
}
