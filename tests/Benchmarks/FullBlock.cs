using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>Blocks with as many signed transfers as the chain's own bounds of cost, bytes and number let into one.</summary>
internal static class FullBlock
{
    /// <summary>How many that is: what the builder takes of more than enough.</summary>
    public static int Transfers(GenesisDocument genesis)
    {
        const int more = 25_000;
        var load = new TransferLoad(more);
        var chain = new BenchmarkChain(genesis with { Allocations = BenchmarkChain.Genesis(load.Addresses).Allocations });
        return chain.Step(Decoded(load, chain.State.GenesisHash, more, 0)).Block.Transactions.Length;
    }

    /// <summary>One per account, with that nonce.</summary>
    public static List<Transaction> Decoded(TransferLoad load, GenesisHash genesis, int count, ulong nonce)
    {
        var bytes = load.Sign(genesis, count, nonce, BenchmarkChain.Fee);
        var decoded = new Transaction[count];
        Parallel.For(0, count, i => decoded[i] = Transaction.TryDecode(bytes[i].Span, genesis, out var t, out _) ? t : throw new InvalidDataException("the load is well-formed"));
        return [.. decoded];
    }
}
