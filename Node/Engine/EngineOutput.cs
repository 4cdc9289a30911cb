using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>What the engine asks of its host. All that led to an output is durable before the host sees it.</summary>
public abstract record EngineOutput
{
    private EngineOutput() { }

    /// <summary>To one peer, or to all where it is null.</summary>
    public sealed record Send(Address? Peer, PeerMessage Message) : EngineOutput;

    public sealed record SetTimer(EngineTimer Timer, TimeSpan After) : EngineOutput;

    /// <summary>Ask a peer for decided blocks; answered by <see cref="EngineInput.BlocksArrived"/>. Several are on their way at a time.</summary>
    public sealed record FetchBlocks(Address Peer, Height From, Height To, ulong Attempt) : EngineOutput;

    /// <summary>What comes in answer to that request is of no use any more.</summary>
    public sealed record StopFetch(ulong Attempt) : EngineOutput;

    /// <summary>A block is decided, executed and stored.</summary>
    /// <param name="Block">With its certificate.</param>
    /// <param name="Outcome">What it left behind.</param>
    /// <param name="After">The state after it; the engine's own may be many blocks further while it catches up.</param>
    /// <param name="IsCaughtUp">This node had no part in the decision: the height was over here before it began.</param>
    public sealed record Committed(CommittedBlock Block, BlockOutcome Outcome, LedgerState After, bool IsCaughtUp) : EngineOutput;

    /// <summary>What a validator signed convicts it. The node keeps it and brings it on the chain.</summary>
    public sealed record FoundEvidence(FaultProof Evidence) : EngineOutput;

    /// <summary>More than two thirds of the power decided another block than this node at a height: more than a third lied. Told once for each height.</summary>
    public sealed record ForkFound(CommitCertificate Ours, CommitCertificate Theirs) : EngineOutput;

    public sealed record RoundStarted(Height Height, Round Round, Address Leader) : EngineOutput;

    /// <summary>
    /// A fresh proposal whose time does not fit to this node's clock, and which gets no prevote for it: one of two clocks is wrong, or the
    /// network is slow.
    /// </summary>
    public sealed record UntimelyProposal(SignedProposal Proposal, Timestamp Time, Timestamp ReceivedAt) : EngineOutput;

    /// <summary>The signer said no: signing this would be, or could become, a fault.</summary>
    public sealed record SignerRefused(SignRequest Request, SignRefusal Refusal) : EngineOutput;

    /// <summary>This validator says nothing from here on, for that reason, which passes; or it does again, where there is none.</summary>
    public sealed record SilenceChanged(Height Height, SignRefusal Why) : EngineOutput;

    /// <summary>
    /// A peer showed a message with this validator's true signature that its signer never gave: another process signs with the key. This one
    /// signs nothing more, and is to be stopped.
    /// </summary>
    public sealed record OwnKeyElsewhere(SignRequest Seen) : EngineOutput;

    /// <summary>The log of the height in progress ended in bytes that are no records; they were cut off.</summary>
    /// <param name="Height">Whose log.</param>
    /// <param name="Records">What was whole.</param>
    /// <param name="Bytes">What was cut.</param>
    /// <param name="IsHarmed">Whether something was among it that was on the disk: no crash did that.</param>
    public sealed record LogCut(Height Height, int Records, long Bytes, bool IsHarmed) : EngineOutput;

    /// <summary>Consensus, told by the log what it was told before a crash, did not answer what it answered then.</summary>
    public sealed record ReplayDiffers(Height Height) : EngineOutput;

    /// <summary>Something came that no honest node sends, or that could not be used; for logs and for scoring peers.</summary>
    public sealed record Refused(Address Peer, string Reason, PeerFault Fault) : EngineOutput;
}

/// <summary>Timers that the host keeps for the engine and hands back when they elapse; the engine ignores those that are stale.</summary>
public abstract record EngineTimer
{
    private EngineTimer() { }

    public sealed record Consensus(NeuroChain.Consensus.Timeout Timeout) : EngineTimer;

    /// <summary>The pause between two blocks is over.</summary>
    public sealed record StartHeight(Height Height) : EngineTimer;

    /// <summary>A leader's clock has come nearer to the time of the last block: see whether it may build now.</summary>
    public sealed record Build(Height Height, Round Round) : EngineTimer;

    /// <summary>Say again what may have been lost.</summary>
    public sealed record Rebroadcast : EngineTimer;

    /// <summary>Transactions have waited long enough for others to go with them.</summary>
    public sealed record Gossip : EngineTimer;

    /// <summary>The blocks that were asked for should have come.</summary>
    public sealed record SyncRetry(ulong Attempt) : EngineTimer;

    /// <summary>Apply more of the blocks that came; others had their turn.</summary>
    public sealed record SyncApply : EngineTimer;
}
