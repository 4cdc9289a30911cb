using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Nobody is ever convicted who followed the rules, whatever crashes it went through and whatever others made of its votes.</summary>
/// <param name="failing">Those who may be convicted.</param>
public sealed class HonestEvidenceChecker(IReadOnlySet<Address> failing) : IChecker
{
    private readonly HashSet<Address> _convicted = [];

    public string Name => "evidence";

    /// <summary>How many keys somebody has evidence against.</summary>
    public int Convicted => _convicted.Count;

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.FoundEvidence { Evidence: var evidence }) return;
        _convicted.Add(evidence.Guilty);
        if (!failing.Contains(evidence.Guilty))
            throw new SimulationFailedException($"evidence: {node.Address} convicts honest {evidence.Guilty} at height {evidence.Height}: {evidence.Kind.Name()}");
    }
}
