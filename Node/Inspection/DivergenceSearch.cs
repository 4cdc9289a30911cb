using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Finds where two stores of one chain part: the first height after which their marks differ, and in it the first record, in the order of
/// execution, that is not the same. Heights are walked one by one: marks that differ may agree again later, so that halving would miss the
/// first.
/// </summary>
internal sealed class DivergenceSearch(GenesisDocument genesis, ChainStore a, ChainStore b)
{
    private readonly List<string> _remarks = [];

    public Divergence Run()
    {
        if (a.Genesis != b.Genesis) return new Divergence(DivergenceKind.OtherChain) { Remarks = [$"A is of the chain {a.Genesis}", $"B is of the chain {b.Genesis}"] };
        var (markA, markB) = (StoreVerifier.RequireMark(a, genesis), StoreVerifier.RequireMark(b, genesis));
        var last = Lower(markA.Height, markB.Height);
        var first = Higher(a.EarliestMark, b.EarliestMark);
        if (first > last) return new Divergence(DivergenceKind.NothingInCommon) { Remarks = [$"A keeps heights {a.EarliestMark} to {markA.Height}", $"B keeps heights {b.EarliestMark} to {markB.Height}"] };
        var (stateA, stateB) = (StoredState.Load(a, markA), StoredState.Load(b, markB));
        for (var height = first; height <= last; height = height.Next())
            if (!Raw(a, ChainColumns.Marks, height).AsSpan().SequenceEqual(Raw(b, ChainColumns.Marks, height)))
                return At(height, height == first, stateA, stateB);
        return AtRest(last, stateA, markA, stateB, markB);
    }

    private Divergence At(Height height, bool isFirstKept, StoredState newestA, StoredState newestB)
    {
        if (isFirstKept && height > Height.Genesis) _remarks.Add("it is the first height that both keep: they may have parted before");
        foreach (var (name, chain) in new[] { ("A", a), ("B", b) })
            if (Raw(chain, ChainColumns.Marks, height) is null)
                _remarks.Add($"{name} has no mark of this height: run ./neurochain db verify");
        var (bytesA, bytesB) = (Raw(a, ChainColumns.Blocks, height), Raw(b, ChainColumns.Blocks, height));
        if (bytesA is not null && bytesB is not null && !bytesA.AsSpan().SequenceEqual(bytesB))
            return new Divergence(DivergenceKind.OtherBlock) { Height = height, Remarks = [$"A has the block {HashOf(bytesA)}", $"B has the block {HashOf(bytesB)}", .. _remarks] };

        var block = (bytesA ?? bytesB) is { } bytes && Block.TryDecode(bytes, out var decoded, out _) ? decoded : null;
        CompareOutcomes(height);
        var (recordsA, recordsB) = (TryAt(newestA, height, "A"), TryAt(newestB, height, "B"));
        var differing = recordsA is null || recordsB is null ? [] : Differing(recordsA.Tree, recordsB.Tree);
        var trace = new WriteTrace();
        var computed = block is null ? null : Execute(block, trace, newestA, newestB);
        if (differing.Count == 0)
        {
            if (recordsA is not null && recordsB is not null) _remarks.Add("all records are the same in both");
            return new Divergence(DivergenceKind.Notes) { Height = height, Remarks = [.. _remarks] };
        }

        var key = differing.OrderBy(k => trace.TryGet(k, out var write) ? write.Value.Order : int.MaxValue).ThenBy(k => k).First();
        return new Divergence(DivergenceKind.Execution)
        {
            Height = height,
            Writer = computed is null ? null : trace.TryGet(key, out var first) ? WriterOf(block!, first.Value) : "none: this block does not write the record",
            Key = key,
            ValueInA = recordsA!.Tree.Get(key),
            ValueInB = recordsB!.Tree.Get(key),
            ValueComputed = computed?.Get(key),
            IsComputed = computed is not null,
            Records = differing.Count,
            Remarks = [.. _remarks],
        };
    }

    // Every mark agrees, so the records should: where they do not, the disk or a hand has changed them.
    private Divergence AtRest(Height height, StoredState newestA, LedgerMark markA, StoredState newestB, LedgerMark markB)
    {
        var (wholeA, wholeB) = (newestA.Tree.Root == markA.StateRoot.Value, newestB.Tree.Root == markB.StateRoot.Value);
        var (recordsA, recordsB) = (TryAt(newestA, height, "A"), TryAt(newestB, height, "B"));
        var differing = recordsA is null || recordsB is null ? [] : Differing(recordsA.Tree, recordsB.Tree);
        if (!wholeA) _remarks.Add($"the records of A have not the root of their mark, at height {markA.Height}");
        if (!wholeB) _remarks.Add($"the records of B have not the root of their mark, at height {markB.Height}");
        if (differing.Count == 0) return new Divergence(wholeA && wholeB ? DivergenceKind.None : DivergenceKind.AtRest) { Height = height, Remarks = [.. _remarks] };
        if (wholeA && wholeB) _remarks.Add("the newest records of both are right, an undo record is not: run ./neurochain db verify");

        var key = differing[0];
        _remarks.Add(LastWriteOf(key, height) is { } written ? $"the last kept block that wrote the record is {written}, and both noted the same root after it" : "no kept block wrote the record");
        var right = wholeA ? recordsA!.Tree.Get(key) : wholeB ? recordsB!.Tree.Get(key) : null;
        return new Divergence(DivergenceKind.AtRest)
        {
            Height = height,
            Key = key,
            ValueInA = recordsA!.Tree.Get(key),
            ValueInB = recordsB!.Tree.Get(key),
            ValueComputed = right,
            IsComputed = wholeA != wholeB,
            Records = differing.Count,
            Remarks = [.. _remarks],
        };
    }

