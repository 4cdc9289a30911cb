using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// The vault's next events without their receipts, where one of those is too large: their content, and the vault's own chain over them, which its storage
/// shows after a block (docs/protocol/bridge.md, events).
/// </summary>
/// <param name="Header">Of the block after which the storage is read; it must be attested.</param>
/// <param name="Events">Next after the chain's cursor.</param>
/// <param name="IsMarked">Whether they end at a mark, which every later block shows; else at the last event of the block.</param>
internal sealed record EventsPlan(EthereumHeader Header, ImmutableArray<VaultEvent> Events, bool IsMarked)
{
    /// <summary>What of the vault's storage shows them.</summary>
    public ImmutableArray<Hash256> Slots => IsMarked ? [VaultStorage.Mark(Events[^1].Nonce)] : [VaultStorage.Cursor, VaultStorage.EventChain];

    /// <summary>The next piece; null where the block shows nothing new.</summary>
    /// <param name="header">Of the block after which the storage is read.</param>
    /// <param name="last">Nonce of the vault's last event up to that block.</param>
    /// <param name="nonce">Of the last event that the chain has.</param>
    /// <param name="events">Of the vault from the one after that on, without a gap.</param>
    public static EventsPlan? Next(EthereumHeader header, ulong last, ulong nonce, IEnumerable<VaultEvent> events)
    {
        if (last <= nonce) return null;
        var mark = nonce - (nonce % VaultStorage.MarkEvery) + VaultStorage.MarkEvery;
        var end = Math.Min(mark, last);
        ImmutableArray<VaultEvent> taken = [.. events.SkipWhile(happened => happened.Nonce <= nonce).TakeWhile(happened => happened.Nonce <= end)];
        return taken.Length > 0 && taken[^1].Nonce == end ? new EventsPlan(header, taken, end == mark) : null;
    }

    /// <param name="storage">Of the vault after the block: <see cref="Slots"/>.</param>
    public BridgeEvidence Evidence(AccountEvidence storage)
    {
        var proof = new VaultLogs { IsMarked = IsMarked };
        foreach (var log in Events.Select(happened => happened.Log))
            proof.Logs.Add(new VaultLog { Topics = { log.Topics.Select(topic => topic.ToByteString()) }, Data = ByteString.CopyFrom(log.Data.Span) });
        new EvidenceNodes(proof.Nodes).Add(storage.Nodes);
        return new BridgeEvidence { Number = Header.Number, Header = ByteString.CopyFrom(Header.Encode()), Events = proof };
    }
}
