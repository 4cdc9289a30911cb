using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A validator's word: a block of Ethereum has this hash.</summary>
public readonly record struct AttestationWord(ulong Number, Hash256 Hash);

/// <summary>
/// What a validator says of blocks of Ethereum that are not attested, or were attested otherwise; under its identity, so that a new key is not a
/// second voice. Layout: sequence of its last message 8 | words, count 2, ascending: number 8, hash 32.
/// </summary>
/// <param name="Sequence">So that nobody can bring an older word back.</param>
/// <param name="Words">At most <see cref="Most"/>: beyond them the lowest number is forgotten.</param>
public sealed record AttestationWords(ulong Sequence, ImmutableArray<AttestationWord> Words)
{
    public const int Most = 64;

    public static readonly AttestationWords None = new(0, []);

    public static AttestationWords Get(IStateReader state, Address identity)
    {
        if (state.Get(Key(identity)) is not { } bytes) return None;
        var reader = new ByteReader(bytes);
        var sequence = reader.UInt64();
        var words = new AttestationWord[reader.Count16(Most, 8 + Hash256.Size)];
        for (var i = 0; i < words.Length; i++) words[i] = new AttestationWord(reader.UInt64(), reader.Hash());
        Invariant.Check(reader.IsWhole, "a validator's words are as they were written");
        return new AttestationWords(sequence, [.. words]);
    }

    /// <summary>Zero where it says nothing of that block.</summary>
    public Hash256 Of(ulong number)
    {
        var place = PlaceOf(number);
        return place >= 0 ? Words[place].Hash : Hash256.Zero;
    }

    internal AttestationWords With(AttestationWord word)
    {
        var place = PlaceOf(word.Number);
        if (place >= 0) return this with { Words = Words.SetItem(place, word) };
        var words = Words.Insert(~place, word);
        return this with { Words = words.Length > Most ? words.RemoveAt(0) : words };
    }

    internal AttestationWords Without(ulong number)
    {
        var place = PlaceOf(number);
        return place >= 0 ? this with { Words = Words.RemoveAt(place) } : this;
    }

    internal void Store(StateOverlay state, Address identity)
    {
        var writer = new ByteWriter(16 + (Words.Length * (8 + Hash256.Size))).UInt64(Sequence).UInt16((ushort)Words.Length);
        foreach (var (number, hash) in Words) writer.UInt64(number).Hash(hash);
        state.Set(Key(identity), writer.ToArray());
    }

    // Where it stands; else the complement of where it would.
    private int PlaceOf(ulong number)
    {
        int low = 0, high = Words.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Words[middle].Number == number) return middle;
            if (Words[middle].Number < number) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    private static StateKey Key(Address identity) => StateKey.Of(StateModule.Bridge, BridgeKeys.Words, identity);
}
