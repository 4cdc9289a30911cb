namespace NeuroChain.Chain;

/// <summary>
/// A named, separate key space of a store. The columns of a store are given when it is opened; using any other is a bug.
/// </summary>
public sealed record Column
{
    public const int NameLengthMax = 32;

    /// <param name="name">1 to 32 lower-case letters, digits and hyphens; it is stored, so renaming one is a change of format.</param>
    public Column(string name)
    {
        Invariant.Check(name.Length is > 0 and <= NameLengthMax, "a column name is short, since every store lists it");
        Invariant.Check(name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), "a column name is plain ASCII");
        Invariant.Check(name != "default", "RocksDB keeps the column 'default' for itself");
        Name = name;
    }

    public string Name { get; }

    /// <summary>
    /// Whether its entries expire: each value begins with a number of 8 bytes, big-endian, and <see cref="IKeyValueStore.Expire"/> lets those
    /// below a number go.
    /// </summary>
    public bool Expires { get; init; }

    /// <summary>
    /// Whether its entries come in the order of their keys and leave in it, a range at a time. A store then puts each file in its place as it is
    /// written, so that none waits with what has left for others to be merged with.
    /// </summary>
    public bool IsQueue { get; init; }

    /// <summary>A column is its name.</summary>
    public bool Equals(Column? other) => other?.Name == Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}
