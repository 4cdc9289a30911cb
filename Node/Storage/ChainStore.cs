using System.Buffers.Binary;
using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A decided block with the certificate that makes it final.</summary>
public sealed record CommittedBlock(Block Block, CommitCertificate Certificate);

/// <summary>What a block left behind, beside the state.</summary>
public sealed record BlockOutcome(ImmutableArray<Receipt> Receipts, ImmutableArray<Event> Events);

/// <summary>Where a transaction stands in the chain.</summary>
public readonly record struct TransactionPlace(Height Height, uint Index);

/// <summary>
/// Blocks, certificates, receipts, events and state of one node in a key-value store. A block and all that follows from it is one atomic,
/// durable write, so that after a crash the node is at a whole block.
/// </summary>
public sealed class ChainStore(IKeyValueStore store)
{
    private static readonly Column State = new("state");
    private static readonly Column Blocks = new("blocks");
    private static readonly Column Certificates = new("certificates");
    private static readonly Column Heights = new("heights");
    private static readonly Column Transactions = new("transactions");
    private static readonly Column Receipts = new("receipts");
    private static readonly Column Events = new("events");
    private static readonly Column Meta = new("meta");

    /// <summary>Where the blob store keeps checkpoints and data.</summary>
    public static readonly Column Blobs = new("blobs");

    private static readonly byte[] MarkKey = "mark"u8.ToArray();
    private static readonly byte[] TotalKey = "transactions"u8.ToArray();
    private static readonly byte[] GenesisKey = "genesis"u8.ToArray();

    /// <summary>All columns that a store must be opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [State, Blocks, Certificates, Heights, Transactions, Receipts, Events, Meta, Blobs];

    /// <summary>Transactions in all blocks since genesis.</summary>
    public ulong TransactionsTotal => store.Get(Meta, TotalKey) is { } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

    /// <summary>The ledger's mark: which height the state stands at. Null in a new store.</summary>
    public byte[]? Mark => store.Get(Meta, MarkKey);

    public IEnumerable<KeyValuePair<byte[], byte[]>> StateRecords =>
        store.Scan(State, KeyRange.All).Select(entry => new KeyValuePair<byte[], byte[]>(entry.Key, entry.Value));

    /// <summary>The state that genesis makes.</summary>
    public void Initialize(GenesisHash genesis, IReadOnlyList<KeyValuePair<byte[], byte[]?>> changes, byte[] mark)
    {
        Invariant.Check(Mark is null, "a store is initialised once");
        var batch = new WriteBatch();
        PutState(batch, changes, mark);
        batch.Put(Meta, GenesisKey, genesis.Value.ToArray());
        store.Write(batch, durable: true);
    }

    /// <summary>Genesis hash that the store was made for; null in a new store.</summary>
    public GenesisHash? Genesis => store.Get(Meta, GenesisKey) is { } bytes ? new GenesisHash(Hash256.FromBytes(bytes)) : null;

    public void Commit(CommittedBlock committed, IReadOnlyList<TransactionHash> hashes, BlockOutcome outcome, IReadOnlyList<KeyValuePair<byte[], byte[]?>> changes, byte[] mark)
    {
        var (block, certificate) = committed;
        Invariant.Check(certificate.Block.Hash == block.Hash, "a block is stored with its own certificate");
        var height = Key(block.Height);
        var batch = new WriteBatch()
            .Put(Blocks, height, block.Bytes.Span)
            .Put(Certificates, height, certificate.Encode())
            .Put(Heights, block.Hash.Value.ToArray(), height)
            .Put(Receipts, height, Pack(outcome.Receipts.Select(r => r.Encode())))
            .Put(Events, height, Pack(outcome.Events.Select(e => e.ToByteArray())));
        for (var i = 0; i < hashes.Count; i++)
            batch.Put(Transactions, hashes[i].Value.ToArray(), new ByteWriter().Height(block.Height).UInt32((uint)i).ToArray());
        if (hashes.Count > 0) batch.Put(Meta, TotalKey, new ByteWriter().UInt64(TransactionsTotal + (ulong)hashes.Count).ToArray());
        PutState(batch, changes, mark);
        store.Write(batch, durable: true);
    }

    public CommittedBlock? Get(Height height)
    {
        if (store.Get(Blocks, Key(height)) is not { } bytes) return null;
        var decoded = Block.TryDecode(bytes, out var block, out var fault);
        Invariant.Check(decoded, $"a stored block is well-formed, the one at {height} is {fault}");
        var certified = CommitCertificate.TryDecode(store.Get(Certificates, Key(height)), out var certificate);
        Invariant.Check(certified, $"a stored block has its certificate, the one at {height} has none");
        return new CommittedBlock(block!, certificate!);
    }

    public Height? HeightOf(BlockHash hash) =>
        store.Get(Heights, hash.Value.ToArray()) is { } bytes ? new Height(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : null;

    public TransactionPlace? PlaceOf(TransactionHash hash)
    {
        if (store.Get(Transactions, hash.Value.ToArray()) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        return new TransactionPlace(reader.Height(), reader.UInt32());
    }

    public BlockOutcome OutcomeOf(Height height)
    {
        var receipts = Unpack(store.Get(Receipts, Key(height))).Select(bytes => Receipt.TryDecode(bytes, out var receipt) ? receipt : default);
        var events = Unpack(store.Get(Events, Key(height))).Select(bytes => Event.Parser.ParseFrom(bytes));
        return new BlockOutcome([.. receipts], [.. events]);
    }

    private static void PutState(WriteBatch batch, IReadOnlyList<KeyValuePair<byte[], byte[]?>> changes, byte[] mark)
    {
        foreach (var (key, value) in changes)
        {
            if (value is null) batch.Delete(State, key);
            else batch.Put(State, key, value);
        }

        batch.Put(Meta, MarkKey, mark);
    }

    private static byte[] Key(Height height)
    {
        var key = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, height.Value);
        return key;
    }

    private static byte[] Pack(IEnumerable<byte[]> items)
    {
        var writer = new ByteWriter();
        foreach (var item in items) writer.LengthAndBytes(item);
        return writer.ToArray();
    }

    private static List<byte[]> Unpack(byte[]? packed)
    {
        var items = new List<byte[]>();
        var reader = new ByteReader(packed ?? []);
        while (reader.Remaining > 0 && !reader.Failed) items.Add(reader.LengthAndBytes(int.MaxValue).ToArray());
        Invariant.Check(!reader.Failed, "what was packed can be unpacked");
        return items;
    }
}
