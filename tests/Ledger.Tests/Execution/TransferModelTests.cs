using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Random blocks of transfers against a dictionary of balances.</summary>
public sealed class TransferModelTests
{
    private static readonly PrivateKey[] Holders = [.. Enumerable.Range(10, 5).Select(LedgerFixture.Key)];

    [Fact]
    public void BalancesFollowTheModelAndTheirSumStays() =>
        Prop.ForAll<(byte From, byte To, ushort Milli)[][]>(blocks =>
        {
            var chain = new LedgerFixture(genesis => genesis with
            {
                Allocations = [.. Holders.Select((holder, i) => new GenesisAllocation(holder.Address, new Amount((UInt128)(i * 20) * 1_000_000_000_000_000)))],
            });
            var model = Holders.Select(holder => (Int128)(UInt128)chain.AccountOf(holder).Balance.Units).ToArray();
            var fees = (Int128)0;
            foreach (var block in blocks.Take(4)) Play(chain, model, block, ref fees);

            var balances = Holders.Select(holder => (Int128)(UInt128)chain.AccountOf(holder).Balance.Units).ToArray();
            var authors = chain.ValidatorKeys.Aggregate((Int128)0, (sum, key) => sum + (Int128)chain.AccountOf(key).Balance.Units);
            var supply = SupplyRecord.Get(chain.State);
            return balances.SequenceEqual(model) && balances.All(balance => balance >= 0)
                && authors + (Int128)supply.Treasury.Units + (Int128)supply.Burned.Units == fees;
        }).QuickCheckThrowOnFailure();

    private static void Play(LedgerFixture chain, Int128[] model, (byte From, byte To, ushort Milli)[] block, ref Int128 fees)
    {
        var nonces = Holders.Select(holder => chain.AccountOf(holder).Nonce).ToArray();
        var transactions = new List<Transaction>();
        var fee = (Int128)chain.FeeMin.Units;
        foreach (var (from, to, milli) in block)
        {
            int sender = from % Holders.Length, receiver = to % Holders.Length;
            var amount = (Int128)(milli % 40) * 1_000_000_000_000_000;
            transactions.Add(chain.Transfer(Holders[sender], Holders[receiver].Address, new Amount((UInt128)amount), nonce: nonces[sender]));
            if (model[sender] < fee) continue; // the builder passes it over, and its nonce stays
            nonces[sender]++;
            model[sender] -= fee;
            fees += fee;
            if (amount == 0 || sender == receiver || model[sender] < amount) continue;
            model[sender] -= amount;
            model[receiver] += amount;
        }

        chain.Step([.. transactions]);
    }
}
