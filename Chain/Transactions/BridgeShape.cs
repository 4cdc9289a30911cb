using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>Checks of messages between the chains that need nothing but the message.</summary>
internal static class BridgeShape
{
    /// <summary>Credits and withdrawals, a bit each.</summary>
    public const uint PauseBoth = 3;

    public static bool IsWellFormed(BridgeAttestation attestation)
    {
        var blocks = attestation.Blocks;
        if (blocks.Count is 0 or > Limits.AttestedPerMessageMax) return false;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Hash.Length != Hash256.Size || Hash256.FromBytes(blocks[i].Hash.Span).IsZero) return false;
            if (blocks[i].Number <= (i == 0 ? 0 : blocks[i - 1].Number)) return false;
        }

        return true;
    }

    public static bool IsWellFormed(BridgeEvidence evidence)
    {
        if (evidence.Number == 0 || evidence.Header.Length is 0 or > EthereumHeader.BytesMax) return false;
        return evidence.ProofCase switch
        {
            BridgeEvidence.ProofOneofCase.Receipts => evidence.Receipts.Indexes.Count is > 0 and <= ReceiptProof.ReceiptsMax && AreNodes(evidence.Receipts.Nodes),
            BridgeEvidence.ProofOneofCase.Unreleased => evidence.Unreleased.BurnId.Length == Hash256.Size && AreNodes(evidence.Unreleased.Nodes),
            BridgeEvidence.ProofOneofCase.Events => evidence.Events.Logs.Count is > 0 and <= Limits.VaultLogsPerMessageMax && evidence.Events.Logs.All(IsLog) && AreNodes(evidence.Events.Nodes),
            BridgeEvidence.ProofOneofCase.Reserves => AreNodes(evidence.Reserves.Nodes),
            _ => false,
        };
    }

    public static bool IsWellFormed(OrderVault order)
    {
        var words = (BridgeActionKind)Math.Min(order.Kind, byte.MaxValue) switch
        {
            BridgeActionKind.Unpause or BridgeActionKind.Retire or BridgeActionKind.CancelRecovery => 1,
            BridgeActionKind.SetLimits or BridgeActionKind.Rescue => 3,
            BridgeActionKind.SetGuardian => 2,
            _ => -1,
        };
        return order.Arguments.Length == words * AbiWriter.WordSize;
    }

    private static bool IsLog(VaultLog log) =>
        log.Topics.Count is > 0 and <= EthereumLog.TopicsMax && log.Topics.All(topic => topic.Length == Hash256.Size);

    private static bool AreNodes(IReadOnlyCollection<ByteString> nodes) => nodes.Count is > 0 and <= ProofNodes.NodesMax && nodes.All(node => node.Length > 0);
}
