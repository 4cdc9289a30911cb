using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What is known of a validator besides its power. Layout: address of its node's network key 20.</summary>
public sealed record ValidatorRecord(Address Node)
{
    public static StateKey Key(Address validator) => StateKey.Of(StateModule.Validators, 0, validator);

    public static ValidatorRecord? Get(IStateReader state, Address validator)
    {
        if (state.Get(Key(validator)) is not { } bytes) return null;
        Invariant.Check(bytes.Length == Address.Size, "a validator record is one address");
        return new ValidatorRecord(Address.FromBytes(bytes));
    }

    public byte[] Encode() => Node.ToArray();
}
