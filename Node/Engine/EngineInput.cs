using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What the host tells the engine.</summary>
public abstract record EngineInput
{
    private EngineInput() { }

    /// <param name="Peer">Who sent it.</param>
    /// <param name="Message">Decoded, and otherwise not checked.</param>
    /// <param name="ReceivedAt">When it came, however long it waited then; null where it is handled at that very moment.</param>
    public sealed record MessageArrived(Address Peer, PeerMessage Message, Timestamp? ReceivedAt = null) : EngineInput;

    /// <summary>Transactions of a peer, their signatures checked, and the first fault among those that were none.</summary>
    public sealed record TransactionsArrived(Address Peer, IReadOnlyList<Transaction> Transactions, TransactionFault Fault) : EngineInput;

    public sealed record TimerElapsed(EngineTimer Timer) : EngineInput;

    /// <summary>Blocks as a peer sent them; none where it had none or failed.</summary>
    /// <param name="Peer">Who was asked.</param>
    /// <param name="Attempt">Of the request, as <see cref="EngineOutput.FetchBlocks"/> had it.</param>
    /// <param name="Blocks">In the order in which they came.</param>
    /// <param name="More">Whether the answer goes on: blocks are applied while the next ones come.</param>
    public sealed record BlocksArrived(Address Peer, ulong Attempt, IReadOnlyList<FetchedBlock> Blocks, bool More = false) : EngineInput;

    public sealed record PeerConnected(Address Peer) : EngineInput;

    public sealed record PeerDisconnected(Address Peer) : EngineInput;
}
