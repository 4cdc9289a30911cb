using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// Validator sets by height, two heights ahead: what block h changes in the membership rules from height h+2 on, when its root has been
/// certified and everybody knows it.
/// </summary>
public sealed class ValidatorsModule : LedgerModule
{
    // The members as the last block left them: the set that the next schedule is made for.
    private static readonly StateKey MembersKey = StateKey.Of(StateModule.Validators, 3);

    // A record's array lives as long as a state has it and is never changed: it stands for the set, whose root is a hash over all members.
    private static readonly ConditionalWeakTable<byte[], ValidatorSet> Decoded = [];

    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.KeyRotation];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "validators.admitted", "validators.removed", "validators.power_changed", "validators.key_rotated", "validators.jailed",
        "validators.unjailed",
    ];

    // The new key's signature is checked too.
    public override uint CostOf(Transaction transaction) => CostUnits.PerSignature + 40;

    public override TransactionRejection Execute(BlockContext context, Transaction transaction) =>
        KeyRotations.Execute(context, transaction.Sender, transaction.Body.KeyRotation);

    /// <summary>The set of a height that the state still has, up to two ahead.</summary>
    public static ValidatorSet SetOf(IStateReader state, Height height)
    {
        var record = HeightRecord.Get(state, height);
        Invariant.Check(record is not null, $"the state has the validators of height {height}");
        return Set(state, record.ValidatorsRoot);
    }

    /// <summary>The set that the state elects: who votes from two heights after it on.</summary>
    public static ValidatorSet Members(IStateReader state) => Set(state, MembersRoot(state));

    internal static ValidatorSet Set(IStateReader state, Hash256 root)
    {
        var bytes = state.Get(SetKey(root));
        Invariant.Check(bytes is not null, "a set stays as long as a height has it");
        return Decoded.GetValue(bytes, Decode);
    }

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        foreach (var validator in genesis.Validators) new ValidatorRecord(validator.Node).Store(state, validator.Address);
        SetMembers(state, genesis.ValidatorSet());
        var record = new ScheduleRecord(MembersRoot(state), null, []).Encode();
        state.Set(HeightRecord.Key(Height.First), record);
        state.Set(HeightRecord.Key(Height.First.Next()), record);
    }

    /// <summary>Changes who votes, from two heights after the block that is being executed on.</summary>
    internal static void SetMembers(StateOverlay state, ValidatorSet members)
    {
        // A set that this block itself made never comes to a height that would forget it.
        if (state.Get(MembersKey) is { } bytes && SetKey(Hash256.FromBytes(bytes)) is var former && state.Below.Get(former) is null) state.Delete(former);
        state.Set(SetKey(members.Root), members.Encode());
        state.Set(MembersKey, members.Root.ToArray());
    }

    /// <summary>Fixes validators and leaders of the height two after the block, and forgets those that no later block asks for.</summary>
    internal static void FixSchedule(BlockContext context)
    {
        var target = context.Height.Plus(2);
        var members = Members(context.State);
        var absent = PassedOver(context.State, members);
        var term = LeaderSchedule.IsRotationHeight(target) ? null : TermsModule.Assign(context, target, [.. absent, .. Leaving(context, members)]);
        context.State.Set(HeightRecord.Key(target), new ScheduleRecord(members.Root, term, absent).Encode());
        if (context.Height.Value > HeightRecord.HeightsKept) Forget(context.State, context.Height);
    }

    // The absent, and the jailed that still vote because too few would be left without them.
    private static ImmutableArray<Address> PassedOver(IStateReader state, ValidatorSet members) =>
        [.. members.Validators.Select(v => v.Address).Where(address => AttendanceModule.IsAbsent(state, members, address) || ValidatorRecord.IsJailedAt(state, address))];

    // Who votes now and no longer then: such a holder's term waits, like that of an absent one.
    private static IEnumerable<Address> Leaving(BlockContext context, ValidatorSet members) =>
        context.Validators.Validators.Select(validator => validator.Address).Where(address => !members.Contains(address));

    private static void Forget(StateOverlay state, Height height)
    {
        var oldest = height.MinusOrGenesis(HeightRecord.HeightsKept + 1);
        state.Delete(CommitRecord.Key(oldest));
        if (HeightRecord.Get(state, oldest) is not { } gone) return;
        state.Delete(HeightRecord.Key(oldest));

        var kept = new HashSet<Hash256> { MembersRoot(state) };
        for (var at = oldest.Next(); at <= height.Plus(2); at = at.Next())
            if (HeightRecord.Get(state, at) is { } record)
                kept.Add(record.ValidatorsRoot);
        if (!kept.Contains(gone.ValidatorsRoot)) ForgetSet(state, gone.ValidatorsRoot);
    }

    private static void ForgetSet(StateOverlay state, Hash256 root)
    {
        var members = Members(state);
        foreach (var (former, _) in Set(state, root).Validators)
            if (!members.Contains(former) && state.Get(AbsenceRecord.Key(former)) is not null)
                state.Delete(AbsenceRecord.Key(former));
        state.Delete(SetKey(root));
    }

    private static Hash256 MembersRoot(IStateReader state)
    {
        var bytes = state.Get(MembersKey);
        Invariant.Check(bytes is not null, "genesis writes the members");
        return Hash256.FromBytes(bytes);
    }

    private static ValidatorSet Decode(byte[] bytes)
    {
        var valid = ValidatorSet.TryDecode(bytes, out var set);
        Invariant.Check(valid, "a validator set is as it was written");
        return set!;
    }

    private static StateKey SetKey(Hash256 root) => StateKey.Of(StateModule.Validators, 1, root);
}
