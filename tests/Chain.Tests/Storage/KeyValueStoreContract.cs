using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

/// <summary>What every store keeps to; each implementation runs the whole suite.</summary>
public abstract class KeyValueStoreContract : IDisposable
{
    protected static readonly Column A = new("a");
    protected static readonly Column B = new("b");
    protected static readonly Column Expiring = new("expiring") { Expires = true };

    private readonly Lazy<IKeyValueStore> _store;

    protected KeyValueStoreContract() => _store = new Lazy<IKeyValueStore>(Open);

    protected IKeyValueStore Store => _store.Value;

    protected abstract IKeyValueStore Open();

    /// <summary>Closes and opens again where that means anything.</summary>
    protected virtual IKeyValueStore Reopen(IKeyValueStore store) => store;

    public virtual void Dispose()
    {
        if (_store.IsValueCreated) _store.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void WhatWasPutIsThereUntilItIsDeleted()
    {
        Assert.Null(Store.Get(A, [1]));
        Put(A, [1], [2]);
        Assert.Equal([2], Store.Get(A, [1]));
        Put(A, [1], [3]);
        Assert.True(Store.TryGet(A, [1], out var value));
        Assert.Equal([3], value);
        Store.Write(new WriteBatch().Delete(A, [1]).Delete(A, [9]), durable: false);
        Assert.False(Store.TryGet(A, [1], out _));
    }

    [Fact]
    public void ColumnsAreApart()
    {
        Put(A, [1], [2]);
        Put(B, [1], [3]);
        Store.Write(new WriteBatch().DeletePrefix(A, []), durable: false);
        Assert.Null(Store.Get(A, [1]));
        Assert.Equal([3], Store.Get(B, [1]));
    }

    [Fact]
    public void ABatchSpansColumnsAndItsLastWordWins()
    {
        Put(A, [7], [7]);
        Store.Write(
            new WriteBatch().Put(A, [1], [1]).Delete(A, [1]).Put(A, [2], [1]).Put(A, [2], [2])
                .Put(B, [3], [3]).DeleteRange(A, KeyRange.Between([5], [9])).Put(A, [8], [8]).Put(B, [4], [4]).DeletePrefix(B, [4]),
            durable: true);
        Assert.Equal([new([2], [2]), new([8], [8])], Scan(Store, A, KeyRange.All));
        Assert.Equal([new([3], [3])], Scan(Store, B, KeyRange.All));
    }

    [Fact]
    public void ABatchWithABugInItChangesNothing()
    {
        var batch = new WriteBatch().Put(A, [1], [1]).Put(new Column("unknown"), [1], [1]);
        Assert.Throws<InvariantException>(() => Store.Write(batch, durable: false));
        Assert.Null(Store.Get(A, [1]));
        Assert.Throws<InvariantException>(() => Store.Get(new Column("unknown"), [1]));
    }

    [Fact]
    public void AnEmptyBatchIsAllowed()
    {
        Store.Write(new WriteBatch(), durable: true);
        Store.Write(new WriteBatch().DeleteRange(A, KeyRange.Between([9], [1])).DeleteRange(A, KeyRange.Between([1], [1])), durable: false);
        Assert.Empty(Scan(Store, A, KeyRange.All));
    }

    [Fact]
    public void ABatchKeepsItsOwnBytes()
    {
        byte[] key = [1], value = [2];
        var batch = new WriteBatch().Put(A, key, value);
        key[0] = value[0] = 9;
        Store.Write(batch, durable: false);
        Assert.Equal([2], Store.Get(A, [1]));
    }

    [Fact]
    public void ABatchMayBeClearedAndFilledAgain()
    {
        var batch = new WriteBatch();
        for (byte round = 1; round <= 3; round++)
        {
            batch.Clear();
            for (byte i = 0; i < 200; i++) batch.Put(A, [i], [.. Enumerable.Repeat(round, 8 * i)]);
            batch.Put(B, [round], [round]);
            Store.Write(batch, durable: false);
        }

        for (byte i = 0; i < 200; i++) Assert.Equal(Enumerable.Repeat((byte)3, 8 * i), Store.Get(A, [i]));
        Assert.Equal(3, Store.Scan(B, KeyRange.All).Count());
    }

    [Fact]
    public void WhoeverReadsMayChangeWhatHeGot()
    {
        Put(A, [1], [2]);
        Store.Get(A, [1])![0] = 9;
        foreach (var entry in Store.Scan(A, KeyRange.All)) entry.Key[0] = entry.Value[0] = 9;
        Assert.Equal([2], Store.Get(A, [1]));
    }

    [Fact]
    public void EmptyKeysAndValuesAreOrdinary()
    {
        Put(A, [], [1]);
        Put(A, [0], []);
        Assert.Equal([1], Store.Get(A, []));
        Assert.True(Store.TryGet(A, [0], out var empty));
        Assert.Empty(empty);
        Assert.Equal([new([], [1]), new([0], [])], Scan(Store, A, KeyRange.All));
        Store.Write(new WriteBatch().Delete(A, []), durable: false);
        Assert.Null(Store.Get(A, []));
    }

    [Fact]
    public void LargeValuesComeBackWhole()
    {
        var value = new byte[1 << 20];
        new SeededStream(1).Fill(value);
        Put(A, [1], value);
        Assert.Equal(Hash256.Sha256(value), Hash256.Sha256(Store.Get(A, [1])));
        Assert.Equal(Hash256.Sha256(value), Hash256.Sha256(Store.Scan(A, KeyRange.All).Single().Value));
    }

    [Fact]
    public void ASnapshotDoesNotMove()
    {
        Put(A, [1], [1]);
        Put(A, [2], [2]);
        using var snapshot = Store.Snapshot();
        Store.Write(new WriteBatch().DeletePrefix(A, []).Put(A, [1], [9]).Put(A, [3], [3]), durable: false);
        Assert.Equal([1], snapshot.Get(A, [1]));
        Assert.False(snapshot.TryGet(A, [3], out _));
        Assert.Equal([new([2], [2]), new([1], [1])], Scan(snapshot, A, KeyRange.All, reverse: true));
        Assert.Equal([new([1], [9]), new([3], [3])], Scan(Store, A, KeyRange.All));
    }

    [Fact]
    public void ASnapshotOutlivesItsStoreAndEndsWithItsOwnDisposal()
    {
        Put(A, [1], [1]);
        var snapshot = Store.Snapshot();
        using var walk = Store.Scan(A, KeyRange.All).GetEnumerator();
        Assert.True(walk.MoveNext());
        Store.Dispose();
        Assert.Equal([1], snapshot.Get(A, [1]));
        Assert.False(walk.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => Store.Get(A, [1]));
        Assert.Throws<ObjectDisposedException>(() => Store.Write(new WriteBatch().Put(A, [1], [1]), durable: false));
        Assert.Throws<ObjectDisposedException>(Store.Snapshot);
        Assert.Throws<ObjectDisposedException>(() => Store.Scan(A, KeyRange.All).Count());
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.Get(A, [1]));
        Assert.Throws<ObjectDisposedException>(() => snapshot.Scan(A, KeyRange.All).Count());
    }

