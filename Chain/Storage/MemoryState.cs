using System.Collections.Frozen;
using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// All columns of a <see cref="MemoryStore"/> at one moment. Immutable trees share what did not change, so that a snapshot is a
/// reference and a batch is atomic because its outcome is another state.
/// </summary>
internal sealed class MemoryState
{
    private static readonly Comparer<StoreEntry> ByKey = Comparer<StoreEntry>.Create((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));

    private readonly FrozenDictionary<Column, int> _indexes;
    private readonly ImmutableSortedSet<StoreEntry>[] _columns;

    public MemoryState(IReadOnlyList<Column> columns)
    {
        _indexes = columns.Index().ToFrozenDictionary(c => c.Item, c => c.Index);
        _columns = [.. columns.Select(_ => ImmutableSortedSet.Create<StoreEntry>(ByKey))];
    }

    private MemoryState(FrozenDictionary<Column, int> indexes, ImmutableSortedSet<StoreEntry>[] columns)
    {
        _indexes = indexes;
        _columns = columns;
    }

    // Copies go out, so that a caller who changes what he got changes nothing here.
    public byte[]? Get(Column column, ReadOnlySpan<byte> key) =>
        _columns[IndexOf(column)].TryGetValue(Probe(key), out var entry) ? [.. entry.Value] : null;

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse)
    {
        var entries = _columns[IndexOf(column)];
        var (first, end) = Bounds(range, probe => entries.IndexOf(probe), entries.Count);
        for (var i = 0; i < end - first; i++)
        {
            var entry = entries[reverse ? end - 1 - i : first + i];
            yield return new StoreEntry([.. entry.Key], [.. entry.Value]);
        }
    }

    public MemoryState With(WriteBatch batch)
    {
        var builders = new ImmutableSortedSet<StoreEntry>.Builder?[_columns.Length];
        foreach (var operation in batch.Operations)
        {
            var index = IndexOf(operation.Column);
            Apply(builders[index] ??= _columns[index].ToBuilder(), operation);
        }

        return new MemoryState(_indexes, [.. _columns.Select((column, i) => builders[i]?.ToImmutable() ?? column)]);
    }

    private static void Apply(ImmutableSortedSet<StoreEntry>.Builder entries, WriteBatch.Operation operation)
    {
        switch (operation.Kind)
        {
            case WriteBatch.Kind.Put:
                var entry = new StoreEntry(operation.Key.ToArray(), operation.Value.ToArray());
                entries.Remove(entry);
                entries.Add(entry);
                break;
            case WriteBatch.Kind.Delete:
                entries.Remove(Probe(operation.Key.Span));
                break;
            case WriteBatch.Kind.DeleteRange:
                var (first, end) = Bounds(operation.Range, entries.IndexOf, entries.Count);
                for (var i = first; i < end; i++) entries.Remove(entries[first]);
                break;
            default:
                Invariant.Fail("a batch has puts, deletes and range deletes");
                break;
        }
    }

    private static (int First, int End) Bounds(KeyRange range, Func<StoreEntry, int> indexOf, int count)
    {
        var first = Position(indexOf(Probe(range.From)));
        var end = range.HasEnd ? Position(indexOf(Probe(range.To))) : count;
        return (first, end);
    }

    // IndexOf gives the complement of the place where a missing key would stand.
    private static int Position(int index) => index < 0 ? ~index : index;

    private static StoreEntry Probe(ReadOnlySpan<byte> key) => new(key.ToArray(), []);

    private int IndexOf(Column column)
    {
        var known = _indexes.TryGetValue(column, out var index);
        Invariant.Check(known, "a store is used with the columns that it was opened with");
        return index;
    }
}
