using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>A rule of the chain, and what breaking it looks like. It sees what nodes put out, says nothing while all is well, and throws.</summary>
/// <exception cref="SimulationFailedException">From any of its methods: the rule was broken.</exception>
public interface IChecker
{
    string Name { get; }

    /// <summary>What a node's engine asks of its host, in the order in which it got out.</summary>
    void Output(SimulatedNode node, EngineOutput output) { }

    /// <summary>What a node's engine was told.</summary>
    void Handled(SimulatedNode node, EngineInput input) { }

    /// <summary>What a node that follows the rules really said; to all where the receiver is null.</summary>
    void Left(SimulatedNode from, Address? to, PeerMessage message) { }

    /// <summary>A process ended, and with it the whole machine where that died: then what the disks had not confirmed is lost.</summary>
    void Died(SimulatedNode node, bool isMachine) { }

    /// <summary>A node is up again.</summary>
    void Started(SimulatedNode node) { }

    /// <summary>The run is over.</summary>
    void End(Cluster cluster) { }
}

/// <summary>A rule of the chain was broken in a run.</summary>
public sealed class SimulationFailedException(string message) : Exception(message);
