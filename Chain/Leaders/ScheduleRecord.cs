using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// What the execution of block h fixes for height h+2: its validators, the term that leads it and who is passed over. A record of the state,
/// so that who leads is provable under the state root that header h+1 names. Layout: root of the validator set 32 | 0, or 1 with term id 8,
/// holder 20, proof root 32 | absent, count 2 and addresses.
/// </summary>
public sealed record ScheduleRecord(Hash256 ValidatorsRoot, TermAssignment? Term, ImmutableArray<Address> Absent)
{
    public const int SizeMax = Hash256.Size + 1 + 8 + Address.Size + Hash256.Size + 2 + (Limits.ValidatorsMax * Address.Size);

    // The ledger's numbers of its module for validators and of this kind of record: a proof is about a key.
    private const byte Module = 3;
    private const byte Kind = 2;

    /// <summary>Where the state has the record of a height: module 1 | kind 1 | height 8.</summary>
    public static byte[] Key(Height height) => new ByteWriter().Byte(Module).Byte(Kind).Height(height).ToArray();

    /// <summary>Who leads, once the set is known that the record names by its root.</summary>
    public LeaderSchedule Schedule(Height height, ValidatorSet validators)
    {
        Invariant.Check(validators.Root == ValidatorsRoot, "a schedule is made with the set that its record names");
        return new LeaderSchedule(height, validators, Term, Absent);
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Hash(ValidatorsRoot).Byte(Term is null ? (byte)0 : (byte)1);
        if (Term is not null) writer.UInt64(Term.TermId).Address(Term.Holder).Hash(Term.ProofRoot);
        writer.UInt16((ushort)Absent.Length);
        foreach (var address in Absent) writer.Address(address);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ScheduleRecord? record)
    {
        var reader = new ByteReader(bytes);
        var root = reader.Hash();
        var hasTerm = reader.Byte();
        if (hasTerm > 1) reader.Fail();
        var term = hasTerm == 1 ? new TermAssignment(reader.UInt64(), reader.Address(), reader.Hash()) : null;
        var absent = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < absent.Length; i++) absent[i] = reader.Address();
        record = reader.IsWhole ? new ScheduleRecord(root, term, [.. absent]) : null;
        return record is not null;
    }

    public bool Equals(ScheduleRecord? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(ValidatorsRoot, Term, Absent.Length);
}
