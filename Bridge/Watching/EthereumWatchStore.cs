using System.Buffers.Binary;
using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// What a validator knows of Ethereum, in one column of a store: how far it has read, the tail of blocks that it read, those in which the vault
/// logged, and heartbeats. A finding and the cursor behind it are one durable write, so that a crash leaves both or neither.
/// </summary>
/// <remarks>Keys are a letter and a block's number, big-endian. One thread writes; any may read.</remarks>
public sealed class EthereumWatchStore(IKeyValueStore store)
{
    public static readonly Column Column = new("ethereum");

    private const byte StateKind = (byte)'s', TailKind = (byte)'t', BlockKind = (byte)'b', HeartbeatKind = (byte)'h';

    /// <summary>Where the watch stands; its beginning where nothing is stored.</summary>
    public WatcherState Load(WatcherOptions options)
    {
        if (store.Get(Column, [StateKind]) is not { } stored) return WatcherState.Begin(options);
        var tail = store.Scan(Column, KeyRange.Prefix([TailKind])).Select(entry => new EthereumBlockId(NumberOf(entry.Key), Hash256.FromBytes(entry.Value)));
        var isWhole = WatcherState.TryDecode(stored, [.. tail], out var state);
        Invariant.Check(isWhole, "what was stored is read back");
        return state!;
    }

    /// <exception cref="StoreFailedException">The write failed, and nothing of it is there.</exception>
    public void Write(ScanFinding found)
    {
        var batch = new WriteBatch().Put(Column, [StateKind], found.After.Encode());
        // The first write brings the start too, which no finding has.
        ImmutableArray<EthereumBlockId> stored = store.Get(Column, [StateKind]) is null ? [] : found.Before.Tail;
        foreach (var block in stored.Except(found.After.Tail)) batch.Delete(Column, Key(TailKind, block.Number));
        foreach (var block in found.After.Tail.Except(stored)) batch.Put(Column, Key(TailKind, block.Number), block.Hash.ToArray());
        foreach (var block in found.Blocks) batch.Put(Column, Key(BlockKind, block.Number), block.Encode());
        if (found.Heartbeat is { } heartbeat) batch.Put(Column, Key(HeartbeatKind, heartbeat.Number), heartbeat.Encode());
        store.Write(batch, durable: true);
    }

    /// <summary>Blocks in which the vault logged, from a number on, ascending.</summary>
    public IEnumerable<VaultBlock> Blocks(ulong from = 0)
    {
        foreach (var (_, value) in store.Scan(Column, KeyRange.Prefix([BlockKind]).StartingAt(Key(BlockKind, from))))
        {
            var isWhole = VaultBlock.TryDecode(value, out var block);
            Invariant.Check(isWhole, "what was stored is read back");
            yield return block!;
        }
    }

    /// <summary>Proven heartbeats, from a number on, ascending.</summary>
    public IEnumerable<Heartbeat> Heartbeats(ulong from = 0)
    {
        foreach (var (_, value) in store.Scan(Column, KeyRange.Prefix([HeartbeatKind]).StartingAt(Key(HeartbeatKind, from))))
        {
            var isWhole = Heartbeat.TryDecode(value, out var heartbeat);
            Invariant.Check(isWhole, "what was stored is read back");
            yield return heartbeat!;
        }
    }

    /// <summary>An operator has looked at why the watch halted, and lets it go on from its cursor. What halted it may do so again.</summary>
    public void ClearHalt(WatcherOptions options)
    {
        var state = Load(options);
        store.Write(new WriteBatch().Put(Column, [StateKind], (state with { Halt = null, RescannedNonce = null }).Encode()), durable: true);
    }

    private static byte[] Key(byte kind, ulong number)
    {
        var key = new byte[1 + sizeof(ulong)];
        key[0] = kind;
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1), number);
        return key;
    }

    private static ulong NumberOf(byte[] key) => BinaryPrimitives.ReadUInt64BigEndian(key.AsSpan(1));
}
