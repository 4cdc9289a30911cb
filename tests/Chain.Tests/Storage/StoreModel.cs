namespace NeuroChain.Chain.Tests;

/// <summary>One column as a sorted dictionary, over few short keys of telling bytes so that operations meet each other often.</summary>
internal sealed class StoreModel
{
    private static readonly byte[] Alphabet = [0x00, 0x01, 0x7f, 0x80, 0xff];
    private static readonly Comparer<byte[]> Bytewise = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private readonly SortedDictionary<byte[], byte[]> _entries;

    public StoreModel() => _entries = new SortedDictionary<byte[], byte[]>(Bytewise);

    private StoreModel(StoreModel other) => _entries = new SortedDictionary<byte[], byte[]>(other._entries, Bytewise);

    public StoreModel Copy() => new(this);

    /// <summary>Adds one random change to the batch and makes it here.</summary>
    public void Change(WriteBatch batch, Column column, SeededStream stream)
    {
        var key = RandomKey(stream);
        switch (stream.NextBelow(8))
        {
            case < 5:
                var value = stream.NextHash().ToArray()[..(int)stream.NextBelow(5)];
                batch.Put(column, key, value);
                _entries[key] = value;
                break;
            case 5:
                batch.Delete(column, key);
                _entries.Remove(key);
                break;
            case 6:
                batch.DeletePrefix(column, key);
                Remove(entry => entry.AsSpan().StartsWith(key));
                break;
            default:
                var end = RandomKey(stream);
                batch.DeleteRange(column, KeyRange.Between(key, end));
                Remove(entry => Bytewise.Compare(entry, key) >= 0 && Bytewise.Compare(entry, end) < 0);
                break;
        }
    }

    public void AssertSame(IStoreReader store, Column column, SeededStream stream)
    {
        AssertEntries(_entries, store.Scan(column, KeyRange.All));
        AssertEntries(_entries.Reverse(), store.Scan(column, KeyRange.All, reverse: true));
        var (a, b) = (RandomKey(stream), RandomKey(stream));
        Assert.Equal(_entries.GetValueOrDefault(a), store.Get(column, a));
        AssertEntries(_entries.Where(e => e.Key.AsSpan().StartsWith(a)), store.Scan(column, KeyRange.Prefix(a)));
        AssertEntries(_entries.Where(e => e.Key.AsSpan().StartsWith(a)).Reverse(), store.Scan(column, KeyRange.Prefix(a), reverse: true));
        var between = _entries.Where(e => Bytewise.Compare(e.Key, a) >= 0 && Bytewise.Compare(e.Key, b) < 0).ToList();
        AssertEntries(between, store.Scan(column, KeyRange.Between(a, b)));
        AssertEntries(Enumerable.Reverse(between), store.Scan(column, KeyRange.Between(a, b), reverse: true));
        AssertEntries(_entries.Where(e => Bytewise.Compare(e.Key, b) <= 0).Reverse(), store.Scan(column, KeyRange.All.Through(b), reverse: true));
        AssertEntries(_entries.Where(e => Bytewise.Compare(e.Key, b) >= 0), store.Scan(column, KeyRange.All.StartingAt(b)));
    }

    private static byte[] RandomKey(SeededStream stream)
    {
        var key = new byte[stream.NextBelow(4)];
        for (var i = 0; i < key.Length; i++) key[i] = Alphabet[stream.NextBelow((ulong)Alphabet.Length)];
        return key;
    }

    private static void AssertEntries(IEnumerable<KeyValuePair<byte[], byte[]>> expected, IEnumerable<StoreEntry> actual) =>
        Assert.Equal(
            expected.Select(e => (Hex.Encode(e.Key), Hex.Encode(e.Value))),
            actual.Select(e => (Hex.Encode(e.Key), Hex.Encode(e.Value))));

    private void Remove(Func<byte[], bool> condition)
    {
        foreach (var key in _entries.Keys.Where(condition).ToList()) _entries.Remove(key);
    }
}
