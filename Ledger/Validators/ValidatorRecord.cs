using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What is known of a validator beside its power. It stays when the validator leaves, so that none of its operations counts a second time.
/// Layout: address of its node's network key 20 | sequence 8 | jailed 1 | power before it was jailed 8.
/// </summary>
/// <param name="Node">Its node's key on the network.</param>
/// <param name="Sequence">Number of its next operation.</param>
/// <param name="IsJailed">It lost terms, pay, attestation rights and bond, and its vote in governance.</param>
/// <param name="FormerPower">What it gets back when it is unjailed, where jail took its power; else 0.</param>
public sealed record ValidatorRecord(Address Node, ulong Sequence = 0, bool IsJailed = false, ulong FormerPower = 0)
{
    public static StateKey Key(Address validator) => StateKey.Of(StateModule.Validators, 0, validator);

    public static ValidatorRecord? Get(IStateReader state, Address validator)
    {
        if (state.Get(Key(validator)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new ValidatorRecord(reader.Address(), reader.UInt64(), reader.Byte() != 0, reader.UInt64());
        Invariant.Check(reader.IsWhole, "a validator record has 37 bytes");
        return record;
    }

    /// <summary>Whether the validator that a key is or was one of is in jail: a new key takes nobody out of it, and neither does the old one while it still votes.</summary>
    public static bool IsJailedAt(IStateReader state, Address validator) => Get(state, KeyRotations.Present(state, validator)) is { IsJailed: true };

    public byte[] Encode() => new ByteWriter().Address(Node).UInt64(Sequence).Byte(IsJailed ? (byte)1 : (byte)0).UInt64(FormerPower).ToArray();

    internal void Store(StateOverlay state, Address validator) => state.Set(Key(validator), Encode());
}
