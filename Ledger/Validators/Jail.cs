using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Jail takes terms, pay, attestation rights, the vote in governance and the whole bond at once. Voting power goes by itself only while at
/// least four validators that are not jailed remain: three tolerate no fault, so then the others must decide.
/// </summary>
public static class Jail
{
    /// <summary>Jails a validator, be it in the set or gone from it; a second time changes nothing.</summary>
    public static void Commit(BlockContext context, Address validator, string cause)
    {
        var record = ValidatorRecord.Get(context.State, validator);
        Invariant.Check(record is not null, "whoever is jailed was a validator");
        if (record.IsJailed) return;
        var members = ValidatorsModule.Members(context.State);
        var free = members.Validators.Count(member => member.Address != validator && !ValidatorRecord.IsJailedAt(context.State, member.Address));
        var isMember = members.TryIndexOf(validator, out var index);
        var leaves = isMember && free >= MembershipRules.Fewest;

        (record with { IsJailed = true, FormerPower = leaves ? members[index].Power : 0 }).Store(context.State, validator);
        TermsModule.End(context, validator);
        BondsModule.Slash(context, validator, 100);
        context.Emit("validators.jailed", ("validator", validator), ("cause", cause), ("keeps_power", isMember && !leaves ? "yes" : "no"));
        if (!leaves) return;
        var valid = ValidatorSet.TryCreate(members.Validators.RemoveAt(index), out var changed);
        Invariant.Check(valid, "a set without one of its members is a set");
        ValidatorsModule.SetMembers(context.State, changed!);
        DepartedKeys.Add(context, validator);
        context.Emit("validators.removed", ("validator", validator), ("effective_height", context.Height.Plus(2)));
    }

    public static TransactionRejection Check(BlockContext context, Address validator, bool wanted)
    {
        if (ValidatorRecord.Get(context.State, validator) is not { } record) return TransactionRejection.NoSuchValidator;
        if (wanted && !ValidatorsModule.Members(context.State).Contains(validator)) return TransactionRejection.NoSuchValidator;
        if (record.IsJailed == wanted) return wanted ? TransactionRejection.AlreadyJailed : TransactionRejection.NotJailed;
        return wanted ? TransactionRejection.None : Return(context, validator, record, out _);
    }

    /// <summary>Gives the rights back, and the power where jail took it.</summary>
    internal static TransactionRejection Release(BlockContext context, Address validator)
    {
        var rejection = Check(context, validator, wanted: false);
        if (rejection != TransactionRejection.None) return rejection;
        var record = ValidatorRecord.Get(context.State, validator)!;
        _ = Return(context, validator, record, out var changed);
        if (changed is not null) ValidatorsModule.SetMembers(context.State, changed);
        (record with { IsJailed = false, FormerPower = 0 }).Store(context.State, validator);
        context.Emit("validators.unjailed", ("validator", validator), ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    // Jail burned the bond: who is in the set puts the least one down again. Power that was kept, or that nobody has, leaves the set as it is.
    private static TransactionRejection Return(BlockContext context, Address validator, ValidatorRecord record, out ValidatorSet? changed)
    {
        changed = null;
        var members = ValidatorsModule.Members(context.State);
        var isMember = members.Contains(validator);
        if (!isMember && record.FormerPower == 0) return TransactionRejection.None;
        if (BondRecord.Get(context.State, validator).Bonded < context.Parameters.Validators.BondMin) return TransactionRejection.BondMissing;
        if (isMember) return TransactionRejection.None;
        if (MembershipRules.IsNodeTaken(context.State, members, record.Node)) return TransactionRejection.NodeTaken;
        return MembershipRules.Check(members, members.Validators.Add(new Validator(validator, record.FormerPower)), false, out changed);
    }
}
