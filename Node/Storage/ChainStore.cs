using System.Buffers.Binary;
using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A decided block with the certificate that makes it final.</summary>
public sealed record CommittedBlock(Block Block, CommitCertificate Certificate);

/// <summary>What a block left behind, beside the state.</summary>
public sealed record BlockOutcome(ImmutableArray<Receipt> Receipts, EventList Events);

/// <summary>
/// Blocks, certificates, receipts, events and state of one node in a key-value store. A block and all that follows from it is one atomic,
/// durable write, so that after a crash the node is at a whole block.
/// </summary>
/// <remarks>
/// What is kept has a floor: blocks from <see cref="EarliestBlock"/> on, states from <see cref="EarliestState"/> on (by undoing the newest
/// one), marks from <see cref="EarliestMark"/> on. A floor and the deletions below it are one write too. Below a floor nothing is read,
/// whatever is still on the disk. Safe to use from any thread; only one thread commits.
/// </remarks>
/// <param name="store">With <see cref="Columns"/>.</param>
/// <param name="damaged">Told of records that are none, where the node can do without them.</param>
public sealed class ChainStore(IKeyValueStore store, Action<string>? damaged = null)
{
    // Filled anew for every block: only one thread commits.
    private readonly WriteBatch _commit = new();

    private volatile CommittedBlock? _newest;

    private static readonly byte[] MarkKey = "mark"u8.ToArray();
    private static readonly byte[] TotalKey = "transactions"u8.ToArray();
    private static readonly byte[] GenesisKey = "genesis"u8.ToArray();
    private static readonly byte[] BlockFloorKey = "block-floor"u8.ToArray();
    private static readonly byte[] StateFloorKey = "state-floor"u8.ToArray();
    private static readonly byte[] MarkFloorKey = "mark-floor"u8.ToArray();
    private static readonly byte[] PolkaFloorKey = "polka-floor"u8.ToArray();
    private static readonly byte[] CompactedKey = "compacted"u8.ToArray();

    /// <summary>All columns that a store must be opened with.</summary>
    public static IReadOnlyList<Column> Columns => ChainColumns.All;

    /// <summary>Where the blob store keeps checkpoints and data.</summary>
    public static Column Blobs => ChainColumns.Blobs;

    /// <summary>Evidence that waits to count.</summary>
    internal EvidenceStore Evidence { get; } = new(store, damaged);

    /// <summary>What the blocks are kept in.</summary>
    internal IKeyValueStore Store => store;

    /// <summary>Transactions in all blocks since genesis.</summary>
    public ulong TransactionsTotal => store.Get(ChainColumns.Meta, TotalKey) is { } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

    /// <summary>The ledger's mark: which height the state stands at. Null in a new store.</summary>
    public byte[]? Mark => store.Get(ChainColumns.Meta, MarkKey);

    /// <summary>Genesis hash that the store was made for; null in a new store.</summary>
    public GenesisHash? Genesis => store.Get(ChainColumns.Meta, GenesisKey) is { } bytes ? new GenesisHash(Hash256.FromBytes(bytes)) : null;

    /// <summary>The first height whose block, certificate, receipts, events and places of transactions are kept.</summary>
    public Height EarliestBlock => Floor(BlockFloorKey) ?? Height.First;

    /// <summary>The first height to which the newest state can be taken back.</summary>
    public Height EarliestState => Floor(StateFloorKey) ?? Height.Genesis;

    /// <summary>The first height whose mark is kept.</summary>
    public Height EarliestMark => Floor(MarkFloorKey) ?? Height.Genesis;

    /// <summary>The first height whose polkas are kept, where there were any.</summary>
    public Height EarliestPolkas => Floor(PolkaFloorKey) ?? Height.Genesis;

    /// <summary>Up to which block floor the disk's room has been given back.</summary>
    internal Height Compacted => Floor(CompactedKey) ?? Height.Genesis;

    public IEnumerable<KeyValuePair<byte[], byte[]>> StateRecords =>
        store.Scan(ChainColumns.State, KeyRange.All).Select(entry => new KeyValuePair<byte[], byte[]>(entry.Key, entry.Value));

    /// <summary>Whether there is no block in it: it is new, or has the genesis and nothing more.</summary>
    internal bool IsWithoutBlocks => Mark is not { } bytes || (LedgerMark.TryDecode(bytes, out var mark) && mark.Height == Height.Genesis);

    /// <summary>The state that genesis makes, or a later one that the node shall begin with.</summary>
    public void Initialize(LedgerState first) => Initialize(first, [], 0);

