using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// The signer of a sound node never has to say no. It is the last net under consensus and log: what it catches would have been a fault, and a
/// run in which it must catch something shows a fault above it. Nor does anything make it believe that its key signs elsewhere:
/// nobody can forge its signature, and what comes back to it after a crash is in its memory.
/// </summary>
public sealed class SignerChecker : IChecker
{
    public string Name => "signer";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (node.IsSound && output is EngineOutput.OwnKeyElsewhere { Seen: var seen })
            throw new SimulationFailedException($"signer: {node.Address} believes that another process signed a {seen.Step} at height {seen.Height} round {seen.Round}");
        if (node.IsSound && output is EngineOutput.SignerRefused refused)
            throw new SimulationFailedException($"signer: {node.Address} was asked for a {refused.Request.Step} at height {refused.Request.Height} round {refused.Request.Round} and refused: {refused.Refusal}");
    }
}
