using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>All behaviours by name, in a fixed order: a seed draws from the first list.</summary>
public static class Behaviour
{
    private static readonly IReadOnlyList<Func<IBehaviour>> All =
    [
        () => new Equivocator(),
        () => new Amnesiac(),
        () => new Withholder(),
        () => new StaleVoter(),
        () => new Impersonator(),
        () => new Framer(),
        () => new FalseServer(),
        () => new HeightLiar(),
        () => new ClockLiar(),
        () => new ByteMutator(),
        () => new CheckpointThief(),
    ];

    // Only where a run names them: a draw from a longer list is another draw, and every seed would be another day.
    private static readonly IReadOnlyList<Func<IBehaviour>> NamedOnly =
    [
        () => new Usurper(),
        () => new Usurper(pastAbsent: true),
        () => new TermCensor(),
    ];

    // Where more than a third break the rules all of them do it in one way, most often together.
    private static readonly IReadOnlyList<Func<IBehaviour>> OfMany =
    [
        () => new Conspirator(),
        () => new Conspirator(),
        () => new Equivocator(),
        () => new Amnesiac(),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(make => make().Name)];

    /// <summary>Those that come about only where a run names them.</summary>
    public static IReadOnlyList<string> NamesOfNamedOnly { get; } = [.. NamedOnly.Select(make => make().Name)];

    /// <summary>One or two of those that the run allows; all are allowed where it names none.</summary>
    public static IReadOnlyList<IBehaviour> Draw(SeededStream draw, SimulationOptions options)
    {
        if (options.ManyByzantine) return [OfMany[(int)draw.NextBelow((ulong)OfMany.Count)]()];
        var allowed = All.Select(make => make()).Where(behaviour => options.Behaviours.Length == 0 || options.Behaviours.Contains(behaviour.Name)).ToList();
        allowed.AddRange(NamedOnly.Select(make => make()).Where(behaviour => options.Behaviours.Contains(behaviour.Name)));
        var drawn = new List<IBehaviour>();
        for (var i = 1 + draw.NextBelow(2); i > 0 && allowed.Count > 0; i--)
        {
            var next = allowed[(int)draw.NextBelow((ulong)allowed.Count)];
            allowed.Remove(next);
            drawn.Add(next);
        }

        return drawn;
    }
}
