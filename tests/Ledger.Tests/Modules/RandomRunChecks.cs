using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What holds of every block, whatever was offered to it.</summary>
internal static class RandomRunChecks
{
    /// <summary>What was refused left no trace: the block is that of those alone which are in it.</summary>
    public static void Refused(LedgerFixture chain, LedgerState before, ValidatedBlock built, IReadOnlyCollection<Transaction> offered)
    {
        var chosen = BlockBuilder.Build(before, Template(chain, built), built.Transactions);
        Assert.Equal(built.Result.Next.Root, chosen.Result.Next.Root);
        Assert.Equal(built.Block.Bytes.ToArray(), chosen.Block.Bytes.ToArray());
        Assert.True(built.Transactions.Length <= offered.Count);
    }

    /// <summary>A block that holds only what failed differs from the empty one by fees and nonces.</summary>
    /// <returns>Whether there was anything to look at.</returns>
    public static bool Failed(LedgerFixture chain, LedgerState before, ValidatedBlock built)
    {
        var failed = built.Transactions.Where((_, i) => !built.Result.Receipts[i].IsSuccess).ToArray();
        if (failed.Length == 0) return false;
        var alone = BlockBuilder.Build(before, Template(chain, built), failed);
        if (alone.Transactions.Length == 0 || alone.Result.Receipts.Any(receipt => receipt.IsSuccess)) return false; // what came before it decided
        var empty = BlockBuilder.Build(before, Template(chain, built), []);
        HashSet<StateKey> fees = [SupplyRecord.Key, StateKey.Of(StateModule.Fees, 0), AccountsModule.Key(built.Block.Header.Author)];
        foreach (var sender in alone.Transactions.GroupBy(transaction => transaction.Sender))
        {
            fees.Add(AccountsModule.Key(sender.Key));
            if (sender.Key == built.Block.Header.Author) continue;
            var (was, now) = (AccountsModule.Get(empty.Result.Next, sender.Key), AccountsModule.Get(alone.Result.Next, sender.Key));
            Assert.Equal(was.Nonce + (ulong)sender.Count(), now.Nonce);
            Assert.Equal(sender.Aggregate(was.Balance, (balance, transaction) => balance - transaction.Fee), now.Balance);
        }

        var (with, without) = (alone.Result.Changes.ToDictionary(), empty.Result.Changes.ToDictionary());
        foreach (var key in with.Keys.Union(without.Keys).Where(key => !fees.Contains(key)))
            Assert.Equal(without.GetValueOrDefault(key), with.GetValueOrDefault(key));
        return true;
    }

    /// <summary>Each sender's nonces go up by one.</summary>
    public static void Nonces(LedgerState before, ValidatedBlock block)
    {
        foreach (var sender in block.Transactions.Where(transaction => !transaction.IsProtocolMessage).GroupBy(transaction => transaction.Sender))
        {
            var nonce = AccountsModule.Get(before, sender.Key).Nonce;
            foreach (var transaction in sender) Assert.Equal(nonce++, transaction.Nonce);
            Assert.Equal(nonce, AccountsModule.Get(block.Result.Next, sender.Key).Nonce);
        }
    }

    private static BlockTemplate Template(LedgerFixture chain, ValidatedBlock built) => chain.Template(built.Block.Header.BuiltRound, []) with { Time = built.Block.Header.Time };
}
