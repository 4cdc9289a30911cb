using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Where a withdrawal is.</summary>
public enum WithdrawalState : byte
{
    /// <summary>A large one: validators may veto it until its height.</summary>
    Held = 1,

    /// <summary>For the bucket, for the vault to follow a new set, or for the end of a stop.</summary>
    Waiting = 2,

    /// <summary>Its leaf is in the bridge root: anybody may have it released, until the deadline.</summary>
    Certified = 3,
}

/// <summary>
/// NTK that were burned for Ethereum, until they are released there or come back. Layout: sender 20 | to 20 | amount 16 | height 8 | state 1 |
/// due 8 | leaf 8 | deadline 8 | vetoes, count 2, identities 20 each.
/// </summary>
/// <param name="Sender">Who burned, and whom a refund goes to.</param>
/// <param name="To">Who is paid on Ethereum.</param>
/// <param name="Amount">How much.</param>
/// <param name="Height">The block of the burn.</param>
/// <param name="State">Where it is.</param>
/// <param name="Due">At the end of that block a held one begins to wait.</param>
/// <param name="Leaf">Index of its leaf; 0 before.</param>
/// <param name="DeadlineSeconds">The last second of Ethereum's clock in which the vault takes it; 0 before.</param>
/// <param name="Vetoes">Validators who are against it.</param>
public sealed record WithdrawalRecord(
    Address Sender, Address To, Amount Amount, Height Height, WithdrawalState State, Height Due, ulong Leaf, ulong DeadlineSeconds, ImmutableArray<Address> Vetoes)
{
    public static StateKey Key(Hash256 burnId) => StateKey.Of(StateModule.Bridge, BridgeKeys.Withdrawal, burnId);

    public static WithdrawalRecord? Get(IStateReader state, Hash256 burnId)
    {
        if (state.Get(Key(burnId)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var (sender, to, amount, height) = (reader.Address(), reader.Address(), reader.Amount(), reader.Height());
        var (at, due, leaf, deadline) = ((WithdrawalState)reader.Byte(), reader.Height(), reader.UInt64(), reader.UInt64());
        var vetoes = new Address[reader.Count16(ushort.MaxValue, Address.Size)];
        for (var i = 0; i < vetoes.Length; i++) vetoes[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "a withdrawal is as it was written");
        return new WithdrawalRecord(sender, to, amount, height, at, due, leaf, deadline, [.. vetoes]);
    }

    internal void Store(StateOverlay state, Hash256 burnId)
    {
        var writer = new ByteWriter(128).Address(Sender).Address(To).Amount(Amount).Height(Height).Byte((byte)State).Height(Due).UInt64(Leaf).UInt64(DeadlineSeconds);
        writer.UInt16((ushort)Vetoes.Length);
        foreach (var veto in Vetoes) writer.Address(veto);
        state.Set(Key(burnId), writer.ToArray());
    }
}
