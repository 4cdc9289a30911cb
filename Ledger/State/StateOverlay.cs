using System.Collections.Immutable;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Changes on top of a state that stays as it is: those of a block over the last state. A journal of what was overwritten takes steps back
/// that fail, so that a step needs no overlay of its own.
/// </summary>
/// <param name="below">The state that stays as it is.</param>
/// <param name="capacity">About how many records will be touched, where that is known.</param>
public sealed class StateOverlay(IStateReader below, int capacity = 0) : IStateReader
{
    private readonly Dictionary<StateKey, int> _places = new(capacity);

    // In the order in which they were first touched: what comes out never follows the order of the hash table.
    private readonly List<Record> _records = new(capacity);
    private readonly List<(int Place, byte[]? Value)> _journal = new(2 * capacity);
    private ImmutableArray<StateChange> _sorted;

    /// <summary>Every record that differs from what is below, ascending by key.</summary>
    public ImmutableArray<StateChange> Records => _sorted.IsDefault ? _sorted = Sorted() : _sorted;

    /// <summary>What was set or deleted (null), ascending by key; not what was set to what is below.</summary>
    public ImmutableArray<KeyValuePair<StateKey, byte[]?>> Changes => [.. Records.Select(change => KeyValuePair.Create(change.Key, change.After))];

    /// <summary>What takes the changes back: for each of their keys the value below, or null where there is none, ascending by key.</summary>
    public ImmutableArray<KeyValuePair<StateKey, byte[]?>> Undo => [.. Records.Select(change => KeyValuePair.Create(change.Key, change.Before))];

    public IStateReader Below => below;

    public byte[]? Get(StateKey key) => _records[PlaceOf(key)].Now;

    public void Set(StateKey key, byte[] value) => Put(key, value);

    public void Delete(StateKey key) => Put(key, null);

    /// <summary>A point to which <see cref="RollBack"/> can return.</summary>
    public int Mark() => _journal.Count;

    /// <summary>Takes back what was changed since the mark; marks that were set since then are void.</summary>
    public void RollBack(int mark)
    {
        Invariant.Check(mark >= 0 && mark <= _journal.Count, "only what was changed since is taken back");
        var records = CollectionsMarshal.AsSpan(_records);
        for (var i = _journal.Count - 1; i >= mark; i--) records[_journal[i].Place].Now = _journal[i].Value;
        _journal.RemoveRange(mark, _journal.Count - mark);
        _sorted = default;
    }

    /// <summary>The keys that were set or deleted since the mark and not taken back, in the order of the writes; those that were set again come again.</summary>
    internal IEnumerable<StateKey> WrittenSince(int mark)
    {
        for (var i = mark; i < _journal.Count; i++) yield return _records[_journal[i].Place].Key;
    }

    /// <summary>Sets or, at null, deletes.</summary>
    internal void Put(StateKey key, byte[]? value)
    {
        var place = PlaceOf(key);
        ref var record = ref CollectionsMarshal.AsSpan(_records)[place];
        _journal.Add((place, record.Now));
        record.Now = value;
        _sorted = default;
    }

    // A record is read below once, at the first touch: a change needs what was before it anyway.
    private int PlaceOf(StateKey key)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out var isKnown);
        if (isKnown) return place;
        place = _records.Count;
        var value = below.Get(key);
        _records.Add(new Record { Key = key, Before = value, Now = value });
        return _records.Count - 1;
    }

    private ImmutableArray<StateChange> Sorted()
    {
        var records = CollectionsMarshal.AsSpan(_records);
        var (heads, places, count) = (new ulong[records.Length], new int[records.Length], 0);
        for (var i = 0; i < records.Length; i++)
        {
            if (IsSame(records[i].Before, records[i].Now)) continue;
            (heads[count], places[count]) = (records[i].Key.Head, i);
            count++;
        }

        // The heads of the keys, which sort as numbers, decide almost all of the order; the whole keys the rest.
        heads.AsSpan(0, count).Sort(places.AsSpan(0, count));
        var changes = new StateChange[count];
        for (var i = 0; i < count; i++)
        {
            ref readonly var record = ref records[places[i]];
            changes[i] = new StateChange(record.Key, record.Before, record.Now);
        }

        for (var (start, end) = (0, 1); end <= count; end++)
        {
            if (end < count && heads[end] == heads[start]) continue;
            if (end - start > 1) changes.AsSpan(start, end - start).Sort((a, b) => a.Key.CompareTo(b.Key));
            start = end;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(changes);
    }

    private static bool IsSame(byte[]? before, byte[]? now) =>
        ReferenceEquals(before, now) || (before is not null && now is not null && before.AsSpan().SequenceEqual(now));

    private struct Record
    {
        public StateKey Key;
        public byte[]? Before;
        public byte[]? Now;
    }
}
