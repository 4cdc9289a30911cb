using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// A validator's key is replaced: the old key signs the transaction, the new one signs that it takes the place. Power, node, bond and points
/// move; terms do not, because what they prove was consented to with the old key. The old key signs until the change takes effect, two heights on.
/// </summary>
/// <remarks>
/// Whoever changes its key stays one validator: its identity is its first key. Every later key has a record that names the identity, and the
/// identity has one that names the present key, so that who answers for a key is found in two reads, however often it was changed.
/// </remarks>
public static class KeyRotations
{
    /// <summary>What the new key signs.</summary>
    public static TaggedContent Consent(GenesisHash genesis, Address old, Address fresh, ulong sequence) =>
        new(Domain.KeyRotation, new ByteWriter().Hash(genesis.Value).Address(old).Address(fresh).UInt64(sequence).ToArray());

    internal static TransactionRejection Execute(BlockContext context, Address old, KeyRotation message)
    {
        var state = context.State;
        var fresh = Address.FromBytes(message.NewAddress.Span);
        var members = ValidatorsModule.Members(state);
        // A key votes before it is replaced, also where the chain asks for no time between two changes.
        if (!members.TryIndexOf(old, out var index) || !context.Validators.Contains(old)) return TransactionRejection.NotAValidator;
        var record = ValidatorRecord.Get(state, old)!;
        if (record.IsJailed) return TransactionRejection.Jailed;
        if (message.Sequence != record.Sequence) return TransactionRejection.WrongSequence;
        var identity = Identity(state, old);
        if (LastOf(state, identity) is { } last && context.Height < last.Rotated.Plus(context.Parameters.Validators.RotationBlocks)) return TransactionRejection.RotationTooSoon;
        // A key that was a validator's before may have signed for heights that are still to be judged.
        if (fresh == old || ValidatorRecord.Get(state, fresh) is not null || HasPoints(state, fresh)) return TransactionRejection.KeyTaken;
        var consent = Consent(context.GenesisHash, old, fresh, message.Sequence);
        if (!Signature.TryFromBytes(message.Signature.Span, out var signature) || !signature.IsBy(fresh, consent.Digest)) return TransactionRejection.WrongKeySignature;

        var valid = ValidatorSet.TryCreate(members.Validators.SetItem(index, members[index] with { Address = fresh }), out var changed);
        Invariant.Check(valid, "a new key in the place of an old one makes a set");
        ValidatorsModule.SetMembers(state, changed!);
        (record with { Sequence = record.Sequence + 1 }).Store(state, old);
        new ValidatorRecord(record.Node).Store(state, fresh);
        state.Set(KeyOf(old), new ByteWriter().Address(identity).Height(context.Height.Plus(2)).ToArray());
        state.Set(KeyOf(fresh), new ByteWriter().Address(identity).Height(Height.Genesis).ToArray());
        state.Set(LastKeyOf(identity), new ByteWriter().Address(fresh).Height(context.Height).ToArray());
        TermsModule.End(context, old);
        BondsModule.Move(context, old, fresh);
        Convictions.Move(context.State, old, fresh);
        DepartedKeys.Add(context, old);
        context.Emit("validators.key_rotated", ("validator", old), ("new_key", fresh), ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    /// <summary>What stays of a validator whatever its key: the first one. A key that never was part of a change is its own.</summary>
    public static Address Identity(IStateReader state, Address key) => Of(state, key)?.Identity ?? key;

    /// <summary>Who answers today for what a key signed: the last of the keys that followed it.</summary>
    public static Address Present(IStateReader state, Address key) => LastOf(state, Identity(state, key))?.Key ?? key;

    /// <summary>Whether both keys are or were those of one validator.</summary>
    public static bool IsSame(IStateReader state, Address one, Address other) => one == other || Identity(state, one) == Identity(state, other);

    /// <summary>
    /// The key with which the validator that a key is or was one of votes in a set; null where it does not. What it sent counts for that one, so that
    /// nobody's messages are lost because it took a new key after it had sent them.
    /// </summary>
    public static Address? MemberOf(IStateReader state, ValidatorSet set, Address key)
    {
        if (set.Contains(key)) return key;
        if (Of(state, key)?.Identity is not { } identity) return null; // no key of a change
        if (Present(state, key) is var present && set.Contains(present)) return present;
        foreach (var (member, _) in set.Validators)
            if (Identity(state, member) == identity)
                return member;
        return null;
    }

    /// <summary>The block in which the validator last changed its key; null where it never did.</summary>
    public static Height? LastChange(IStateReader state, Address key) => LastOf(state, Identity(state, key))?.Rotated;

    /// <summary>Whether another key was put in the place of this one: whoever has it still may have stolen it.</summary>
    public static bool IsReplaced(IStateReader state, Address key) => Of(state, key) is { Retired.Value: > 0 };

    /// <summary>
    /// Whether another key had taken the place of this one at that height: what is signed with it for such a height is nobody's doing who is
    /// still there, for whoever was careful has thrown it away.
    /// </summary>
    public static bool IsRetiredAt(IStateReader state, Address key, Height height) => Of(state, key) is { Retired.Value: > 0 } own && height >= own.Retired;

    // Of an address that becomes a validator's key nobody would read the points again, and they would weigh against those of all others.
    private static bool HasPoints(IStateReader state, Address address) =>
        HashList.Get(state, TrainingKeys.TaskList).Any(task => !Points.OfHolder(state, task, address).IsZero);

    private static (Address Identity, Height Retired)? Of(IStateReader state, Address key)
    {
        if (state.Get(KeyOf(key)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var own = (reader.Address(), reader.Height());
        Invariant.Check(reader.IsWhole, "the record of a key has 28 bytes");
        return own;
    }

    private static (Address Key, Height Rotated)? LastOf(IStateReader state, Address identity)
    {
        if (state.Get(LastKeyOf(identity)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var last = (reader.Address(), reader.Height());
        Invariant.Check(reader.IsWhole, "the record of an identity has 28 bytes");
        return last;
    }

    // Record of a key that was part of a change: the identity 20 | the first height at which another key signs in its place 8, 0 for the present key.
    private static StateKey KeyOf(Address key) => StateKey.Of(StateModule.Validators, 8, key);

    // Record of an identity whose key was changed: the present key 20 | height of the last change 8.
    private static StateKey LastKeyOf(Address identity) => StateKey.Of(StateModule.Validators, 10, identity);
}
