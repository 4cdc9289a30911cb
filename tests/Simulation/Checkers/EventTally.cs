using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// Counts what the chain says that happened, by kind and each height once, and how many rounds that took. It checks nothing: it shows whether a run
/// got anything done.
/// </summary>
/// <param name="isCounted">Whether a kind of event is of interest.</param>
public sealed class EventTally(Predicate<string> isCounted) : IChecker
{
    private readonly HashSet<Height> _seen = [];

    public string Name => "tally";

    public Tally Counts { get; } = new();

    /// <summary>The sum over all heights of the rounds that they took.</summary>
    public ulong Rounds { get; private set; }

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block: var (block, certificate), Outcome.Events: var events } || !_seen.Add(block.Height)) return;
        Rounds += certificate.Round.Value + 1;
        foreach (var happened in events)
            if (isCounted(happened.Kind))
            {
                Counts.Add(happened.Kind);
                // Evidence by what it proves, sealed sets by what ended them, too: that all kinds occur is to be seen.
                if (happened.Attributes.FirstOrDefault(attribute => attribute.Key == KindOf(happened)) is { } kind) Counts.Add($"{happened.Kind}.{kind.Value}");
            }
    }

    private static string? KindOf(Event happened) => happened.Kind switch
    {
        "evidence.counted" => "kind",
        "hold_outs.ended" => "cause",
        _ => null,
    };
}
