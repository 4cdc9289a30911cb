using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>
/// An endless stream of bytes from a seed: block i is SHA-256(tag || seed || i as 8 bytes big-endian). Sampling, generators and the
/// simulator draw from it, because a library's generator may change with its version.
/// </summary>
public sealed class SeededStream(Hash256 seed)
{
    private readonly byte[] _block = new byte[Hash256.Size];
    private readonly byte[] _seed = seed.ToArray();
    private ulong _counter;
    private int _used = Hash256.Size;

    public SeededStream(ulong seed) : this(FromNumber(seed)) { }

    public void Fill(Span<byte> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = NextByte();
    }

    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public Hash256 NextHash()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        Fill(bytes);
        return Hash256.FromBytes(bytes);
    }

    /// <summary>A number below the bound, without bias: draws that fall into the last, incomplete stretch are thrown away.</summary>
    public ulong NextBelow(ulong bound)
    {
        Invariant.Check(bound > 0, "there is no number below zero");
        var excess = unchecked(((ulong.MaxValue % bound) + 1) % bound);
        while (true)
        {
            var draw = NextUInt64();
            if (draw <= ulong.MaxValue - excess) return draw % bound;
        }
    }

    /// <returns>Distinct numbers below <paramref name="population"/>, in the order drawn; every subset is equally likely.</returns>
    public int[] NextDistinct(int count, int population)
    {
        Invariant.Check(count >= 0 && count <= population, "no more distinct samples can be drawn than there are");
        var drawn = new int[count];
        // Only moved places are remembered, so that a small draw from a large population stays small.
        var moved = new Dictionary<int, int>();
        for (var i = 0; i < count; i++)
        {
            var j = i + (int)NextBelow((ulong)(population - i));
            drawn[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }

        return drawn;
    }

    /// <summary>True once in <paramref name="outOf"/> draws for each of <paramref name="chances"/>.</summary>
    public bool NextChance(ulong chances, ulong outOf) => NextBelow(outOf) < chances;

    private byte NextByte()
    {
        if (_used == _block.Length) Refill();
        return _block[_used++];
    }

    private void Refill()
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(counter, _counter);
        Domain.Stream.Hash(_seed, counter).CopyTo(_block);
        _counter = checked(_counter + 1);
        _used = 0;
    }

    private static Hash256 FromNumber(ulong seed)
    {
        var bytes = new byte[Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), seed);
        return Hash256.FromBytes(bytes);
    }
}
