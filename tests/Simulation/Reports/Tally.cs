namespace NeuroChain.Simulation;

/// <summary>How often things came about, by name, in an order that does not depend on when. Equal where all counts are.</summary>
public sealed class Tally : IEquatable<Tally>
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, long>> Counts => _counts;

    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Add(string name, long count = 1) => _counts[name] = this[name] + count;

    public void AddAll(Tally other)
    {
        foreach (var (name, count) in other._counts) Add(name, count);
    }

    public bool Equals(Tally? other) => other is not null && _counts.SequenceEqual(other._counts);

    public override bool Equals(object? obj) => Equals(obj as Tally);

    public override int GetHashCode() => _counts.Count;
}