    // From the state before that either of them has: up to the height before they were the same.
    private LedgerState? Execute(Block block, WriteTrace trace, StoredState newestA, StoredState newestB)
    {
        var before = block.Height.MinusOrGenesis(1);
        foreach (var (name, newest) in new[] { ("A", newestA), ("B", newestB) })
        {
            if (before < newest.Chain.EarliestState || newest.Chain.MarkOf(before) is not { } mark) continue;
            if (TryAt(newest, before, name) is not { } records || !records.TryLedger(genesis, mark, out var state)) continue;
            var refusal = BlockValidator.Check(state, block, NoTransactions.Instance, out var transactions);
            if (refusal.IsNone && BlockExecutor.TryExecute(state, block, transactions, out var result, out refusal, trace))
            {
                NoteWhoIsRight(result.Next);
                return result.Next;
            }

            _remarks.Add($"this program refuses the block: {refusal}");
            return null;
        }

        _remarks.Add($"the state after height {before} is kept by neither: what the block does cannot be computed");
        return null;
    }

    private void NoteWhoIsRight(LedgerState computed)
    {
        var (isA, isB) = (a.MarkOf(computed.Height) == computed.Mark, b.MarkOf(computed.Height) == computed.Mark);
        _remarks.Add(isA ? "this program computes what A has" : isB ? "this program computes what B has" : "this program computes what neither has");
    }

    private void CompareOutcomes(Height height)
    {
        foreach (var (column, what) in new[] { (ChainColumns.Receipts, "receipts"), (ChainColumns.Events, "events") })
        {
            var (packedA, packedB) = (Raw(a, column, height), Raw(b, column, height));
            if (packedA is null || packedB is null) _remarks.Add($"{what}: not kept by both");
            else if (packedA.AsSpan().SequenceEqual(packedB)) _remarks.Add($"{what}: the same in both");
            else _remarks.Add($"{what}: {FirstDifference(ChainStore.Unpack(packedA), ChainStore.Unpack(packedB))}");
        }
    }

    private static string FirstDifference(List<byte[]> inA, List<byte[]> inB)
    {
        for (var i = 0; i < Math.Min(inA.Count, inB.Count); i++)
            if (!inA[i].AsSpan().SequenceEqual(inB[i]))
                return $"number {i} is the first that differs, {Hex.Encode(inA[i])} in A, {Hex.Encode(inB[i])} in B";
        return $"{inA.Count} in A, {inB.Count} in B";
    }

    private StoredState? TryAt(StoredState newest, Height height, string name)
    {
        if (height < newest.Chain.EarliestState)
        {
            _remarks.Add($"{name} cannot take its state back below height {newest.Chain.EarliestState}");
            return null;
        }

        try
        {
            return newest.At(height);
        }
        catch (InvariantException damaged)
        {
            _remarks.Add($"{name}: {damaged.Message}");
            return null;
        }
    }

    private static List<StateKey> Differing(StateTree inA, StateTree inB)
    {
        var keys = new List<StateKey>();
        if (inA.Root == inB.Root) return keys;
        foreach (var (key, value) in inA.Records)
            if (!value.AsSpan().SequenceEqual(inB.Get(key)) || inB.Get(key) is null)
                keys.Add(key);
        foreach (var (key, _) in inB.Records)
            if (inA.Get(key) is null)
                keys.Add(key);
        keys.Sort();
        return keys;
    }

    private Height? LastWriteOf(StateKey key, Height from)
    {
        foreach (var chain in new[] { a, b })
            for (var height = from; height > chain.EarliestState; height = height.MinusOrGenesis(1))
                if (UndoRecord.TryDecode(Raw(chain, ChainColumns.Undo, height), out var undo) && undo.Value.Any(entry => entry.Key.Equals(key)))
                    return height;
        return null;
    }

    private string WriterOf(Block block, FirstWrite first)
    {
        if (first.Transaction is not { } index) return "end of block";
        var decoded = Transaction.TryDecode(block.Transactions[index].Span, genesis.Hash, out var transaction, out _);
        Invariant.Check(decoded, "a transaction that was executed can be decoded");
        return $"transaction {index} of {block.Transactions.Length}, {transaction!.Hash}, {transaction.Kind}";
    }

    private static string HashOf(byte[] block) => block.Length >= Header.Size && Header.TryDecode(block.AsSpan(0, Header.Size), out var header) ? header.Hash.ToString() : "that cannot be read";

    private static byte[]? Raw(ChainStore chain, Column column, Height height) => chain.Store.Get(column, ChainColumns.Key(height));

    private static Height Lower(Height x, Height y) => x < y ? x : y;

    private static Height Higher(Height x, Height y) => x > y ? x : y;
}
