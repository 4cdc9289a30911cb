namespace NeuroChain.Chain;

/// <summary>
/// Keys from a first one (inclusive) to an end (exclusive), compared byte by byte as unsigned numbers, shorter first. The default
/// value is every key.
/// </summary>
public readonly struct KeyRange
{
    public static readonly KeyRange All;

    private readonly byte[]? _from;
    private readonly byte[]? _to;

    private KeyRange(byte[]? from, byte[]? to) => (_from, _to) = (from, to);

    /// <summary>The smallest key of the range; empty is the smallest key that there is.</summary>
    public ReadOnlySpan<byte> From => _from;

    /// <summary>False where the range runs to the last key of the column.</summary>
    public bool HasEnd => _to is not null;

    /// <summary>The first key after the range, where <see cref="HasEnd"/>.</summary>
    public ReadOnlySpan<byte> To => _to;

    public bool IsEmpty => _to is not null && From.SequenceCompareTo(_to) >= 0;

    /// <summary>Every key that begins with the prefix. The end is the prefix plus one; a prefix of 0xff only has no end.</summary>
    public static KeyRange Prefix(ReadOnlySpan<byte> prefix)
    {
        var significant = prefix.TrimEnd((byte)0xff);
        if (significant.IsEmpty) return new KeyRange(prefix.ToArray(), null);
        var end = significant.ToArray();
        end[^1] = checked((byte)(end[^1] + 1));
        return new KeyRange(prefix.ToArray(), end);
    }

    public static KeyRange Between(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => new(from.ToArray(), to.ToArray());

    /// <summary>The part of this range that begins at the key: how a walk upwards is resumed.</summary>
    public KeyRange StartingAt(ReadOnlySpan<byte> key) => key.SequenceCompareTo(From) > 0 ? new KeyRange(key.ToArray(), _to) : this;

    /// <summary>The part of this range below the key.</summary>
    public KeyRange Before(ReadOnlySpan<byte> key) =>
        _to is null || key.SequenceCompareTo(_to) < 0 ? new KeyRange(_from, key.ToArray()) : this;

    /// <summary>The part of this range up to and with the key: how a walk downwards is started.</summary>
    public KeyRange Through(ReadOnlySpan<byte> key) => Before([.. key, 0]);

    public bool Contains(ReadOnlySpan<byte> key) =>
        key.SequenceCompareTo(From) >= 0 && (_to is null || key.SequenceCompareTo(_to) < 0);
}
