using System.Globalization;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>Validators come, go, and change their weight, by the vote of the others.</summary>
internal static class Membership
{
    public static TransactionRejection Check(BlockContext context, AdmitValidator action) => Admission(context, action, out _);

    public static TransactionRejection Check(BlockContext context, RemoveValidator action) => Removal(context, Present(context, action.Address), out _);

    public static TransactionRejection Check(BlockContext context, ChangePower action) => NewPower(context, action, out _);

    public static TransactionRejection Carry(BlockContext context, AdmitValidator action)
    {
        var rejection = Admission(context, action, out var changed);
        if (rejection != TransactionRejection.None) return rejection;
        var (address, node) = (Address.FromBytes(action.Address.Span), Address.FromBytes(action.Node.Span));
        var former = ValidatorRecord.Get(context.State, address);
        new ValidatorRecord(node, former?.Sequence ?? 0).Store(context.State, address);
        ValidatorsModule.SetMembers(context.State, changed!);
        context.Emit("validators.admitted", ("validator", address), ("node", node), ("power", action.Power), ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    public static TransactionRejection Carry(BlockContext context, RemoveValidator action)
    {
        var address = Present(context, action.Address);
        var rejection = Removal(context, address, out var changed);
        if (rejection != TransactionRejection.None) return rejection;
        ValidatorsModule.SetMembers(context.State, changed!);
        TermsModule.End(context, address);
        DepartedKeys.Add(context, address);
        context.Emit("validators.removed", ("validator", address), ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    public static TransactionRejection Carry(BlockContext context, ChangePower action)
    {
        var rejection = NewPower(context, action, out var changed);
        if (rejection != TransactionRejection.None) return rejection;
        ValidatorsModule.SetMembers(context.State, changed!);
        context.Emit(
            "validators.power_changed",
            ("validator", Present(context, action.Address)),
            ("power", action.Power),
            ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    private static TransactionRejection Admission(BlockContext context, AdmitValidator action, out ValidatorSet? changed)
    {
        changed = null;
        var (address, node) = (Address.FromBytes(action.Address.Span), Address.FromBytes(action.Node.Span));
        var members = ValidatorsModule.Members(context.State);
        if (members.Contains(address)) return TransactionRejection.AlreadyAValidator;
        // Another key answers for what this one signed: with a second life nobody could tell for which.
        if (KeyRotations.Present(context.State, address) != address) return TransactionRejection.KeyTaken;
        if (ValidatorRecord.IsJailedAt(context.State, address)) return TransactionRejection.Jailed;
        if (MembershipRules.IsNodeTaken(context.State, members, node)) return TransactionRejection.NodeTaken;
        if (BondRecord.Get(context.State, address).Bonded < context.Parameters.Validators.BondMin) return TransactionRejection.BondMissing;
        return MembershipRules.Check(members, members.Validators.Add(new Validator(address, action.Power)), false, out changed);
    }

    private static TransactionRejection Removal(BlockContext context, Address address, out ValidatorSet? changed)
    {
        changed = null;
        var members = ValidatorsModule.Members(context.State);
        if (!members.TryIndexOf(address, out var index)) return TransactionRejection.NoSuchValidator;
        return MembershipRules.Check(members, members.Validators.RemoveAt(index), ValidatorRecord.IsJailedAt(context.State, address), out changed);
    }

    private static TransactionRejection NewPower(BlockContext context, ChangePower action, out ValidatorSet? changed)
    {
        changed = null;
        var members = ValidatorsModule.Members(context.State);
        if (!members.TryIndexOf(Present(context, action.Address), out var index)) return TransactionRejection.NoSuchValidator;
        if (members[index].Power == action.Power) return TransactionRejection.PowerUnchanged;
        return MembershipRules.Check(members, members.Validators.SetItem(index, members[index] with { Power = action.Power }), false, out changed);
    }

    // Nobody gets out of the way of a vote by a new key.
    private static Address Present(BlockContext context, ByteString address) => KeyRotations.Present(context.State, Address.FromBytes(address.Span));
}
