using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What the replay of one log came to.</summary>
/// <param name="Height">Whose log.</param>
/// <param name="Log">What it holds.</param>
/// <param name="Turns">Turns whose effects were compared.</param>
/// <param name="Decided">The block that it leads to; null where it ends before, or its block came by sync.</param>
/// <param name="Difference">The first thing that is not as it was; null where all is.</param>
internal sealed record ReplayedLog(Height Height, WalRead Log, int Turns, BlockHash? Decided, string? Difference)
{
    public override string ToString()
    {
        var result = Decided is { } block ? $"decided {block.Value.ToShortString()}" : "not decided";
        var cut = Log.LostBytes == 0 ? "" : Log.IsHarmed ? $", HARMED: {Log.LostBytes} bytes are lost" : $", {Log.LostBytes} bytes of an unfinished write";
        return $"height {Height}: {Log.Records.Count} records, {Turns} turns, {result}{cut}: {Difference ?? "identical"}";
    }
}

/// <summary>
/// Runs the write-ahead logs of a node through the very same consensus and ledger again: the same inputs must lead to the same answers, the same
/// verdicts about blocks and the same states. The store and the logs stay as they are.
/// </summary>
/// <param name="chain">The store of the node.</param>
/// <param name="newest">The state after its last block.</param>
/// <param name="logOf">What the log of a height holds.</param>
internal sealed class WalReplay(ChainStore chain, LedgerState newest, Func<Height, WalRead> logOf)
{
    private readonly HistoricalStates _states = new(chain, () => newest, long.MaxValue);

    public ReplayedLog Run(Height height)
    {
        var log = logOf(height);
        if (log.Records.Count == 0) return new ReplayedLog(height, log, 0, null, null);
        if (!_states.TryGet(height.MinusOrGenesis(1), out var state, out var fault))
            return new ReplayedLog(height, log, 0, null, $"the state before it is not to be had ({fault}): nothing is compared");
        var replay = new HeightReplay(state, log.Records);
        var difference = replay.Run() ?? Compare(height, replay.Decided);
        return new ReplayedLog(height, log, replay.Turns, replay.Decided?.Block.Hash, difference);
    }

    // A process may end between the decision and the store: then the log is one block ahead.
    private string? Compare(Height height, ValidatedBlock? decided)
    {
        if (decided is null || height > newest.Height) return null;
        if (chain.Get(height) is not { } stored) return null; // pruned
        if (stored.Block.Hash != decided.Block.Hash || stored.Certificate.Block != decided.Block.Ref)
            return $"it leads to the block {decided.Block.Hash}, the store has {stored.Block.Hash} with a certificate for {stored.Certificate.Block.Hash}";
        var root = decided.Result.Next.Root;
        return chain.MarkOf(height) is not { } mark || mark.StateRoot == root ? null : $"its block leads to the state root {root}, the store has {mark.StateRoot}";
    }
}
