using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What the execution of block h fixes for height h+2: its validators, the term that leads it and who is passed over. Layout: root of the
/// validator set 32 | 0, or 1 with term id 8, holder 20, proof root 32 | absent, count 2 and addresses.
/// </summary>
internal sealed record HeightRecord(Hash256 ValidatorsRoot, TermAssignment? Term, ImmutableArray<Address> Absent)
{
    /// <summary>Records stay for the late precommits that the next block may still bring.</summary>
    public const ulong HeightsKept = Limits.LatePrecommitBlocks;

    public static StateKey Key(Height height) => StateKey.Of(StateModule.Validators, 2, height.Value);

    public static HeightRecord? Get(IStateReader state, Height height) => state.Get(Key(height)) is { } bytes ? Decode(bytes) : null;

    public byte[] Encode()
    {
        var writer = new ByteWriter().Hash(ValidatorsRoot).Byte(Term is null ? (byte)0 : (byte)1);
        if (Term is not null) writer.UInt64(Term.TermId).Address(Term.Holder).Hash(Term.ProofRoot);
        writer.UInt16((ushort)Absent.Length);
        foreach (var address in Absent) writer.Address(address);
        return writer.ToArray();
    }

    private static HeightRecord Decode(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var root = reader.Hash();
        var term = reader.Byte() == 0 ? null : new TermAssignment(reader.UInt64(), reader.Address(), reader.Hash());
        var absent = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < absent.Length; i++) absent[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "a height record is as it was written");
        return new HeightRecord(root, term, [.. absent]);
    }
}
