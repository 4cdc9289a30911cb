using System.Buffers.Binary;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Where <see cref="ChainStore"/> keeps what. Keys that are heights have 8 bytes, big-endian, so that a range of heights is a range of keys.
/// </summary>
internal static class ChainColumns
{
    /// <summary>State key to record: the state after the last block.</summary>
    public static readonly Column State = new("state");

    /// <summary>Height to block.</summary>
    public static readonly Column Blocks = new("blocks") { IsQueue = true };

    /// <summary>Height to the commit certificate of its block.</summary>
    public static readonly Column Certificates = new("certificates") { IsQueue = true };

    /// <summary>Block hash to height.</summary>
    public static readonly Column Heights = new("heights") { Expires = true };

    /// <summary>Transaction hash to height 8 | index 4.</summary>
    public static readonly Column Transactions = new("transactions") { Expires = true };

    /// <summary>Height to receipts, each length first.</summary>
    public static readonly Column Receipts = new("receipts") { IsQueue = true };

    /// <summary>Height to events, each length first.</summary>
    public static readonly Column Events = new("events") { IsQueue = true };

    /// <summary>Height to the ledger's mark after it, with the roots of state, receipts and events.</summary>
    public static readonly Column Marks = new("marks") { IsQueue = true };

    /// <summary>Height to an <see cref="UndoRecord"/>: what its block found.</summary>
    public static readonly Column Undo = new("undo") { IsQueue = true };

    /// <summary>Root to validator set.</summary>
    public static readonly Column ValidatorSets = new("validator-sets");

    /// <summary>The mark of the state, the genesis hash, counts and floors.</summary>
    public static readonly Column Meta = new("meta");

    /// <summary>Checkpoints and data, by the blob store.</summary>
    public static readonly Column Blobs = new("blobs");

    /// <summary>Height to the polka certificates that were seen in it, each length first; kept as long as faults count.</summary>
    public static readonly Column Polkas = new("polkas") { IsQueue = true };

    /// <summary>Guilty 20 | height 8 to the last decided height when it was found 8 | evidence that has not counted yet.</summary>
    public static readonly Column Evidence = new("evidence");

    /// <summary>Columns of which pruning blocks takes a range of heights.</summary>
    public static IReadOnlyList<Column> OfBlocks { get; } = [Blocks, Certificates, Receipts, Events];

    /// <summary>Columns whose keys are hashes, spread over the whole column: what of them leads below the block floor is none, and goes when the store comes by.</summary>
    public static IReadOnlyList<Column> Indexes { get; } = [Heights, Transactions];

    public static IReadOnlyList<Column> All { get; } =
        [State, Blocks, Certificates, Heights, Transactions, Receipts, Events, Meta, Blobs, Marks, Undo, ValidatorSets, Polkas, Evidence];

    public static byte[] Key(Height height)
    {
        var key = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, height.Value);
        return key;
    }

    /// <summary>Heights from one (inclusive) to another (exclusive).</summary>
    public static KeyRange Between(Height from, Height to) => KeyRange.Between(Key(from), Key(to));

    /// <summary>All heights below one.</summary>
    public static KeyRange Below(Height height) => KeyRange.All.Before(Key(height));

    /// <summary>Null where the bytes are no height.</summary>
    public static Height? HeightOf(ReadOnlySpan<byte> key) => key.Length == 8 ? new Height(BinaryPrimitives.ReadUInt64BigEndian(key)) : null;
}
