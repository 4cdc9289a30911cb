using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// Bonds of validators: put down before admission, asked back at any time, paid when evidence against what their owner signed meanwhile
/// has expired, by height and by time. A validator in the set keeps the least bond.
/// </summary>
public sealed class BondsModule : LedgerModule
{
    // So long waits what fell due on a chain that runs faster than evidence expires.
    private const ulong Postponed = 256;

    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.Bond, MessageOneofCase.Unbond];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["validators.bonded", "validators.unbonding", "validators.unbonded", "validators.slashed"];

    public override uint CostOf(Transaction transaction) => 20;

    public override TransactionRejection Execute(BlockContext context, Transaction transaction) => transaction.Kind == MessageOneofCase.Bond
        ? Bond(context, transaction.Sender, transaction.Body.Bond)
        : Unbond(context, transaction.Sender, transaction.Body.Unbond);

    public override void EndBlock(BlockContext context)
    {
        var members = ValidatorsModule.Members(context.State);
        foreach (var (voter, _) in context.Validators.Validators)
        {
            // The block that removed it may have changed its key too: the bond lies with a key that never votes.
            var present = KeyRotations.Present(context.State, voter);
            if (!members.Contains(voter)) Leave(context, voter);
            if (present != voter && !members.Contains(present)) Leave(context, present);
        }

        var count = DueCount(context.State, context.Height);
        for (uint i = 0; i < count; i++)
        {
            Release(context, Address.FromBytes(context.State.Get(DueKey(context.Height, i))));
            context.State.Delete(DueKey(context.Height, i));
        }

        if (count > 0) context.State.Delete(DueCountKey(context.Height));
    }

    /// <summary>
    /// Asks the whole bond back for a validator that votes at this height for the last time: the block before removed it, and until this height
    /// is over it can do what it answers for.
    /// </summary>
    internal static void Leave(BlockContext context, Address validator)
    {
        var record = BondRecord.Get(context.State, validator);
        if (!record.Bonded.IsZero) StartUnbonding(context, validator, record, record.Bonded);
    }

    /// <summary>Moves a bond to the key that takes its owner's place; what is on its way back goes on under the new one.</summary>
    internal static void Move(BlockContext context, Address from, Address to)
    {
        var (old, own) = (BondRecord.Get(context.State, from), BondRecord.Get(context.State, to));
        BondRecord.None.Store(context.State, from);
        foreach (var release in old.Unbondings.Select(unbonding => unbonding.Release).Distinct()) AddDue(context.State, release, to);
        new BondRecord(own.Bonded + old.Bonded, Fold(Merge(own.Unbondings.AddRange(old.Unbondings)))).Store(context.State, to);
    }

    // One entry for each height, ascending.
    private static ImmutableArray<Unbonding> Merge(ImmutableArray<Unbonding> unbondings) =>
        [.. unbondings.GroupBy(unbonding => unbonding.Release).OrderBy(group => group.Key).Select(group => group.Aggregate((sum, unbonding) => sum.With(unbonding)))];

    // Too many entries: the first ones wait for a later one, so that nothing is lost and nothing is early.
    private static ImmutableArray<Unbonding> Fold(ImmutableArray<Unbonding> unbondings)
    {
        while (unbondings.Length > BondRecord.UnbondingsMax) unbondings = unbondings.SetItem(1, unbondings[1].With(unbondings[0])).RemoveAt(0);
        return unbondings;
    }

    /// <summary>Burns a share of all that a validator has locked; what was burned.</summary>
    public static Amount Slash(BlockContext context, Address validator, uint percent)
    {
        Invariant.Check(percent <= 100, "no more than everything is burned");
        var record = BondRecord.Get(context.State, validator);
        var left = new BondRecord(Left(record.Bonded, percent), [.. record.Unbondings.Select(u => u with { Amount = Left(u.Amount, percent) })]);
        var burned = record.Total - left.Total;
        if (burned.IsZero) return burned;
        (percent == 100 ? BondRecord.None : left).Store(context.State, validator);
        SupplyModule.BurnFromEscrow(context.State, burned);
        context.Emit("validators.slashed", ("validator", validator), ("percent", percent), ("burned", burned));
        return burned;
    }

    private static TransactionRejection Bond(BlockContext context, Address sender, Bond message)
    {
        _ = Amount.TryFromBytes(message.Amount.Span, out var amount);
        if (amount.IsZero) return TransactionRejection.AmountZero;
        if (!SupplyModule.TryLock(context.State, sender, amount)) return TransactionRejection.BalanceTooLow;
        var record = BondRecord.Get(context.State, sender);
        (record with { Bonded = record.Bonded + amount }).Store(context.State, sender);
        context.Emit("validators.bonded", ("validator", sender), ("amount", amount));
        return TransactionRejection.None;
    }

    private static TransactionRejection Unbond(BlockContext context, Address sender, Unbond message)
    {
        _ = Amount.TryFromBytes(message.Amount.Span, out var amount);
        var record = BondRecord.Get(context.State, sender);
        if (amount.IsZero) return TransactionRejection.AmountZero;
        if (record.Bonded.IsZero) return TransactionRejection.NotBonded;
        var least = ValidatorsModule.Members(context.State).Contains(sender) ? context.Parameters.Validators.BondMin : Amount.Zero;
        if (amount > record.Bonded || record.Bonded - amount < least) return TransactionRejection.UnbondTooMuch;
        if (record.Unbondings.Length >= BondRecord.UnbondingsMax) return TransactionRejection.TooManyUnbondings;
        StartUnbonding(context, sender, record, amount);
        return TransactionRejection.None;
    }

    private static void StartUnbonding(BlockContext context, Address validator, BondRecord record, Amount amount)
    {
        var release = context.Height.Plus(context.Parameters.Validators.EvidenceBlocks);
        var unbondings = record.Unbondings;
        if (unbondings.Length > 0 && unbondings[^1].Release >= release) release = unbondings[^1].Release; // never before what was asked earlier
        var isDue = unbondings.Length > 0 && unbondings[^1].Release == release;
        var part = new Unbonding(amount, release, context.ParentTime);
        // A full list, which only leaving can meet, waits together with its last entry: later than it must, never earlier.
        if (isDue || unbondings.Length >= BondRecord.UnbondingsMax)
            unbondings = unbondings.SetItem(unbondings.Length - 1, unbondings[^1].With(part));
        else
            unbondings = unbondings.Add(part);
        new BondRecord(record.Bonded - amount, unbondings).Store(context.State, validator);
        if (!isDue) AddDue(context.State, release, validator);
        context.Emit(
            "validators.unbonding", ("validator", validator), ("amount", amount), ("release_height", release));
    }

    // Who is paid at the end of a block answers for no fault that the next one could count: each has expired by height and by time.
    private static void Release(BlockContext context, Address validator)
    {
        var record = BondRecord.Get(context.State, validator);
        if (record.Unbondings.IsEmpty) return; // slashed, or moved to another key
        var (due, again) = (Amount.Zero, context.Height.Plus(Postponed));
        var isHeld = VaultSets.HoldsBond(context.State, validator);
        var left = new List<Unbonding>();
        foreach (var unbonding in record.Unbondings)
        {
            if (unbonding.Release > context.Height) left.Add(unbonding);
            else if (!isHeld && EvidenceWindow.HasPassed(context, unbonding.Asked)) due += unbonding.Amount;
            else left.Add(unbonding with { Release = again });
        }

        (record with { Unbondings = Merge([.. left]) }).Store(context.State, validator);
        if (left.Exists(unbonding => unbonding.Release == again)) AddDue(context.State, again, validator);
        if (due.IsZero) return;
        SupplyModule.Release(context.State, validator, due);
        context.Emit("validators.unbonded", ("validator", validator), ("amount", due));
    }

    // One record each, so that many who unbond in one block do not write one list over and over. Who stands there twice is paid once.
    private static void AddDue(StateOverlay state, Height release, Address validator)
    {
        var count = DueCount(state, release);
        state.Set(DueKey(release, count), validator.ToArray());
        state.Set(DueCountKey(release), new ByteWriter().UInt32(count + 1).ToArray());
    }

    private static uint DueCount(IStateReader state, Height release) =>
        state.Get(DueCountKey(release)) is { } bytes ? new ByteReader(bytes).UInt32() : 0;

    private static Amount Left(Amount amount, uint percent) => Amount.DivRem(amount * (100 - percent), 100).Quotient;

    // Record: how many entries the height has, 4.
    private static StateKey DueCountKey(Height height) => StateKey.Of(StateModule.Validators, 7, height.Value);

    // Record: address of somebody who has something due at the height, 20.
    private static StateKey DueKey(Height height, uint number) =>
        StateKey.Of(StateModule.Validators, 9, new ByteWriter().Height(height).UInt32(number).ToArray());
}