    /// <param name="first">The state.</param>
    /// <param name="blocks">The last blocks up to it, ascending.</param>
    /// <param name="transactions">Transactions since genesis.</param>
    internal void Initialize(LedgerState first, IReadOnlyList<KeptBlock> blocks, ulong transactions)
    {
        Invariant.Check(IsWithoutBlocks, "a store is initialised before its first block");
        Invariant.Check(Genesis is not { } before || before == first.GenesisHash, "a store is of one chain for ever");
        var batch = new WriteBatch().DeleteRange(ChainColumns.State, KeyRange.All).DeleteRange(ChainColumns.Marks, KeyRange.All).Put(ChainColumns.Meta, GenesisKey, first.GenesisHash.Value.ToArray());
        PutFirst(batch, first);
        foreach (var (key, value) in first.Records) batch.Put(ChainColumns.State, key.Bytes, value);
        foreach (var kept in blocks) PutBlock(batch, kept, PackedReceipts.Unpack(kept.Receipts));
        var floor = blocks.Count > 0 ? blocks[0].Block.Height : first.Height.Next();
        batch.Put(ChainColumns.Meta, BlockFloorKey, ChainColumns.Key(floor)).Put(ChainColumns.Meta, TotalKey, new ByteWriter().UInt64(transactions).ToArray());
        store.Write(batch, durable: true);
    }

    /// <summary>Begins with marks and undo records in a store that was written before there were any; does nothing in any other.</summary>
    public void Adopt(LedgerState newest)
    {
        if (MarkOf(newest.Height) is not null) return;
        var batch = new WriteBatch();
        PutFirst(batch, newest);
        store.Write(batch, durable: true);
    }