    [Fact]
    public void AWalkSeesTheStoreAsItWasWhenItBegan()
    {
        for (byte i = 0; i < 100; i++) Put(A, [i], [i]);
        var walk = Store.Scan(A, KeyRange.All);
        var seen = new List<byte>();
        foreach (var entry in walk)
        {
            seen.Add(entry.Key[0]);
            Store.Write(new WriteBatch().Delete(A, entry.Key).Delete(A, [(byte)(99 - entry.Key[0])]).Put(A, [(byte)(entry.Key[0] + 100)], []), durable: false);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), seen);
        Assert.Equal(100, walk.Count(entry => entry.Key[0] >= 100));
    }

    [Fact]
    public void PrefixesTakeAllThatBeginsWithThemAndNothingElse()
    {
        byte[][] keys = [[], [0], [1], [1, 0], [1, 0xff], [1, 0xff, 0xff], [2], [0xff], [0xff, 0], [0xff, 0xff], [0xff, 0xff, 1]];
        foreach (var key in keys) Put(A, key, []);
        foreach (var prefix in keys)
        {
            var expected = keys.Where(key => key.AsSpan().StartsWith(prefix)).ToList();
            Assert.Equal(expected, Keys(A, KeyRange.Prefix(prefix)));
            expected.Reverse();
            Assert.Equal(expected, Keys(A, KeyRange.Prefix(prefix), reverse: true));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xff, 0xff })]
    [InlineData(new byte[] { })]
    public void APrefixWithoutAnEndIsDeletedWhole(byte[] prefix)
    {
        byte[][] keys = [[], [1], [0xff], [0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff, 1]];
        foreach (var key in keys) Put(A, key, []);
        Store.Write(new WriteBatch().Put(A, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], []).DeletePrefix(A, prefix), durable: false);
        Assert.Equal(keys.Where(key => !key.AsSpan().StartsWith(prefix)), Keys(A, KeyRange.All));
    }

    [Fact]
    public void RangesHaveTheirFirstKeyAndNotTheirEnd()
    {
        for (byte i = 0; i < 10; i++) Put(A, [i], []);
        Assert.Equal([[3], [4]], Keys(A, KeyRange.Between([3], [5])));
        Assert.Equal([[4], [3]], Keys(A, KeyRange.Between([3], [5]), reverse: true));
        Assert.Equal([[8], [9]], Keys(A, KeyRange.All.StartingAt([8])));
        Assert.Equal([[1], [0]], Keys(A, KeyRange.All.Before([2]), reverse: true));
        Assert.Equal([[2], [1], [0]], Keys(A, KeyRange.All.Through([2]), reverse: true));
        Assert.Equal([[4]], Keys(A, KeyRange.Between([3], [5]).StartingAt([4]).Before([7])));
        Assert.Equal([[3], [4]], Keys(A, KeyRange.Between([3], [5]).StartingAt([1])));
        Assert.Empty(Keys(A, KeyRange.Between([5], [5])));
        Assert.Empty(Keys(A, KeyRange.Between([5], [3]), reverse: true));
        Assert.Empty(Keys(A, KeyRange.Between([100], [200]), reverse: true));
    }

    [Fact]
    public void WhatHasExpiredIsGoneAfterACompaction()
    {
        Fill(Store, from: 0, count: 1_000);
        Store.Expire(Expiring, 400);
        Store.Expire(Expiring, 300); // an expiry is never taken back
        Put(Expiring, Key(7), Number(2_000)); // the last word on a key says when it goes
        Put(Expiring, Key(1_000), [1, 2, 3]); // what has no number never expires
        Store.Compact(Expiring, KeyRange.All);
        Assert.Equal(Enumerable.Range(0, 1_001).Where(i => i is 7 or >= 400).Select(i => Hex.Encode(Key(i))).Order(), Model(Store, Expiring).Select(entry => entry.Key));
        Assert.Throws<InvariantException>(() => Store.Expire(A, 1));
    }

    [Fact]
    public void DroppedFilesTakeNothingWithThemThatWasNotDeleted()
    {
        for (byte i = 0; i < 10; i++) Put(A, [i], [i]);
        Store.Write(new WriteBatch().DeleteRange(A, KeyRange.Between([0], [5])), durable: true);
        Store.DropFiles(A, [0], [4]);
        Assert.Equal([[5], [6], [7], [8], [9]], Keys(A, KeyRange.All));
    }

    protected static void Fill(IKeyValueStore store, int from, int count)
    {
        var batch = new WriteBatch();
        for (var i = from; i < from + count; i++) batch.Put(Expiring, Key(i), Number((ulong)i));
        store.Write(batch, durable: true);
    }

    // Keys in no order that the numbers have, as hashes are.
    private static byte[] Key(int i) => Hash256.Sha256(new ByteWriter().UInt64((ulong)i).ToArray()).ToArray();

    private static byte[] Number(ulong number) => [.. new ByteWriter().UInt64(number).ToArray(), 0xff];

    [Fact]
    public void WritersOfManyThreadsDoNotDisturbEachOther()
    {
        Parallel.For(0, 8, thread =>
        {
            for (byte i = 0; i < 50; i++) Store.Write(new WriteBatch().Put(A, [(byte)thread, i], [i]).Put(B, [(byte)thread], [i]), durable: false);
            Assert.Equal(50, Store.Scan(A, KeyRange.Prefix([(byte)thread])).Count());
        });
        Assert.Equal(400, Store.Scan(A, KeyRange.All).Count());
        Assert.All(Store.Scan(B, KeyRange.All), entry => Assert.Equal([49], entry.Value));
    }

    /// <summary>Random batches, reads and reopenings beside a sorted dictionary that knows the right answer.</summary>
    [Fact]
    public void RandomOperationsAgreeWithTheModel()
    {
        var store = Store;
        try
        {
            Prop.ForAll<ulong>(seed =>
            {
                store.Write(new WriteBatch().DeletePrefix(A, []).DeletePrefix(B, []), durable: false);
                store = RunAgainstModel(store, new SeededStream(seed));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
        }
        finally
        {
            if (!ReferenceEquals(store, Store)) store.Dispose();
        }
    }

    protected static List<(string Key, string Value)> Model(IStoreReader reader, Column column) =>
        [.. reader.Scan(column, KeyRange.All).Select(entry => (Hex.Encode(entry.Key), Hex.Encode(entry.Value)))];

    protected void Put(Column column, byte[] key, byte[] value) => Store.Write(new WriteBatch().Put(column, key, value), durable: false);

    private static List<Entry> Scan(IStoreReader reader, Column column, KeyRange range, bool reverse = false) =>
        [.. reader.Scan(column, range, reverse).Select(entry => new Entry(entry.Key, entry.Value))];

    private List<byte[]> Keys(Column column, KeyRange range, bool reverse = false) => [.. Store.Scan(column, range, reverse).Select(entry => entry.Key)];

    private IKeyValueStore RunAgainstModel(IKeyValueStore store, SeededStream stream)
    {
        var model = new Dictionary<Column, StoreModel> { [A] = new(), [B] = new() };
        for (var step = 0; step < 40; step++)
        {
            using var before = store.Snapshot();
            var was = model.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
            var batch = new WriteBatch();
            for (var i = stream.NextBelow(6); i > 0; i--)
            {
                var column = stream.NextChance(1, 2) ? A : B;
                model[column].Change(batch, column, stream);
            }

            store.Write(batch, stream.NextChance(1, 8));
            foreach (var column in new[] { A, B })
            {
                was[column].AssertSame(before, column, stream);
                model[column].AssertSame(store, column, stream);
            }

            if (!stream.NextChance(1, 20)) continue;
            before.Dispose();
            store = Reopen(store);
        }

        return store;
    }

    // Arrays compare by reference inside records, so that entries are compared as text.
    private readonly record struct Entry(string Key, string Value)
    {
        public Entry(byte[] key, byte[] value) : this(Hex.Encode(key), Hex.Encode(value)) { }
    }
}
