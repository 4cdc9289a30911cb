using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// A block with all that is stored of it beside the state. Layout: block, certificate, receipts and events, each length first; receipts
/// and events are lists of items, each length first.
/// </summary>
internal sealed record KeptBlock(Block Block, CommitCertificate Certificate, byte[] Receipts, byte[] Events)
{
    public void Write(ByteWriter writer) =>
        writer.LengthAndBytes(Block.Bytes.Span).LengthAndBytes(Certificate.Encode()).LengthAndBytes(Receipts).LengthAndBytes(Events);

    /// <summary>Null, and a reader that failed, where that is no block with its certificate.</summary>
    public static KeptBlock? Read(ref ByteReader reader)
    {
        var bytes = reader.LengthAndBytes(Limits.BlockBytesMax);
        var certificateBytes = reader.LengthAndBytes(Limits.BlockBytesMax);
        var (receipts, events) = (reader.LengthAndBytes(int.MaxValue).ToArray(), reader.LengthAndBytes(int.MaxValue).ToArray());
        if (!reader.Failed && Block.TryDecode(bytes, out var block, out _) && CommitCertificate.TryDecode(certificateBytes, out var certificate) && AreItems(receipts) && AreItems(events))
            return new KeptBlock(block, certificate, receipts, events);
        reader.Fail();
        return null;
    }

    /// <summary>Whether receipts and events are those that the header of the next block covers.</summary>
    public bool Fits(Header next) => RootOf(Receipts) == next.ReceiptsRoot && RootOf(Events) == next.EventsRoot;

    private static Hash256 RootOf(byte[] packed) => MerkleTree.Root([.. ChainStore.Unpack(packed).Select(item => MerkleTree.LeafHash(item))]);

    private static bool AreItems(byte[] packed)
    {
        var reader = new ByteReader(packed);
        while (reader.Remaining > 0 && !reader.Failed) reader.LengthAndBytes(int.MaxValue);
        return !reader.Failed;
    }
}
