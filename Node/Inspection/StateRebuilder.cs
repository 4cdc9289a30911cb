using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Why a state could not be made again, and at which height.</summary>
internal sealed record RebuildFailure(Height Height, string What);

/// <summary>
/// Makes the state of a stopped node again by executing its blocks: each block is checked whole, so that its header's roots are those that
/// the execution comes to. The store has the old state until the new one, complete, takes its place in one write.
/// </summary>
internal sealed class StateRebuilder(ChainStore chain, Action<string> progress)
{
    private const ulong ProgressHeights = 1_000;

    /// <param name="start">The state to begin at: that of genesis, or of a verified snapshot.</param>
    /// <param name="failure">The first block that does not follow; then nothing was changed.</param>
    /// <returns>The new state; null where it could not be made.</returns>
    public LedgerState? Run(LedgerState start, out RebuildFailure? failure)
    {
        failure = null;
        var last = LastBlock();
        if (start.Height > last) throw new OperatorException($"there is no block after height {last}, and the state to begin at is of height {start.Height}: use an older one");
        if (start.Height.Next() < chain.EarliestBlock)
            throw new OperatorException($"the blocks below {chain.EarliestBlock} are pruned and there is no snapshot from height {chain.EarliestBlock.MinusOrGenesis(1)} on: let the node sync into an empty folder instead");
        var history = new List<(Height, LedgerMark, ReadOnlyMemory<byte>?)> { (start.Height, start.Mark, null) };
        var state = start;
        foreach (var (prepared, refusal) in BlocksAhead.Prepare(Blocks(state.Height.Next(), last), state.GenesisHash))
        {
            if (Execute(state, prepared, refusal, out failure) is not { } result) return null;
            history.Add((result.Next.Height, result.Next.Mark, result.Next.Height > chain.EarliestState ? UndoRecord.Encode(result.Undo) : null));
            state = result.Next;
            if (state.Height.Value % ProgressHeights == 0) progress($"block {state.Height} of {last}");
        }

        if (state.Height < last)
        {
            failure = new RebuildFailure(state.Height.Next(), "the block is missing");
            return null;
        }

        progress("writing");
        chain.ReplaceState(state, history.Where(entry => entry.Item1 >= chain.EarliestMark));
        return state;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Blocks(Height first, Height last)
    {
        for (var height = first; height <= last && chain.Store.Get(ChainColumns.Blocks, ChainColumns.Key(height)) is { } bytes; height = height.Next())
            yield return bytes;
    }

    private static ExecutionResult? Execute(LedgerState state, PreparedBlock? prepared, BlockRefusal refusal, out RebuildFailure? failure)
    {
        var height = state.Height.Next();
        failure = null;
        if (prepared is null) failure = new RebuildFailure(height, $"the block is damaged: {refusal}");
        else if (!BlockValidator.TryValidate(state, prepared, out var validated, out refusal)) failure = new RebuildFailure(height, $"the block does not follow: {refusal}");
        else return validated.Result;
        return null;
    }

    // Not the mark's word: it may be what is damaged.
    private Height LastBlock()
    {
        foreach (var (key, _) in chain.Store.Scan(ChainColumns.Blocks, KeyRange.All, reverse: true))
            return ChainColumns.HeightOf(key) ?? throw new OperatorException("the data folder is damaged: the last block has no height for a key");
        return chain.EarliestBlock.MinusOrGenesis(1);
    }
}
