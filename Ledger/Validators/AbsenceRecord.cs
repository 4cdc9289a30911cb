using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The distinct authors whose blocks brought certificates without a validator since one last had its precommit. No record: it was in the
/// last one. Layout: count 2 | addresses in the order in which they came.
/// </summary>
internal sealed record AbsenceRecord(ImmutableArray<Address> Authors)
{
    public static StateKey Key(Address validator) => StateKey.Of(StateModule.Validators, 4, validator);

    public static AbsenceRecord Get(IStateReader state, Address validator)
    {
        if (state.Get(Key(validator)) is not { } bytes) return new AbsenceRecord([]);
        var reader = new ByteReader(bytes);
        var authors = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < authors.Length; i++) authors[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "an absence record is as it was written");
        return new AbsenceRecord([.. authors]);
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt16((ushort)Authors.Length);
        foreach (var author in Authors) writer.Address(author);
        return writer.ToArray();
    }
}
