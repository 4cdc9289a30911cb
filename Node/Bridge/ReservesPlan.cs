using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>The proof of the vault's reserves, out of a heartbeat.</summary>
internal static class ReservesPlan
{
    /// <summary>Whether the chain would take the heartbeat as news: it is late enough after the last one, and not behind the events that are known.</summary>
    public static bool IsDue(LedgerState state, Heartbeat heartbeat)
    {
        var status = BridgeStatus.Get(state);
        return status.Nonce > 0
            && heartbeat.Number >= status.ReservesBlock + state.Parameters.Bridge!.HeartbeatBlocks
            && heartbeat.TryRead(out var reserves) && reserves.EventNonce >= status.Nonce;
    }

    public static BridgeEvidence Evidence(Heartbeat heartbeat)
    {
        var proof = new VaultReserves();
        new EvidenceNodes(proof.Nodes).Add(heartbeat.Vault.Nodes).Add(heartbeat.Token.Nodes);
        return new BridgeEvidence { Number = heartbeat.Number, Header = ByteString.CopyFrom(heartbeat.Header.Encode()), Reserves = proof };
    }
}
