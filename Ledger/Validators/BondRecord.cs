using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A part of a bond that was asked back.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Release">The height at whose end it is paid, where enough time has passed too.</param>
/// <param name="Asked">Time of the block before the one that had the request.</param>
public readonly record struct Unbonding(Amount Amount, Height Release, Timestamp Asked = default)
{
    /// <summary>Both as one, paid when the later of them may be.</summary>
    public Unbonding With(Unbonding other) => new(Amount + other.Amount, Release > other.Release ? Release : other.Release, Asked > other.Asked ? Asked : other.Asked);
}

/// <summary>
/// What a validator has put down, and what of it is on its way back. Both answer for its faults. Layout: bonded 16 | unbondings, count 2, each
/// amount 16, height 8 and time 8, ascending by height.
/// </summary>
public sealed record BondRecord(Amount Bonded, ImmutableArray<Unbonding> Unbondings)
{
    public const int UnbondingsMax = 16;

    public static readonly BondRecord None = new(Amount.Zero, []);

    /// <summary>All that is locked.</summary>
    public Amount Total => Unbondings.Aggregate(Bonded, (sum, unbonding) => sum + unbonding.Amount);

    public static StateKey Key(Address validator) => StateKey.Of(StateModule.Validators, 6, validator);

    public static BondRecord Get(IStateReader state, Address validator)
    {
        if (state.Get(Key(validator)) is not { } bytes) return None;
        var reader = new ByteReader(bytes);
        var bonded = reader.Amount();
        var unbondings = new Unbonding[reader.Count16(UnbondingsMax, Amount.Size + 8 + 8)];
        for (var i = 0; i < unbondings.Length; i++) unbondings[i] = new Unbonding(reader.Amount(), reader.Height(), new Timestamp(reader.UInt64()));
        Invariant.Check(reader.IsWhole, "a bond record is as it was written");
        return new BondRecord(bonded, [.. unbondings]);
    }

    internal void Store(StateOverlay state, Address validator)
    {
        if (Bonded.IsZero && Unbondings.IsEmpty)
        {
            state.Delete(Key(validator));
            return;
        }

        var writer = new ByteWriter().Amount(Bonded).UInt16((ushort)Unbondings.Length);
        foreach (var (amount, release, asked) in Unbondings) writer.Amount(amount).Height(release).UInt64(asked.Milliseconds);
        state.Set(Key(validator), writer.ToArray());
    }
}
