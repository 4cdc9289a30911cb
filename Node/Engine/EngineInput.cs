using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What the host tells the engine.</summary>
public abstract record EngineInput
{
    private EngineInput() { }

    public sealed record MessageArrived(Address Peer, PeerMessage Message) : EngineInput;

    /// <summary>Transactions of a peer, their signatures checked, and the first fault among those that were none.</summary>
    public sealed record TransactionsArrived(Address Peer, IReadOnlyList<Transaction> Transactions, TransactionFault Fault) : EngineInput;

    public sealed record TimerElapsed(EngineTimer Timer) : EngineInput;

    /// <summary>Blocks with their certificates as a peer sent them, not yet decoded; none where it had none or failed.</summary>
    public sealed record BlocksArrived(Address Peer, IReadOnlyList<(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate)> Blocks) : EngineInput;

    public sealed record PeerConnected(Address Peer) : EngineInput;

    public sealed record PeerDisconnected(Address Peer) : EngineInput;
}
