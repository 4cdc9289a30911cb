using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>What accounts send each other.</summary>
internal static class PaymentScenes
{
    private const int Some = 200, Batches = 64, PaymentsMax = 256, Members = 16;

    private static readonly Amount Unit = new(1), Bonded = Amount.FromNtk(1);

    public static IEnumerable<CostScene> All(int accounts)
    {
        var load = new TransferLoad(accounts);
        Invariant.Check(MultiSignaturePolicy.TryCreate(2, load.Addresses.Take(Members), out var shared), "two of sixteen");
        var chain = new BenchmarkChain(BenchmarkChain.Genesis([.. load.Addresses, shared.Address]));
        yield return CostScene.Of(CostScenes.Transfer, chain, FullBlock.Decoded(load, chain.State.GenesisHash, accounts, 0), isFull: true);
        var senders = load.Keys.Take(Some).ToList();
        yield return CostScene.Of("batch_transfer", chain, [.. senders.Take(Batches).Select((key, i) => chain.Pay(key, Batch(i)))]);
        yield return CostScene.Of("burn", chain, [.. senders.Select(key => chain.Pay(key, new TransactionBody { Burn = new Burn { Amount = Unit.ToByteString() } }))]);
        var keys = load.Keys.Take(Members).OrderBy(key => key.Address).Take(2).ToList();
        yield return CostScene.Of("two_of_sixteen", chain, [.. Enumerable.Range(0, Some).Select(i => Transaction.Sign(CostScenes.Paid(chain, shared.Address, Transfer(load.Addresses[i]), i), shared, keys))]);
        List<Transaction> bonds = [.. senders.Select(key => chain.Pay(key, new TransactionBody { Bond = new Bond { Amount = Bonded.ToByteString() } }))];
        yield return CostScene.Of("bond", chain, bonds);
        chain.Take(bonds);
        yield return CostScene.Of("unbond", chain, [.. senders.Select(key => chain.Pay(key, new TransactionBody { Unbond = new Unbond { Amount = Bonded.ToByteString() } }))]);
    }

    private static TransactionBody Transfer(Address to) => new() { Transfer = new Transfer { To = to.ToByteString(), Amount = Unit.ToByteString() } };

    // To accounts that are not there yet, which is the dearest.
    private static TransactionBody Batch(int number)
    {
        var batch = new BatchTransfer();
        for (var i = 0; i < PaymentsMax; i++)
            batch.Payments.Add(new Payment { To = Address.FromBytes(CostScenes.Hash("payee", (number * PaymentsMax) + i).ToArray().AsSpan(0, Address.Size)).ToByteString(), Amount = Unit.ToByteString() });
        return new TransactionBody { BatchTransfer = batch };
    }
}
