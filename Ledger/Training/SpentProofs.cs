using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Proofs of terms that are used up. The last block of a term is led two heights after the term has left the queue, so its proof stays that
/// long, and a little longer for whoever serves it to others. Layout: count 4 | (last height 8 | proof root 32)*, ascending by height.
/// </summary>
internal static class SpentProofs
{
    /// <summary>Blocks for which a proof stays after the last one that needs it.</summary>
    public const ulong KeptBlocks = 8;

    // One is used up per block, and in any block all terms of many validators may end at once.
    private const int CountMax = 1 << 14;

    public static void Add(StateOverlay state, Height lastHeight, Hash256 root)
    {
        var spent = Get(state);
        spent.Add((lastHeight, root));
        Store(state, spent);
    }

    /// <summary>Deletes the proofs whose time has passed.</summary>
    public static void EndBlock(BlockContext context)
    {
        var spent = Get(context.State);
        var passed = spent.TakeWhile(entry => entry.LastHeight.Plus(KeptBlocks) < context.Height).ToList();
        if (passed.Count == 0) return;
        foreach (var (_, root) in passed) context.State.Delete(TrainingKeys.Proof(root));
        spent.RemoveRange(0, passed.Count);
        Store(context.State, spent);
    }

    private static List<(Height LastHeight, Hash256 Root)> Get(IStateReader state)
    {
        var spent = new List<(Height LastHeight, Hash256 Root)>();
        if (state.Get(TrainingKeys.SpentProofs) is not { } bytes) return spent;
        var reader = new ByteReader(bytes);
        var count = reader.Count32(CountMax, 8 + Hash256.Size);
        for (var i = 0; i < count; i++) spent.Add((reader.Height(), reader.Hash()));
        Invariant.Check(reader.IsWhole, "the list of spent proofs is as it was written");
        return spent;
    }

    private static void Store(StateOverlay state, List<(Height LastHeight, Hash256 Root)> spent)
    {
        Invariant.Check(spent.Count <= CountMax, "a term is spent or ended once");
        var writer = new ByteWriter().UInt32((uint)spent.Count);
        foreach (var (height, root) in spent) writer.Height(height).Hash(root);
        state.Set(TrainingKeys.SpentProofs, writer.ToArray());
    }
}
