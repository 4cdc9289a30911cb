using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>What befalls a network of four.</summary>
internal enum PerturbationKind
{
    /// <summary>SIGKILL, and a start some time later.</summary>
    Kill,

    /// <summary>SIGTERM, and a start some time later.</summary>
    Restart,

    /// <summary>SIGSTOP and SIGCONT.</summary>
    Pause,

    /// <summary>Two and two: nothing can be decided.</summary>
    PartitionHalves,

    /// <summary>One alone.</summary>
    PartitionOne,

    /// <summary>What one says reaches nobody; it hears all.</summary>
    OneWay,

    /// <summary>All links are slow, narrow, and stall.</summary>
    SlowLinks,

    /// <summary>The clock of one is ten seconds ahead.</summary>
    ClockAhead,

    /// <summary>Ten seconds behind.</summary>
    ClockBehind,

    /// <summary>The disk of the last one is full, whatever it lets go of, and has room again some time later.</summary>
    FullDisk,
}

/// <summary>One event of a plan.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Nodes">To whom; of a partition, one of the sides.</param>
/// <param name="IsNoticed">Of a partition: connections break, else they stay and nothing passes.</param>
/// <param name="Lasts">Until it is healed.</param>
internal sealed record Perturbation(PerturbationKind Kind, ImmutableArray<int> Nodes, bool IsNoticed, TimeSpan Lasts)
{
    /// <summary>Every kind once in each round, in an order and with details that the seed alone decides.</summary>
    public static IReadOnlyList<Perturbation> Plan(ulong seed, IReadOnlyList<PerturbationKind> kinds, int rounds, TimeSpan least, TimeSpan most)
    {
        var draw = new SeededStream(seed);
        var plan = new List<Perturbation>();
        for (var round = 0; round < rounds; round++)
        {
            var left = kinds.ToList();
            while (left.Count > 0)
            {
                var kind = left[(int)draw.NextBelow((ulong)left.Count)];
                left.Remove(kind);
                plan.Add(Draw(kind, draw, least, most));
            }
        }

        return plan;
    }

    public override string ToString()
    {
        var what = Kind switch
        {
            PerturbationKind.PartitionHalves or PerturbationKind.PartitionOne => $"{Kind}, {(IsNoticed ? "cut" : "black hole")}",
            _ => $"{Kind}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{what} ({string.Join(", ", Nodes)}) for {Lasts.TotalSeconds:F1} s");
    }

    private static Perturbation Draw(PerturbationKind kind, SeededStream draw, TimeSpan least, TimeSpan most)
    {
        var nodes = Enumerable.Range(0, NetworkFixture.Validators).ToList();
        var count = kind switch
        {
            PerturbationKind.PartitionHalves => 2,
            PerturbationKind.SlowLinks => nodes.Count,
            _ => 1,
        };
        if (kind == PerturbationKind.FullDisk) nodes = [nodes[^1]];
        while (nodes.Count > count) nodes.RemoveAt((int)draw.NextBelow((ulong)nodes.Count));
        return new Perturbation(kind, [.. nodes], draw.NextChance(1, 2), least + TimeSpan.FromMilliseconds(draw.NextBelow((ulong)(most - least).TotalMilliseconds + 1)));
    }
}
