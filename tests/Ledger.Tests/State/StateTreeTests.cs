using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class StateTreeTests
{
    [Fact]
    public void AnEmptyTreeHasTheZeroRoot() => Assert.Equal(Hash256.Zero, StateTree.Empty.Root);

    [Fact]
    public void ATreeOfOneRecordIsItsLeaf()
    {
        var tree = StateTree.Empty.Update([Set(1, [7])]);
        Assert.Equal(Domain.StateLeaf.Hash(Hash256.Sha256(Key(1).Bytes), Hash256.Sha256([7])), tree.Root);
    }

    /// <summary>The rules are part of the protocol: a root that changes here is another chain.</summary>
    [Fact]
    public void TheRootOfAThousandRecordsIsTheApprovedOne() =>
        Assert.Equal("0x69aeb0b012afab972044813e7503f2a5efe964effd8f0a577cc2138e4998a0b6", StateTree.Empty.Update(Enumerable.Range(0, 1_000).Select(i => Set(i, [(byte)(i % 251)]))).Root.ToString());

    [Fact]
    public void TheRootIsThatOfTheNaiveTreeAfterAnyBatches() =>
        Prop.ForAll<(byte Key, byte Value)[][]>(batches =>
        {
            var tree = StateTree.Empty;
            var model = new SortedDictionary<StateKey, byte[]>();
            foreach (var batch in batches) tree = Apply(tree, model, batch);
            return tree.Root == NaiveRoot(model)
                && model.All(record => tree.Get(record.Key) is { } value && value.AsSpan().SequenceEqual(record.Value))
                && tree.Records.Select(record => record.Key).ToHashSet().SetEquals(model.Keys);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheRootForgetsTheHistory() =>
        Prop.ForAll<byte[], ulong>((keys, seed) =>
        {
            var wanted = keys.Distinct().Select(key => Set(key, [key, 1])).ToArray();
            var atOnce = StateTree.Empty.Update(wanted);

            var stream = new SeededStream(seed);
            var shuffled = wanted.OrderBy(_ => stream.NextUInt64()).ToArray();
            var detour = Enumerable.Range(0, 40).Select(i => Set(1_000 + i, [(byte)i])).ToArray();
            var oneByOne = StateTree.Empty.Update(detour);
            foreach (var change in shuffled) oneByOne = oneByOne.Update([KeyValuePair.Create(change.Key, (byte[]?)[9])]).Update([change]);
            foreach (var change in detour) oneByOne = oneByOne.Update([KeyValuePair.Create(change.Key, (byte[]?)null)]);
            return oneByOne.Root == atOnce.Root;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnOlderTreeStaysAsItWas()
    {
        var old = StateTree.Empty.Update(Enumerable.Range(0, 100).Select(i => Set(i, [1])));
        var root = old.Root;
        var changed = old.Update([Set(3, [2]), KeyValuePair.Create(Key(4), (byte[]?)null)]);
        Assert.NotEqual(root, changed.Root);
        Assert.Equal(root, old.Root);
        Assert.Equal([1], old.Get(Key(3)));
        Assert.Equal([1], old.Get(Key(4)));
        Assert.Null(changed.Get(Key(4)));
    }

    [Fact]
    public void WritingTheSameValueOrDeletingNothingKeepsTheRoot()
    {
        var tree = StateTree.Empty.Update(Enumerable.Range(0, 20).Select(i => Set(i, [1])));
        Assert.Equal(tree.Root, tree.Update([Set(3, [1]), KeyValuePair.Create(Key(99), (byte[]?)null)]).Root);
    }

    [Fact]
    public void ABatchWithAKeyTwiceIsABug() =>
        Assert.Throws<InvariantException>(() => StateTree.Empty.Update([Set(1, [1]), Set(1, [2])]));

    /// <summary>Large batches go through the tree on several threads: what comes out is that of the naive tree all the same.</summary>
    [Fact]
    public void LargeBatchesGiveTheRootOfTheNaiveTree()
    {
        var tree = StateTree.Empty;
        var model = new SortedDictionary<StateKey, byte[]>();
        var stream = new SeededStream(5UL);
        for (var round = 0; round < 6; round++)
        {
            var changes = Enumerable.Range(0, 3_000).Select(_ => Set((int)(stream.NextUInt64() % 9_000), stream.NextUInt64() % 3 == 0 ? null : [(byte)round])).DistinctBy(c => c.Key).ToArray();
            foreach (var (key, value) in changes)
            {
                if (value is null) model.Remove(key);
                else model[key] = value;
            }

            tree = tree.Update(changes);
            Assert.Equal(NaiveRoot(model), tree.Root);
        }

        Assert.Equal(Hash256.Zero, tree.Update(model.Keys.Select(key => KeyValuePair.Create(key, (byte[]?)null))).Root);
    }

    [Fact]
    public void ALargeBatchWithAKeyTwiceIsTheSameBug()
    {
        var changes = Enumerable.Range(0, 5_000).Select(i => Set(i, [1])).ToArray();
        Assert.Throws<InvariantException>(() => StateTree.Empty.Update([.. changes, changes[77]]));
    }

    [Fact]
    public void EveryKeyIsProvedPresentOrAbsent() =>
        Prop.ForAll<byte[]>(keys =>
        {
            var tree = StateTree.Empty.Update(keys.Distinct().Select(key => Set(key, [key])));
            return Enumerable.Range(0, 256).All(i =>
            {
                var proof = tree.Prove(Key(i));
                var isThere = keys.Contains((byte)i);
                return proof.ProvesInclusion(tree.Root, Key(i).Bytes, [(byte)i]) == isThere && proof.ProvesExclusion(tree.Root, Key(i).Bytes) != isThere;
            });
        }).QuickCheckThrowOnFailure();

    private static StateTree Apply(StateTree tree, SortedDictionary<StateKey, byte[]> model, (byte Key, byte Value)[] batch)
    {
        // A value of less than 64 deletes.
        var changes = batch.DistinctBy(change => change.Key).Select(change => Set(change.Key, change.Value < 64 ? null : [change.Value])).ToArray();
        foreach (var (key, value) in changes)
        {
            if (value is null) model.Remove(key);
            else model[key] = value;
        }

        return tree.Update(changes);
    }

    private static Hash256 NaiveRoot(SortedDictionary<StateKey, byte[]> records) =>
        NaiveRoot([.. records.Select(record => (Hash256.Sha256(record.Key.Bytes).ToArray(), record.Value))], 0);

    private static Hash256 NaiveRoot((byte[] Path, byte[] Value)[] records, int depth)
    {
        if (records.Length == 0) return Hash256.Zero;
        if (records.Length == 1) return Domain.StateLeaf.Hash(Hash256.FromBytes(records[0].Path), Hash256.Sha256(records[0].Value));
        var sides = records.ToLookup(record => (record.Path[depth / 8] >> (7 - (depth % 8))) & 1);
        return Domain.StateNode.Hash(NaiveRoot([.. sides[0]], depth + 1), NaiveRoot([.. sides[1]], depth + 1));
    }

    private static StateKey Key(int number) => StateKey.Of(StateModule.Accounts, 0, (ulong)number);

    private static KeyValuePair<StateKey, byte[]?> Set(int key, byte[]? value) => KeyValuePair.Create(Key(key), value);
}
