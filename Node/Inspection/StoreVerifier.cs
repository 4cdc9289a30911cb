using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What a verification has looked at.</summary>
internal sealed record StoreVerification(LedgerMark Mark, Height EarliestBlock, Height EarliestState, ulong Blocks, ulong Transactions, ulong Records, StoreFaults Faults)
{
    public bool IsWhole => Faults.Count == 0;
}

/// <summary>
/// Checks every stored thing of a stopped node against every other: blocks against their certificates and each other, outcomes against the
/// roots in the next header, indexes against blocks in both directions, the state against its mark and, undone block by block, against the
/// mark of every height that it can be taken back to. It executes nothing: that is <see cref="TrainingVerifier"/>'s and the rebuild's.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="chain">The store.</param>
/// <param name="withSignatures">Whether each signature of each certificate is checked, by far the longest part.</param>
/// <param name="progress">Told how far it is, in words, now and then.</param>
internal sealed class StoreVerifier(GenesisDocument genesis, ChainStore chain, bool withSignatures, Action<string> progress)
{
    private const ulong ProgressHeights = 1_000;

    private readonly StoreFaults _faults = new();

    /// <exception cref="OperatorException">The store holds no chain, or another.</exception>
    public StoreVerification Run()
    {
        var mark = RequireMark(chain, genesis);
        var blocks = new BlockChecks(genesis, chain, mark, withSignatures, _faults);
        for (var height = chain.EarliestBlock; height <= mark.Height; height = height.Next())
        {
            blocks.Check(height);
            if (height.Value % ProgressHeights == 0) progress($"blocks to {height} of {mark.Height}");
        }

        progress("indexes");
        new IndexChecks(chain, mark, blocks, _faults).Run();
        progress("state");
        var records = CheckState(mark);
        return new StoreVerification(mark, chain.EarliestBlock, chain.EarliestState, blocks.Blocks, blocks.Transactions, records, _faults);
    }

    /// <summary>The mark of the state that a store holds.</summary>
    /// <exception cref="OperatorException">The store holds no chain, or another.</exception>
    public static LedgerMark RequireMark(ChainStore chain, GenesisDocument genesis)
    {
        if (chain.Mark is not { } bytes) throw new OperatorException("the data folder holds no chain yet: start the node first");
        if (chain.Genesis != genesis.Hash) throw new OperatorException($"the data folder is of the chain {chain.Genesis}, genesis.json is {genesis.Hash}: use the genesis file of this data");
        return LedgerMark.TryDecode(bytes, out var mark) ? mark : throw new OperatorException("the data folder is damaged: the mark of its state cannot be read; make the state again with ./neurochain db rebuild");
    }

    private ulong CheckState(LedgerMark mark)
    {
        if (!chain.Mark.AsSpan().SequenceEqual(chain.Store.Get(ChainColumns.Marks, ChainColumns.Key(mark.Height))))
            _faults.Add(StoreFault.At(mark.Height, ChainColumns.Marks, "is not the mark of the state"));
        ulong records = 0;
        foreach (var (key, _) in chain.StateRecords)
        {
            records++;
            if (key.Length >= 2) continue;
            _faults.Add(new StoreFault(mark.Height, ChainColumns.State, key, "is no key of a module"));
            return records;
        }

        var state = StoredState.Load(chain, mark);
        if (state.Tree.Root == mark.StateRoot.Value) CheckUndo(state);
        else _faults.Add(new StoreFault(mark.Height, ChainColumns.State, [], $"the records have the root {state.Tree.Root}, the mark says {mark.StateRoot}; the undo records cannot be checked"));
        return records;
    }

    // Height by height: in several undone at once, a wrong value of one block would hide behind the right one of a block before it.
    private void CheckUndo(StoredState newest)
    {
        var state = newest;
        while (state.Height > chain.EarliestState)
        {
            var to = state.Height.MinusOrGenesis(1);
            if (TryUndo(state, to) is not { } earlier)
            {
                _faults.Add(StoreFault.At(state.Height, ChainColumns.Undo, $"does not lead to the state root after height {to}; those below cannot be checked"));
                return;
            }

            state = earlier;
            if (state.Height.Value % ProgressHeights == 0) progress($"undo records down to {state.Height} of {chain.EarliestState}");
        }
    }

    private StoredState? TryUndo(StoredState state, Height to)
    {
        try
        {
            var earlier = state.At(to);
            return chain.MarkOf(to) is { } mark && mark.StateRoot.Value == earlier.Tree.Root ? earlier : null;
        }
        catch (InvariantException)
        {
            return null; // a record of the walk is not there, or not as it was written
        }
    }
}
