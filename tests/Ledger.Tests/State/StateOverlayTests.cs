using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class StateOverlayTests
{
    private static readonly StateTree Below = StateTree.Empty.Update(Enumerable.Range(0, 8).Select(i => KeyValuePair.Create(Key(i), (byte[]?)[(byte)i])));

    /// <summary>Compared with nested overlays: one dictionary per open mark.</summary>
    [Fact]
    public void AnySequenceOfSetsMarksAndRollBacksIsThatOfNestedDictionaries() =>
        Prop.ForAll<(byte Step, byte Key, byte Value)[]>(steps =>
        {
            var overlay = new StateOverlay(Below);
            var nested = new Stack<(int Mark, SortedDictionary<StateKey, byte[]?> Records)>();
            nested.Push((0, All()));
            foreach (var (step, number, value) in steps)
            {
                var key = Key(number % 16);
                var records = nested.Peek().Records;
                switch (step % 6)
                {
                    case 0:
                        nested.Push((overlay.Mark(), new SortedDictionary<StateKey, byte[]?>(records)));
                        break;
                    case 1 when nested.Count > 1:
                        overlay.RollBack(nested.Pop().Mark);
                        break;
                    case 2 when nested.Count > 1:
                        var kept = nested.Pop().Records;
                        nested.Push((nested.Pop().Mark, kept));
                        break;
                    case 3:
                        overlay.Delete(key);
                        records[key] = null;
                        break;
                    default:
                        overlay.Set(key, [value]);
                        records[key] = [value];
                        break;
                }

                if (nested.Peek().Records.Any(record => !Same(overlay.Get(record.Key), record.Value))) return false;
            }

            var expected = nested.Peek().Records.Where(record => !Same(record.Value, Below.Get(record.Key))).ToArray();
            return overlay.Changes.Select(change => change.Key).SequenceEqual(expected.Select(record => record.Key))
                && overlay.Changes.Zip(expected).All(pair => Same(pair.First.Value, pair.Second.Value))
                && overlay.Undo.Select(undo => undo.Key).SequenceEqual(expected.Select(record => record.Key))
                && overlay.Undo.All(undo => Same(undo.Value, Below.Get(undo.Key)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void WhatIsSetToWhatIsBelowIsNoChange()
    {
        var overlay = new StateOverlay(Below);
        overlay.Set(Key(1), [9]);
        overlay.Set(Key(1), [1]);
        overlay.Delete(Key(12));
        Assert.Empty(overlay.Changes);
        Assert.Empty(overlay.Undo);
        overlay.Set(Key(1), [9]);
        Assert.Equal(Key(1), Assert.Single(overlay.Changes).Key);
        Assert.Equal([1], Assert.Single(overlay.Undo).Value);
    }

    [Fact]
    public void AReadIsNoChange()
    {
        var overlay = new StateOverlay(Below);
        Assert.Equal([3], overlay.Get(Key(3)));
        Assert.Null(overlay.Get(Key(12)));
        Assert.Empty(overlay.Changes);
    }

    [Fact]
    public void AMarkThatWasNeverSetIsABug()
    {
        var overlay = new StateOverlay(Below);
        Assert.Throws<InvariantException>(() => overlay.RollBack(1));
        Assert.Throws<InvariantException>(() => overlay.RollBack(-1));
    }

    private static SortedDictionary<StateKey, byte[]?> All()
    {
        var all = new SortedDictionary<StateKey, byte[]?>();
        for (var i = 0; i < 16; i++) all[Key(i)] = Below.Get(Key(i));
        return all;
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);

    private static StateKey Key(int number) => StateKey.Of(StateModule.Accounts, 0, (ulong)number);
}
