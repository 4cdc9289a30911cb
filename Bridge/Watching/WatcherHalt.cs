using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Why a validator watches no longer. The numbers are stored.</summary>
public enum HaltReason : byte
{
    /// <summary>A quorum names another hash for a block that was final.</summary>
    FinalityViolation = 1,

    /// <summary>A quorum agrees on a header whose fields, as far as they are known, do not hash to its hash.</summary>
    UnknownHeaderLayout = 2,

    /// <summary>A quorum agrees on receipts from which the receipts root cannot be rebuilt.</summary>
    UnknownReceiptLayout = 3,

    /// <summary>Events are missing between two of the vault, also when scanned again.</summary>
    NonceGap = 4,

    /// <summary>The vault logged something that is none of its events.</summary>
    MalformedEvent = 5,

    /// <summary>The vault's proven storage says other than its events do.</summary>
    EventChainMismatch = 6,

    /// <summary>There is proven to be no vault at its address.</summary>
    VaultMissing = 7,
}

/// <summary>Why, and what is evidence of it.</summary>
/// <param name="Reason">By name.</param>
/// <param name="Stored">The last block that was scanned.</param>
/// <param name="Seen">The block that did not fit: the other hash of a stored number, or the block with what is unknown.</param>
/// <param name="Changed">Blocks of the tail that have another hash now, with that hash, ascending, at most 64; none where that is not what happened.</param>
/// <param name="Endpoints">Places of those who agreed.</param>
/// <param name="Header">RLP of the header that shows it; empty where its layout is unknown.</param>
/// <param name="Detail">In words.</param>
public sealed record WatcherHalt(
    HaltReason Reason, EthereumBlockId Stored, EthereumBlockId Seen, ImmutableArray<EthereumBlockId> Changed, ImmutableArray<int> Endpoints, ReadOnlyMemory<byte> Header, string Detail)
{
    private const int DetailBytesMax = 1_024;

    /// <summary>Null where that is not known, or not what happened.</summary>
    public ulong? FirstChanged => Changed.IsEmpty ? null : Changed[0].Number;

    internal void WriteTo(ByteWriter writer)
    {
        writer.Byte((byte)Reason).BlockId(Stored).BlockId(Seen).UInt16((ushort)Changed.Length);
        foreach (var block in Changed) writer.BlockId(block);
        writer.UInt16((ushort)Endpoints.Length);
        foreach (var endpoint in Endpoints) writer.Byte((byte)endpoint);
        writer.LengthAndBytes(Header.Span).Text(Detail);
    }

    internal static WatcherHalt ReadFrom(ref ByteReader reader)
    {
        var (reason, stored, seen) = ((HaltReason)reader.Byte(), reader.BlockId(), reader.BlockId());
        if (!Enum.IsDefined(reason)) reader.Fail();
        var changed = new EthereumBlockId[reader.Count16(EthereumEndpoint.HeadersMax, sizeof(ulong) + Hash256.Size)];
        for (var i = 0; i < changed.Length; i++) changed[i] = reader.BlockId();
        var endpoints = new int[reader.Count16(QuorumOptions.EndpointsMax, 1)];
        for (var i = 0; i < endpoints.Length; i++) endpoints[i] = reader.Byte();
        var header = reader.LengthAndBytes(EthereumHeader.BytesMax).ToArray();
        return new WatcherHalt(reason, stored, seen, [.. changed], [.. endpoints], header, reader.Text(DetailBytesMax));
    }
}
