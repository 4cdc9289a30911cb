using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// A validator's key is replaced: the old key signs the transaction, the new one signs that it takes the place. Power, node and bond move;
/// terms do not, because what they prove was consented to with the old key. The old key signs until the change takes effect, two heights on.
/// </summary>
public static class KeyRotations
{
    /// <summary>What the new key signs.</summary>
    public static TaggedContent Consent(GenesisHash genesis, Address old, Address fresh, ulong sequence) =>
        new(Domain.KeyRotation, new ByteWriter().Hash(genesis.Value).Address(old).Address(fresh).UInt64(sequence).ToArray());

    internal static TransactionRejection Execute(BlockContext context, Address old, KeyRotation message)
    {
        var fresh = Address.FromBytes(message.NewAddress.Span);
        var members = ValidatorsModule.Members(context.State);
        // A key votes before it is replaced: rotations are free, and this bounds how many there are.
        if (!members.TryIndexOf(old, out var index) || !context.Validators.Contains(old)) return TransactionRejection.NotAValidator;
        var record = ValidatorRecord.Get(context.State, old)!;
        if (record.IsJailed) return TransactionRejection.Jailed;
        if (message.Sequence != record.Sequence) return TransactionRejection.WrongSequence;
        // A key that was a validator's before may have signed for heights that are still to be judged.
        if (fresh == old || ValidatorRecord.Get(context.State, fresh) is not null) return TransactionRejection.KeyTaken;
        var consent = Consent(context.GenesisHash, old, fresh, message.Sequence);
        if (!Signature.TryFromBytes(message.Signature.Span, out var signature) || !signature.IsBy(fresh, consent.Digest)) return TransactionRejection.WrongKeySignature;

        var valid = ValidatorSet.TryCreate(members.Validators.SetItem(index, members[index] with { Address = fresh }), out var changed);
        Invariant.Check(valid, "a new key in the place of an old one makes a set");
        ValidatorsModule.SetMembers(context.State, changed!);
        (record with { Sequence = record.Sequence + 1 }).Store(context.State, old);
        new ValidatorRecord(record.Node).Store(context.State, fresh);
        context.State.Set(SuccessorKey(old), new ByteWriter().Address(fresh).Height(context.Height.Plus(2)).ToArray());
        TermsModule.End(context, old);
        BondsModule.Move(context, old, fresh);
        Convictions.Move(context.State, old, fresh);
        context.Emit("validators.key_rotated", ("validator", old), ("new_key", fresh), ("effective_height", context.Height.Plus(2)));
        return TransactionRejection.None;
    }

    /// <summary>Who answers today for what a key signed: the last of the keys that followed it.</summary>
    public static Address Present(IStateReader state, Address key)
    {
        while (Successor(state, key) is { } next) key = next.Key;
        return key;
    }

    /// <summary>
    /// Whether another key had taken the place of this one at that height: what is signed with it for such a height is nobody's doing who is
    /// still there, for whoever was careful has thrown it away.
    /// </summary>
    public static bool IsRetiredAt(IStateReader state, Address key, Height height) => Successor(state, key) is { } next && height >= next.Effective;

    private static (Address Key, Height Effective)? Successor(IStateReader state, Address key)
    {
        if (state.Get(SuccessorKey(key)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var next = (reader.Address(), reader.Height());
        Invariant.Check(reader.IsWhole, "a rotation record has 28 bytes");
        return next;
    }

    // Record: the key in its place 20 | the first height at which that one signs 8.
    private static StateKey SuccessorKey(Address key) => StateKey.Of(StateModule.Validators, 8, key);
}
