using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Whom a healthy node convicts, the chain punishes, some heights later: evidence is found, kept, brought to whoever leads, and counted. Nobody
/// is punished who followed the rules.
/// </summary>
/// <param name="failing">Those who may be punished.</param>
/// <param name="isHealthy">
/// Whether a node is in order, and with it the links to more than two thirds, and may report: an observer has evidence too, and nobody whom it
/// could bring it to.
/// </param>
/// <param name="heights">How many may pass.</param>
public sealed class PunishmentChecker(IReadOnlySet<Address> failing, Predicate<SimulatedNode> isHealthy, ulong heights) : IChecker
{
    private readonly HashSet<Address> _punished = [];
    private readonly SortedDictionary<Address, (Height By, SimulatedNode? Finder)> _due = [];
    private Height _highest;

    public string Name => "punishment";

    /// <summary>How many keys the chain has convicted.</summary>
    public int Punished => _punished.Count;

    public void Output(SimulatedNode node, EngineOutput output)
    {
        switch (output)
        {
            case EngineOutput.FoundEvidence { Evidence: var evidence } when isHealthy(node):
                Found(evidence.Guilty, node);
                break;
            case EngineOutput.Committed committed:
                foreach (var happened in committed.Outcome.Events)
                    if (happened.Kind == "evidence.counted")
                        Counted(happened.Attributes.Single(attribute => attribute.Key == "guilty").Value);
                Decided(committed.Block.Block.Height);
                break;
        }
    }

    /// <summary>A healthy node has evidence; it may lose the right to report before it has.</summary>
    public void Found(Address guilty, SimulatedNode? finder = null)
    {
        if (!_punished.Contains(guilty)) _due.TryAdd(guilty, (_highest.Plus(heights), finder));
    }

    public void Counted(string guilty)
    {
        if (!Address.TryParse(guilty, out var address) || !failing.Contains(address)) throw new SimulationFailedException($"punishment: {guilty} was punished and followed the rules");
        _punished.Add(address);
        _due.Remove(address);
    }

    public void Decided(Height height)
    {
        if (height > _highest) _highest = height;
        foreach (var (guilty, (by, finder)) in _due)
            if (_highest > by && (finder is null || isHealthy(finder)))
                throw new SimulationFailedException($"punishment: a healthy node has evidence against {guilty}, and it has not counted by height {by}");
    }
}
