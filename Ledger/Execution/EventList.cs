using System.Buffers.Binary;
using System.Collections;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What happened in a block, in order, as it is hashed and stored. Whoever reads an event of it gets it decoded.</summary>
public sealed class EventList : IReadOnlyList<Event>
{
    private const int LengthSize = 4;

    private readonly byte[] _packed;
    private readonly int[] _ends;

    /// <param name="packed">The events, each with four bytes of length before it.</param>
    /// <param name="ends">Where each of them ends.</param>
    internal EventList(byte[] packed, int[] ends) => (_packed, _ends) = (packed, ends);

    public int Count => _ends.Length;

    /// <summary>All of them, each with four bytes of length before it; not to be changed.</summary>
    public byte[] Packed => _packed;

    public Event this[int index] => Event.Parser.ParseFrom(Encoded(index));

    /// <summary>The events as they were stored.</summary>
    /// <param name="packed">What <see cref="Packed"/> gave; kept, not copied.</param>
    public static EventList FromPacked(byte[] packed)
    {
        var ends = new List<int>();
        for (var at = 0; at < packed.Length; ends.Add(at))
        {
            var length = packed.Length - at >= LengthSize ? BinaryPrimitives.ReadUInt32BigEndian(packed.AsSpan(at)) : uint.MaxValue;
            Invariant.Check(length <= packed.Length - at - LengthSize, "what was packed can be unpacked");
            at += LengthSize + (int)length;
        }

        return new EventList(packed, [.. ends]);
    }

    /// <summary>The bytes of one event.</summary>
    public ReadOnlySpan<byte> Encoded(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return _packed.AsSpan(start + LengthSize, BinaryPrimitives.ReadInt32BigEndian(_packed.AsSpan(start)));
    }

    /// <summary>What the header that follows has of them.</summary>
    public Hash256 Root() => MerkleTree.Root(Count, i => MerkleTree.LeafHash(Encoded(i)));

    public IEnumerator<Event> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
