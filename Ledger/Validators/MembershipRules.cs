using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Which sets of validators a vote may make of the present one.</summary>
internal static class MembershipRules
{
    /// <summary>With three validators and less a single fault stops the chain.</summary>
    public const int Fewest = 4;

    /// <summary>The set with a change, or why it is refused.</summary>
    /// <param name="present">As it is.</param>
    /// <param name="members">As it is to be.</param>
    /// <param name="mayBeFew">
    /// Whether a jailed validator goes: then the others need not be four, and one of them may come to a third, for such a set tolerates no fault
    /// either way.
    /// </param>
    /// <param name="changed">The set with the change.</param>
    public static TransactionRejection Check(ValidatorSet present, ImmutableArray<Validator> members, bool mayBeFew, out ValidatorSet? changed)
    {
        changed = null;
        if (members.Length > Limits.ValidatorsMax) return TransactionRejection.TooManyValidators;
        if (members.Length == 0 || (!mayBeFew && members.Length < Fewest && members.Length < present.Count)) return TransactionRejection.TooFewValidators;
        if (members.Any(member => member.Power is 0 or > Limits.VotingPowerMax)) return TransactionRejection.PowerOutOfRange;
        if (!ValidatorSet.TryCreate(members, out changed)) return TransactionRejection.AlreadyAValidator;
        return !mayBeFew && MakesOneTooGreat(present, changed) ? TransactionRejection.PowerTooGreat : TransactionRejection.None;
    }

    public static bool IsNodeTaken(IStateReader state, ValidatorSet members, Address node) =>
        members.Validators.Any(member => ValidatorRecord.Get(state, member.Address)?.Node == node);

    // Whoever has a third of the power stops the chain alone. A small chain must grow through such sets, so only a step for the worse is refused.
    private static bool MakesOneTooGreat(ValidatorSet present, ValidatorSet changed)
    {
        UInt128 now = changed.Validators.Max(v => v.Power), before = present.Validators.Max(v => v.Power);
        return now * 3 >= changed.TotalPower && now * present.TotalPower > before * changed.TotalPower;
    }
}
