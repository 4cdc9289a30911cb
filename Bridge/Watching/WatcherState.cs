using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>How far a validator has read Ethereum. Stored in one write with what was found up to there.</summary>
public sealed record WatcherState
{
    private const byte Version = 1;

    /// <summary>Of the options that it was begun with.</summary>
    public required Hash256 Identity { get; init; }

    /// <summary>The last block that was scanned.</summary>
    public required EthereumBlockId Cursor { get; init; }

    /// <summary>Nonce of the vault's last event up to the cursor.</summary>
    public ulong EventNonce { get; init; }

    /// <summary>The vault's slot 3 after that event.</summary>
    public Hash256 EventChain { get; init; }

    /// <summary>The block of that event, or the start: after it a rescan begins.</summary>
    public required EthereumBlockId LastEventBlock { get; init; }

    /// <summary>After this nonce a gap was seen once, and all was scanned again.</summary>
    public ulong? RescannedNonce { get; init; }

    public WatcherHalt? Halt { get; init; }

    /// <summary>The last scanned blocks, ascending, the cursor's as the last. Stored beside the rest, one by one.</summary>
    public ImmutableArray<EthereumBlockId> Tail { get; init; } = [];

    public static WatcherState Begin(WatcherOptions options) =>
        new() { Identity = options.Identity, Cursor = options.Start, LastEventBlock = options.Start, Tail = [options.Start] };

    /// <summary>After more blocks, which follow the cursor.</summary>
    internal WatcherState After(IReadOnlyCollection<EthereumBlockId> scanned, int tailMax) => scanned.Count == 0 ? this : this with
    {
        Cursor = scanned.Last(),
        Tail = [.. Tail.Concat(scanned).TakeLast(tailMax)],
    };

    /// <summary>Back to the last event.</summary>
    internal WatcherState Rescan() => this with
    {
        Cursor = LastEventBlock,
        RescannedNonce = EventNonce,
        Tail = [.. Tail.Where(block => block.Number < LastEventBlock.Number), LastEventBlock],
    };

    internal byte[] Encode()
    {
        var writer = new ByteWriter().Byte(Version).Hash(Identity).BlockId(Cursor).UInt64(EventNonce).Hash(EventChain).BlockId(LastEventBlock);
        writer.Optional(RescannedNonce).Byte(Halt is null ? (byte)0 : (byte)1);
        Halt?.WriteTo(writer);
        return writer.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, ImmutableArray<EthereumBlockId> tail, [NotNullWhen(true)] out WatcherState? state)
    {
        state = null;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version) return false;
        var read = new WatcherState
        {
            Identity = reader.Hash(),
            Cursor = reader.BlockId(),
            EventNonce = reader.UInt64(),
            EventChain = reader.Hash(),
            LastEventBlock = reader.BlockId(),
            Tail = tail,
        };
        var rescanned = reader.Optional();
        var halt = reader.Flag() ? WatcherHalt.ReadFrom(ref reader) : null;
        if (reader.IsWhole) state = read with { RescannedNonce = rescanned, Halt = halt };
        return state is not null;
    }
}

/// <summary>What a step found. It is stored, in one write, before the next step.</summary>
/// <param name="Before">The state that it follows.</param>
/// <param name="After">The state with it.</param>
/// <param name="Blocks">In which the vault logged, ascending.</param>
/// <param name="Heartbeat">At the cursor; null where that is none, or is not proven.</param>
public sealed record ScanFinding(WatcherState Before, WatcherState After, ImmutableArray<VaultBlock> Blocks, Heartbeat? Heartbeat);
