using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// What befalls the links as time goes by: partitions that both sides see or only one, nodes cut off alone, links clogged one by one and
/// freed in another order. Only links where the network allows faults are touched.
/// </summary>
public sealed class Weather(EventQueue events, SeededStream draw, SimulatedNetwork network, EventLog log, SimulationOptions options, int count, Tally? faults = null)
{
    private const ulong Clogged = 4;

    private static readonly string[] Kinds = ["partitions_of_both_directions", "partitions_of_one_direction", "nodes_cut_off_alone", "partitions_noticed", "links_clogged"];

    /// <summary>How often any link was touched.</summary>
    public int Partitions { get; private set; }

    public void Begin()
    {
        if (options.PartitionEveryMs > 0) events.After(1 + draw.NextBelow(options.PartitionEveryMs), Strike);
    }

    private void Strike()
    {
        var lasts = 200 + draw.NextBelow(options.PartitionMaxMs + 1);
        var kind = draw.NextBelow(5);
        var touched = kind switch
        {
            0 => Cut(Some(), isOneWay: false, lasts),
            1 => Cut(Some(), isOneWay: true, lasts),
            2 => Cut([(int)draw.NextBelow((ulong)count)], draw.NextChance(1, 3), lasts),
            3 => Noticed(Some(), lasts),
            _ => Clog(lasts),
        };
        // A side that is empty or everybody is none, and once a core is healed most links are spared.
        if (touched > 0)
        {
            faults?.Add(Kinds[kind], kind == Clogged ? touched : 1);
            Partitions++;
        }

        events.After(lasts + 1 + draw.NextBelow(2 * options.PartitionEveryMs), Strike);
    }

    // How many links it touched, as of the others.
    private int Cut(HashSet<int> side, bool isOneWay, ulong lasts)
    {
        var cut = Crossing(side, isOneWay).Where(link => network.IsFaulty(link.From, link.To)).ToList();
        foreach (var (from, to) in cut)
        {
            log.Record('p', from, (ulong)to);
            network[from, to].IsCut = true;
        }

        events.After(lasts, () =>
        {
            foreach (var (from, to) in cut) network[from, to].IsCut = false;
        });
        return cut.Count;
    }

    private int Noticed(HashSet<int> side, ulong lasts)
    {
        var broken = 0;
        foreach (var (from, to) in Crossing(side, isOneWay: false).Where(link => link.From < link.To && network.IsFaulty(link.From, link.To)))
        {
            log.Record('b', from, (ulong)to);
            network.Break(from, to, lasts);
            broken++;
        }

        return broken;
    }

    private int Clog(ulong lasts)
    {
        var clogged = 0;
        foreach (var (from, to) in Crossing(Some(), isOneWay: false).Where(link => network.IsFaulty(link.From, link.To) && draw.NextChance(1, 2)))
        {
            log.Record('g', from, (ulong)to);
            network[from, to].IsClogged = true;
            events.After(1 + draw.NextBelow(lasts), () => network.Unclog(from, to));
            clogged++;
        }

        return clogged;
    }

    private HashSet<int> Some() => [.. Enumerable.Range(0, count).Where(_ => draw.NextChance(1, 2))];

    private IEnumerable<(int From, int To)> Crossing(HashSet<int> side, bool isOneWay)
    {
        for (var from = 0; from < count; from++)
            for (var to = 0; to < count; to++)
                if (side.Contains(from) != side.Contains(to) && (!isOneWay || side.Contains(from)))
                    yield return (from, to);
    }
}
