using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Nobody is ever convicted who followed the rules, whatever crashes it went through and whatever others made of its votes.</summary>
/// <param name="failing">Those who may be convicted.</param>
public sealed class HonestEvidenceChecker(IReadOnlySet<Address> failing) : IChecker
{
    public string Name => "evidence";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is EngineOutput.FoundEvidence { Evidence: var evidence } && !failing.Contains(evidence.Guilty))
            throw new SimulationFailedException($"evidence: {node.Address} convicts honest {evidence.Guilty} at height {evidence.Height}: {evidence.GetType().Name}");
    }
}
