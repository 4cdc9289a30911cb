using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// The chain's side of the bridge (docs/protocol/bridge.md): blocks of Ethereum that validators attest, events of the vault that anybody proves by
/// them, credits, withdrawals up to their leaf, stops. A chain whose supply is native has none of it, and takes none of its messages.
/// </summary>
public sealed class BridgeModule : LedgerModule
{
    // The words of a hundred validators are read and, where a block is attested, written.
    private const uint AttestationCost = 600;

    private const uint AttestedBlockCost = 60;

    // Hashing a node takes a unit for some 270 bytes, and a log of the vault, of two hundred bytes at least, up to thirty for what it does.
    private const uint EvidenceCost = 200;

    private const int EvidenceBytesPerUnit = 6;

    private const uint WithdrawCost = 60;

    // A veto counts the power of all; a pause nothing.
    private const uint WordCost = 160;

    public override ImmutableArray<MessageOneofCase> Messages =>
    [
        MessageOneofCase.BridgeEvidence, MessageOneofCase.BridgeWithdraw, MessageOneofCase.BridgeAttestation, MessageOneofCase.BridgeRelay,
        MessageOneofCase.BridgeVeto, MessageOneofCase.BridgePause,
    ];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "bridge.attested", "bridge.attestation_withdrawn", "bridge.disputed", "bridge.deployed", "bridge.set_changed", "bridge.followed", "bridge.vault", "bridge.vault_closed",
        "bridge.locked", "bridge.credited", "bridge.reserve_credited", "bridge.quarantined", "bridge.credit_waits", "bridge.redirected",
        "bridge.withdrawal", "bridge.vetoed", "bridge.certified", "bridge.released", "bridge.refunded", "bridge.ordered",
        "bridge.paused", "bridge.halted", "bridge.resumed", "bridge.reserves",
    ];

    public override uint CostOf(Transaction transaction) => transaction.Kind switch
    {
        MessageOneofCase.BridgeAttestation => AttestationCost + (AttestedBlockCost * (uint)transaction.Body.BridgeAttestation.Blocks.Count),
        MessageOneofCase.BridgeEvidence or MessageOneofCase.BridgeRelay => EvidenceCost + (uint)(transaction.Bytes.Length / EvidenceBytesPerUnit),
        MessageOneofCase.BridgeWithdraw => WithdrawCost,
        _ => WordCost,
    };

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        if (genesis.Bridge is null) return;
        var (limits, time) = (genesis.Parameters.Bridge!, new Timestamp(genesis.TimeMs));
        new BridgeStatus { InBucket = new TokenBucket(limits.InCapacity, time), OutBucket = new TokenBucket(limits.OutCapacity, time) }.Store(state);
        VaultSets.InitializeGenesis(state, genesis.ValidatorSet().Root);
    }

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var isBridged = context.Genesis.Bridge is not null;
        if (!transaction.IsProtocolMessage) return isBridged ? ExecutePaid(context, transaction) : TransactionRejection.NoBridge;
        var sender = transaction.Sender;
        if (!isBridged) return TransactionRejection.BridgeMissing;
        if (!ValidatorsModule.Members(context.State).Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(context.State, sender)) return TransactionRejection.Jailed;
        switch (transaction.Kind)
        {
            case MessageOneofCase.BridgeAttestation: return Attestations.Execute(context, transaction.Body.BridgeAttestation, sender);
            case MessageOneofCase.BridgeVeto: return Withdrawals.Veto(context, transaction.Body.BridgeVeto, sender);
            case MessageOneofCase.BridgePause: return Pause(context, transaction.Body.BridgePause, sender);
            default: return Free(EvidenceMessages.Execute(context, transaction.Body.BridgeRelay));
        }
    }

    public override void EndBlock(BlockContext context)
    {
        if (context.Genesis.Bridge is null) return;
        AttestationDisputes.EndBlock(context);
        VaultSets.EndBlock(context);
        Locks.EndBlock(context);
        Withdrawals.EndBlock(context);
        VaultOrders.EndBlock(context);
        BridgeBooks.Check(context.State);
    }

    private static TransactionRejection ExecutePaid(BlockContext context, Transaction transaction) => transaction.Kind == MessageOneofCase.BridgeEvidence
        ? EvidenceMessages.Execute(context, transaction.Body.BridgeEvidence)
        : Withdrawals.Execute(context, transaction);

    private static TransactionRejection Pause(BlockContext context, BridgePause message, Address sender)
    {
        var rejection = BridgeStops.Pause(context, message);
        if (rejection == TransactionRejection.None)
            context.Emit("bridge.paused", ("validator", sender), ("what", ((BridgeSides)message.What).ToString()), ("stop_count", message.StopCount + 1UL));
        return rejection;
    }

    // A free message that is refused is in no block; one that pays is, and its reasons have numbers of their own.
    private static TransactionRejection Free(TransactionRejection paid) => paid switch
    {
        TransactionRejection.BridgeInDoubt => TransactionRejection.RelayBridgeInDoubt,
        TransactionRejection.BlockNotAttested => TransactionRejection.RelayBlockNotAttested,
        TransactionRejection.BridgeProofInvalid => TransactionRejection.RelayProofInvalid,
        TransactionRejection.NothingNew => TransactionRejection.RelayNothingNew,
        TransactionRejection.VaultNonceGap => TransactionRejection.RelayNonceGap,
        TransactionRejection.UnknownBurn => TransactionRejection.UnknownWithdrawal,
        TransactionRejection.DeadlineNotPassed => TransactionRejection.RelayDeadlineNotPassed,
        TransactionRejection.WithdrawalReleased => TransactionRejection.RelayWithdrawalReleased,
        _ => paid,
    };
}
