using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>When the disk of a node is full, and when a sector of it goes bad: drawn for the run, within what the run allows.</summary>
public sealed class DiskPlan(EventQueue events, SeededStream draw, EventLog log, SimulationOptions options)
{
    /// <summary>How often a disk was left little room; whether a process came to need more is counted where it ends by that.</summary>
    public int FullDisks { get; private set; }

    public int BadSectors { get; private set; }

    /// <summary>Plans the days on which disks are full: one at a time, for as long as somebody needs to make room.</summary>
    public void Begin(IReadOnlyList<SimulatedNode> nodes, Func<bool> isFaulty)
    {
        if (options.FullDiskEveryMs > 0) events.After(1 + draw.NextBelow(options.FullDiskEveryMs), () => Fill(nodes, isFaulty));
    }

    /// <summary>After a crash, for a node whose disk may be harmed.</summary>
    public void AfterCrash(SimulatedNode node)
    {
        if (!node.MayBeHarmed || !draw.NextChance(1, 4)) return;
        if (node.Folder.Corrupt(draw) is null) return;
        log.Record('h', node.Index);
        node.IsHarmed = true;
        BadSectors++;
    }

    private void Fill(IReadOnlyList<SimulatedNode> nodes, Func<bool> isFaulty)
    {
        if (!isFaulty()) return;
        var node = nodes[(int)draw.NextBelow((ulong)nodes.Count)];
        log.Record('f', node.Index);
        FullDisks++;
        node.Folder.Limit(node.Folder.Length + (long)draw.NextBelow(6_000));
        events.After(500 + draw.NextBelow(5_000), () => node.Folder.Limit(long.MaxValue));
        events.After(1 + draw.NextBelow(2 * options.FullDiskEveryMs), () => Fill(nodes, isFaulty));
    }
}
