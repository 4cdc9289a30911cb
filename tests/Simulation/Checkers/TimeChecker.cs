using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// No block is decided whose time nobody honest could take for the present: proposer-based timestamps keep a leader that lies about the time from
/// setting the chain's clock ahead.
/// </summary>
/// <param name="latest">The latest time that a clock of those who keep the rules has shown so far.</param>
/// <param name="precisionMs">By how much a block may be ahead of the clock of who prevotes it.</param>
public sealed class TimeChecker(Func<Timestamp> latest, uint precisionMs) : IChecker
{
    private Height _highest;

    public string Name => "time";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block.Block: var block } || block.Height <= _highest) return;
        _highest = block.Height;
        var most = latest().Plus(precisionMs);
        if (block.Header.Time > most)
            throw new SimulationFailedException($"time: block {block.Hash} at {block.Height} is of {block.Header.Time.Milliseconds}, and no sound clock has shown more than {most.Milliseconds - precisionMs}");
    }
}
