using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Lets go of the past, a few heights at a time: blocks with all that belongs to them, undo records, and polkas, which stay as long as faults count. Each step is one write that also
/// raises the floor, so that a crash leaves whole blocks; the next life goes on from the floor. Files in which there is nothing else any more go now and then.
/// </summary>
/// <param name="chain">What is pruned.</param>
/// <param name="keepBlocks">Newest blocks to keep; 0 keeps all.</param>
/// <param name="keepStates">Heights back from the newest whose state can be had again.</param>
/// <param name="earliestFault">The first height of which a fault may still count; all polkas are kept where it is null.</param>
public sealed class Pruner(ChainStore chain, long keepBlocks, long keepStates, Func<Height>? earliestFault = null)
{
    /// <summary>Never fewer are kept, whatever is configured: late precommits and evidence are about the last few heights, lagging peers ask for more.</summary>
    public const ulong KeptMin = 128;

    /// <summary>Heights of one step: a few milliseconds of work, during which a commit may have to wait.</summary>
    internal const ulong StepHeights = 32;

    // Rewriting files is worth while when there is something in them to leave out.
    private const ulong CompactHeights = 1024;

    // Files that hold nothing else are let go of without being written anew. It takes a durable write, so not at each height.
    private const ulong DropHeights = 64;

    private readonly ulong _blocks = keepBlocks == 0 ? ulong.MaxValue : Math.Max((ulong)keepBlocks, KeptMin);
    private readonly ulong _states = Math.Max((ulong)keepStates, KeptMin);

    private ulong _sinceDrop;

    /// <summary>Whether enough was pruned for <see cref="Compact"/> to be of use.</summary>
    public bool IsCompactionDue => chain.EarliestBlock.Value >= chain.Compacted.Value + CompactHeights;

    /// <summary>Prunes the next few heights.</summary>
    /// <param name="newest">The last decided height.</param>
    /// <returns>False where there is nothing to prune.</returns>
    public bool Step(Height newest)
    {
        var pruned = Prune(newest);
        _sinceDrop += pruned;
        if (_sinceDrop < DropHeights) return pruned > 0;
        chain.DropPrunedFiles();
        _sinceDrop = 0;
        return true;
    }

    /// <summary>Gives back the disk's room of what was pruned. It may take seconds, and readers and writers do not notice.</summary>
    public void Compact()
    {
        var floor = chain.ExpireIndexes();
        foreach (var column in ChainColumns.OfBlocks) chain.Store.Compact(column, ChainColumns.Below(floor));
        chain.Store.Compact(ChainColumns.Undo, ChainColumns.Below(chain.EarliestState));
        chain.Store.Compact(ChainColumns.Polkas, ChainColumns.Below(chain.EarliestPolkas));
        chain.Store.Compact(ChainColumns.Marks, ChainColumns.Below(chain.EarliestMark));
        foreach (var column in ChainColumns.Indexes) chain.Store.Compact(column, KeyRange.All);
        chain.NoteCompacted(floor);
    }

    // How many heights of something went.
    private ulong Prune(Height newest)
    {
        // The newest state is a state too; a block that is kept is one whose height is among the last so many.
        if (Next(chain.EarliestState, newest.MinusOrGenesis(_states)) is { } states) return Raise(chain.EarliestState, states, chain.PruneStates);
        if (earliestFault is not null && Next(chain.EarliestPolkas, earliestFault()) is { } polkas) return Raise(chain.EarliestPolkas, polkas, chain.PrunePolkas);
        return Next(chain.EarliestBlock, newest.Next().MinusOrGenesis(_blocks)) is { } blocks ? Raise(chain.EarliestBlock, blocks, chain.PruneBlocks) : 0;
    }

    private static ulong Raise(Height from, Height to, Action<Height> prune)
    {
        prune(to);
        return to.Value - from.Value;
    }

    private static Height? Next(Height floor, Height wanted)
    {
        if (wanted <= floor) return null;
        var step = floor.Plus(StepHeights);
        return step < wanted ? step : wanted;
    }
}
