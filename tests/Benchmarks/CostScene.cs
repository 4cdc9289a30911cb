using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>A block of messages of one kind, and the one that would stand in its place without them.</summary>
internal sealed class CostScene
{
    /// <summary>So much at a time, or clock and collections would be all that is seen.</summary>
    private const long UnitsAtATime = 50_000;

    private readonly LedgerState _state;
    private readonly VerifiedCommit? _parent;
    private readonly ReadOnlyMemory<byte> _full, _empty;

    private CostScene(string kind, BenchmarkChain chain, ValidatedBlock full)
    {
        (Kind, _state, _parent) = (kind, chain.State, chain.LastCommit);
        (_full, _empty) = (full.Block.Bytes, chain.Build([]).Block.Bytes);
        Units = full.Transactions.Sum(transaction => (long)CostUnits.Of(transaction));
    }

    public string Kind { get; }

    /// <summary>That the block declares.</summary>
    public long Units { get; }

    /// <param name="kind">Of the messages.</param>
    /// <param name="chain">Whose next block it is.</param>
    /// <param name="messages">All of which come to something.</param>
    /// <param name="isFull">Whether there are more of them than a block takes.</param>
    public static CostScene Of(string kind, BenchmarkChain chain, IReadOnlyList<Transaction> messages, bool isFull = false)
    {
        var built = chain.Build(messages);
        Invariant.Check(built.Transactions.Length > 0 && (isFull || built.Transactions.Length == messages.Count), $"{kind}: {built.Transactions.Length} of {messages.Count} are in the block");
        Invariant.Check(built.Result.Receipts.All(receipt => receipt.IsSuccess), $"{kind}: all of them come to something");
        return new CostScene(kind, chain, built);
    }

    /// <summary>Of all cores together, for a unit that the messages declare.</summary>
    public double NanosecondsPerUnit(double seconds)
    {
        var repeats = (int)Math.Max(1, UnitsAtATime / Units);
        var (spent, rounds, clock) = (TimeSpan.Zero, 0L, Stopwatch.StartNew());
        do
        {
            spent += Processor(_full, repeats) - Processor(_empty, repeats);
            rounds += repeats;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        return spent.TotalNanoseconds / rounds / Units;
    }

    private TimeSpan Processor(ReadOnlyMemory<byte> block, int repeats)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < repeats; i++)
        {
            Invariant.Check(PreparedBlock.TryPrepare(block, _state.GenesisHash, out var prepared, out var refusal), refusal.ToString());
            Invariant.Check(BlockValidator.TryValidate(_state, prepared!, _parent, out _, out refusal), refusal.ToString());
        }

        return Environment.CpuUsage.TotalTime - before;
    }
}