    /// <summary>Stores a decided block with all that follows from it.</summary>
    /// <param name="before">The state that it was executed on.</param>
    /// <param name="validated">The block and what it left.</param>
    /// <param name="commit">What decided it.</param>
    /// <param name="durable">False where a block follows that is: they are on the disk together, and a crash leaves some first ones.</param>
    public void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit, bool durable = true)
    {
        var (block, transactions, result) = validated;
        var floor = EarliestBlock;
        var certificate = commit.Certificate;
        Invariant.Check(certificate.Block == block.Ref, "a block is stored with its own certificate");
        Invariant.Check(commit.ValidatorsRoot == block.Header.ValidatorsRoot, "a certificate is of the block's own validators");
        Invariant.Check(block.Height == before.Height.Next(), "a block is stored with the state that it was executed on");
        var kept = new KeptBlock(block, certificate, PackedReceipts.Pack(result.Receipts), result.Events.Packed);
        _commit.Clear();
        var batch = _commit.PutKept(ChainColumns.Undo, ChainColumns.Key(block.Height), UndoRecord.Encode(result.Undo));
        PutBlock(batch, kept, result.Receipts);
        if (transactions.Length > 0) batch.Put(ChainColumns.Meta, TotalKey, new ByteWriter().UInt64(TransactionsTotal + (ulong)transactions.Length).ToArray());
        foreach (var (key, value) in result.Changes)
        {
            if (value is null) batch.Delete(ChainColumns.State, key.Bytes);
            else batch.PutKept(ChainColumns.State, key.Bytes, value);
        }

        PutMark(batch, result.Next);
        store.Write(batch, durable);
        if (durable) ExpireIndexes(floor); // which is on the disk now: were it not, a crash would leave blocks whose index is gone
        _newest = new CommittedBlock(block, certificate);
    }

    /// <summary>
    /// Keeps the polkas that were seen in a height, in the place of those that were kept of it. It is not durable by itself: it is when the block
    /// of the height is, which is to be committed after it.
    /// </summary>
    public void KeepPolkas(Height height, IEnumerable<PolkaCertificate> polkas)
    {
        var writer = new ByteWriter();
        foreach (var polka in polkas) writer.LengthAndBytes(polka.Encode());
        store.Write(new WriteBatch().Put(ChainColumns.Polkas, ChainColumns.Key(height), writer.ToArray()), durable: false);
    }

    /// <summary>The polkas of a height; none where it had none that this node saw, or they are not kept any more. What is damaged among them is left out.</summary>
    public ImmutableArray<PolkaCertificate> PolkasOf(Height height)
    {
        var packed = store.Get(ChainColumns.Polkas, ChainColumns.Key(height));
        if (packed is null || EarliestPolkas > height) return [];
        _ = UnpackPolkas(packed, out var polkas);
        return polkas;
    }

    /// <summary>Those that can be read, and whether that is all of the record: each proves something by itself.</summary>
    internal static bool UnpackPolkas(ReadOnlySpan<byte> packed, out ImmutableArray<PolkaCertificate> polkas)
    {
        var reader = new ByteReader(packed);
        var (whole, read) = (true, ImmutableArray.CreateBuilder<PolkaCertificate>());
        while (reader.Remaining > 0 && !reader.Failed)
        {
            var bytes = reader.LengthAndBytes(int.MaxValue);
            if (!reader.Failed && PolkaCertificate.TryDecode(bytes, out var polka)) read.Add(polka);
            else whole = false;
        }

        polkas = read.ToImmutable();
        return whole;
    }

    /// <summary>A block with what made it final; null where it is not kept.</summary>
    public CommittedBlock? Get(Height height)
    {
        var (bytes, certificate) = (store.Get(ChainColumns.Blocks, ChainColumns.Key(height)), store.Get(ChainColumns.Certificates, ChainColumns.Key(height)));
        if (bytes is null || EarliestBlock > height) return null;
        var decoded = Block.TryDecodeKept(bytes, out var block, out var fault);
        Invariant.Check(decoded, $"a stored block is well-formed, the one at {height} is {fault}");
        var certified = CommitCertificate.TryDecode(certificate, out var commit);
        Invariant.Check(certified, $"a stored block has its certificate, the one at {height} has none");
        return new CommittedBlock(block!, commit!);
    }

    /// <summary>The header of a block with what made it final; null where it is not kept. The rest of the block is read, and neither decoded nor hashed.</summary>
    internal (Header Header, CommitCertificate Certificate)? HeaderOf(Height height)
    {
        var (bytes, certificate) = (store.Get(ChainColumns.Blocks, ChainColumns.Key(height)), store.Get(ChainColumns.Certificates, ChainColumns.Key(height)));
        if (bytes is null || EarliestBlock > height) return null;
        Header? header = null;
        var decoded = bytes.Length >= Header.Size && Header.TryDecode(bytes.AsSpan(0, Header.Size), out header);
        Invariant.Check(decoded, $"a stored block has a header, the one at {height} has none");
        var certified = CommitCertificate.TryDecode(certificate, out var commit);
        Invariant.Check(certified, $"a stored block has its certificate, the one at {height} has none");
        return (header!, commit!);
    }

    /// <summary>The same for who asks where the chain stands: the last block that was committed here comes from memory, and not from the disk.</summary>
    public CommittedBlock? GetRecent(Height height) => _newest is { } newest && newest.Block.Height == height ? newest : Get(height);

    /// <summary>A block with its outcome: pruning never shows half of it. Null where it is not kept.</summary>
    public (CommittedBlock Committed, BlockOutcome Outcome)? Whole(Height height) =>
        Get(height) is { } committed && OutcomeOf(height) is { } outcome ? (committed, outcome) : null;

    public Height? HeightOf(BlockHash hash) =>
        store.Get(ChainColumns.Heights, hash.Value.ToArray()) is { } bytes && new Height(BinaryPrimitives.ReadUInt64BigEndian(bytes)) is var height && height >= EarliestBlock ? height : null;

    public TransactionPlace? PlaceOf(TransactionHash hash)
    {
        if (store.Get(ChainColumns.Transactions, hash.Value.ToArray()) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var place = new TransactionPlace(reader.Height(), reader.UInt32());
        return place.Height >= EarliestBlock ? place : null;
    }

    /// <summary>What a block left; null where it is not kept.</summary>
    public BlockOutcome? OutcomeOf(Height height) =>
        OutcomeBytes(height) is var (receipts, events) ? new BlockOutcome(PackedReceipts.Unpack(receipts), EventList.FromPacked(events)) : null;

    /// <summary>A block as it is stored; null where it is not kept whole.</summary>
    internal KeptBlock? Kept(Height height) =>
        Get(height) is { } committed && OutcomeBytes(height) is var (receipts, events) ? new KeptBlock(committed.Block, committed.Certificate, receipts, events) : null;

    /// <summary>Where the ledger stood after a height, with the roots; null where that is not kept.</summary>
    public LedgerMark? MarkOf(Height height)
    {
        if (store.Get(ChainColumns.Marks, ChainColumns.Key(height)) is not { } bytes || EarliestMark > height) return null;
        var decoded = LedgerMark.TryDecode(bytes, out var mark);
        Invariant.Check(decoded, $"a stored mark is as it was written, the one of height {height} is not");
        return mark;
    }

    /// <summary>The validators that a header names by this root; null where none of the kept heights does.</summary>
    public ValidatorSet? ValidatorSetOf(Hash256 root)
    {
        if (store.Get(ChainColumns.ValidatorSets, root.ToArray()) is not { } bytes) return null;
        var decoded = ValidatorSet.TryDecode(bytes, out var set);
        Invariant.Check(decoded && set!.Root == root, $"a stored validator set is the one of its root, that of {root} is not");
        return set;
    }

    /// <summary>What takes the state after one height back to the state after an earlier one, block by block, to be applied in this order.</summary>
    /// <param name="from">The height to begin at.</param>
    /// <param name="to">The height to end at; not below <see cref="EarliestState"/>.</param>
    public IEnumerable<IReadOnlyList<KeyValuePair<StateKey, byte[]?>>> UndoBetween(Height from, Height to)
    {
        for (var height = from; height > to; height = height.MinusOrGenesis(1))
        {
            ImmutableArray<KeyValuePair<StateKey, byte[]?>>? undo = null;
            var decoded = store.Get(ChainColumns.Undo, ChainColumns.Key(height)) is { } bytes && UndoRecord.TryDecode(bytes, out undo);
            Invariant.Check(decoded, $"the undo record of height {height} is kept and as it was written");
            yield return undo!.Value;
        }
    }

    /// <summary>
    /// Deletes what is kept of the blocks below a height. One write: a crash leaves all of it or nothing. What leads to them by hashes is none
    /// from then on, and leaves the disk later.
    /// </summary>
    internal void PruneBlocks(Height floor)
    {
        Invariant.Check(floor > EarliestBlock, "a floor is only raised");
        var batch = new WriteBatch().Put(ChainColumns.Meta, BlockFloorKey, ChainColumns.Key(floor));
        foreach (var column in ChainColumns.OfBlocks) batch.DeleteRange(column, ChainColumns.Between(EarliestBlock, floor));
        RaiseMarkFloor(batch, floor, EarliestState);
        store.Write(batch, durable: false);
    }

    /// <summary>Deletes the undo records without which the newest state cannot be taken back below a height. One write.</summary>
    internal void PruneStates(Height floor)
    {
        Invariant.Check(floor > EarliestState, "a floor is only raised");
        var batch = new WriteBatch()
            .Put(ChainColumns.Meta, StateFloorKey, ChainColumns.Key(floor))
            .DeleteRange(ChainColumns.Undo, ChainColumns.Between(EarliestState.Next(), floor.Next()));
        RaiseMarkFloor(batch, EarliestBlock, floor);
        store.Write(batch, durable: false);
    }

    /// <summary>
    /// Gives the files back in which there is nothing but what was pruned: next to no work, where <see cref="IKeyValueStore.Compact"/> writes
    /// the rest anew.
    /// </summary>
    internal void DropPrunedFiles()
    {
        // Files go for good at once: the floors, and the deletions before them in the log, must be on the disk first.
        var floor = EarliestBlock;
        store.Write(new WriteBatch().Put(ChainColumns.Meta, BlockFloorKey, ChainColumns.Key(floor)), durable: true);
        foreach (var column in ChainColumns.OfBlocks) Drop(column, floor);
        Drop(ChainColumns.Undo, EarliestState);
        Drop(ChainColumns.Marks, EarliestMark);
        Drop(ChainColumns.Polkas, EarliestPolkas);

        void Drop(Column column, Height below)
        {
            if (below > Height.Genesis) store.DropFiles(column, ChainColumns.Key(Height.Genesis), ChainColumns.Key(below.MinusOrGenesis(1)));
        }
    }

    /// <summary>Deletes the polkas of the heights below one.</summary>
    internal void PrunePolkas(Height floor)
    {
        Invariant.Check(floor > EarliestPolkas, "a floor is only raised");
        var batch = new WriteBatch()
            .Put(ChainColumns.Meta, PolkaFloorKey, ChainColumns.Key(floor))
            .DeleteRange(ChainColumns.Polkas, ChainColumns.Between(EarliestPolkas, floor));
        store.Write(batch, durable: false);
    }

    /// <summary>Makes the block floor durable, so that the next compactions leave out what the indexes have below it.</summary>
    internal Height ExpireIndexes()
    {
        var floor = EarliestBlock;
        if (floor == Height.First) return floor;
        store.Write(new WriteBatch().Put(ChainColumns.Meta, BlockFloorKey, ChainColumns.Key(floor)), durable: true);
        ExpireIndexes(floor);
        return floor;
    }

    /// <summary>Notes that the room of everything below a block floor has been given back.</summary>
    internal void NoteCompacted(Height floor) => store.Write(new WriteBatch().Put(ChainColumns.Meta, CompactedKey, ChainColumns.Key(floor)), durable: false);

    /// <summary>Replaces the state, and the marks and undo records that led to it, in one write.</summary>
    internal void ReplaceState(LedgerState newest, IEnumerable<(Height Height, LedgerMark Mark, ReadOnlyMemory<byte>? Undo)> history)
    {
        var batch = new WriteBatch().DeleteRange(ChainColumns.State, KeyRange.All);
        foreach (var (key, value) in newest.Records) batch.Put(ChainColumns.State, key.Bytes, value);
        foreach (var (height, mark, undo) in history)
        {
            batch.Put(ChainColumns.Marks, ChainColumns.Key(height), mark.Encode());
            if (undo is { } bytes) batch.PutKept(ChainColumns.Undo, ChainColumns.Key(height), bytes);
        }

        PutMark(batch, newest);
        store.Write(batch, durable: true);
    }

    // A floor is raised before anything below it goes, and is looked at last: what was read of a height at or above it was there.
    private (byte[] Receipts, byte[] Events)? OutcomeBytes(Height height)
    {
        var (receipts, events) = (store.Get(ChainColumns.Receipts, ChainColumns.Key(height)), store.Get(ChainColumns.Events, ChainColumns.Key(height)));
        return EarliestBlock > height || receipts is null || events is null ? null : (receipts, events);
    }

    private Height? Floor(byte[] key) =>
        store.Get(ChainColumns.Meta, key) is { } bytes ? new Height(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : null;

    private void ExpireIndexes(Height floor)
    {
        foreach (var column in ChainColumns.Indexes) store.Expire(column, floor.Value);
    }

    // A mark is of use for a block (its roots are the next header's) and for a state.
    private void RaiseMarkFloor(WriteBatch batch, Height blocks, Height states)
    {
        var floor = blocks.MinusOrGenesis(1) < states ? blocks.MinusOrGenesis(1) : states;
        if (floor <= EarliestMark) return;
        batch.Put(ChainColumns.Meta, MarkFloorKey, ChainColumns.Key(floor)).DeleteRange(ChainColumns.Marks, ChainColumns.Between(EarliestMark, floor));
    }

    private static void PutBlock(WriteBatch batch, KeptBlock kept, ImmutableArray<Receipt> receipts)
    {
        var height = ChainColumns.Key(kept.Block.Height);
        Span<byte> key = stackalloc byte[Hash256.Size];
        kept.Block.Hash.Value.CopyTo(key);
        batch.PutKept(ChainColumns.Blocks, height, kept.Block.Bytes)
            .Put(ChainColumns.Certificates, height, kept.Certificate.Encode())
            .Put(ChainColumns.Heights, key, height)
            .PutKept(ChainColumns.Receipts, height, kept.Receipts)
            .PutKept(ChainColumns.Events, height, kept.Events);
        TransactionPlace.PutAll(batch, kept.Block.Height, receipts);
    }

    private static void PutFirst(WriteBatch batch, LedgerState first)
    {
        var height = ChainColumns.Key(first.Height);
        batch.Put(ChainColumns.Meta, StateFloorKey, height).Put(ChainColumns.Meta, MarkFloorKey, height);
        PutSet(batch, first.Next.Validators);
        PutMark(batch, first);
    }

    private static void PutMark(WriteBatch batch, LedgerState after)
    {
        var mark = after.Mark.Encode();
        batch.Put(ChainColumns.Meta, MarkKey, mark).Put(ChainColumns.Marks, ChainColumns.Key(after.Height), mark);
        PutSet(batch, after.Next.NextValidators!);
    }

    private static void PutSet(WriteBatch batch, ValidatorSet set) => batch.Put(ChainColumns.ValidatorSets, set.Root.ToArray(), set.Encode());

    internal static List<byte[]> Unpack(byte[] packed)
    {
        var items = new List<byte[]>();
        var reader = new ByteReader(packed);
        while (reader.Remaining > 0 && !reader.Failed) items.Add(reader.LengthAndBytes(int.MaxValue).ToArray());
        Invariant.Check(!reader.Failed, "what was packed can be unpacked");
        return items;
    }
}
