using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class RewindTests
{
    [Fact]
    public void TheUndoOfAnyBatchesGivesTheOldRootAgain() =>
        Prop.ForAll<(byte Key, byte Value)[][], byte>((batches, back) =>
        {
            var trees = new List<StateTree> { StateTree.Empty };
            var undo = new List<IEnumerable<KeyValuePair<StateKey, byte[]?>>>();
            foreach (var batch in batches)
            {
                var overlay = new StateOverlay(trees[^1]);
                foreach (var (key, value) in batch)
                {
                    if (value < 64) overlay.Delete(Key(key));
                    else overlay.Set(Key(key), [value]);
                }

                trees.Add(trees[^1].Update(overlay.Changes));
                undo.Add(overlay.Undo);
            }

            var steps = back % trees.Count;
            return trees[^1].Rewind(undo.AsEnumerable().Reverse().Take(steps)).Root == trees[^(1 + steps)].Root;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void BlocksAreTakenBackToEveryEarlierHeight()
    {
        var chain = new LedgerFixture();
        var states = new List<LedgerState> { chain.State };
        var undo = new List<IReadOnlyList<KeyValuePair<StateKey, byte[]?>>>();
        for (var i = 0; i < 12; i++)
        {
            var result = chain.Step(chain.Transfer(chain.Alice, LedgerFixture.Key(50 + (i % 5)).Address, Amount.FromNtk(1)));
            Assert.Equal(result.Changes.Select(c => c.Key), result.Undo.Select(u => u.Key));
            Assert.Equal(result.Undo.Select(u => u.Key).Order(), result.Undo.Select(u => u.Key));
            undo.Insert(0, result.Undo);
            states.Insert(0, chain.State);
        }

        for (var back = 0; back < states.Count; back++)
        {
            Assert.True(chain.State.TryRewind(states[back].Mark, undo.Take(back), out var older, out var fault), fault.ToString());
            Assert.Equal(states[back].Mark, older.Mark);
            Assert.Equal(states[back].Records.Select(r => (r.Key, Convert.ToHexString(r.Value))), older.Records.Select(r => (r.Key, Convert.ToHexString(r.Value))));
        }

        chain.State.TryRewind(states[^1].Mark, undo, out var genesis, out _);
        Assert.Equal(chain.Genesis.Hash.Value, genesis!.LastBlock.Hash.Value);
    }

    [Fact]
    public void BatchesThatDoNotLeadToTheMarkAreToldApart()
    {
        var chain = new LedgerFixture();
        var start = chain.State.Mark;
        var first = chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, Amount.FromNtk(1)));
        var middle = chain.State;
        var second = chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, Amount.FromNtk(2)));
        Assert.True(chain.State.TryRewind(start, [second.Undo, first.Undo], out _, out _));

        Assert.False(chain.State.TryRewind(start, [second.Undo], out var none, out var fault));
        Assert.Equal(RewindFault.RootDiffers, fault);
        Assert.Null(none);
        Assert.False(chain.State.TryRewind(start, [first.Undo, second.Undo], out _, out fault));
        Assert.Equal(RewindFault.RootDiffers, fault);
        Assert.False(middle.TryRewind(chain.State.Mark, [second.Undo], out _, out fault));
        Assert.Equal(RewindFault.MarkIsLater, fault);
    }

    private static StateKey Key(byte number) => StateKey.Of(StateModule.Accounts, 0, (ulong)number);
}
