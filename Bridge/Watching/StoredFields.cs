using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Fields that several of the watch's stored records have.</summary>
internal static class StoredFields
{
    public static ByteWriter BlockId(this ByteWriter writer, EthereumBlockId id) => writer.UInt64(id.Number).Hash(id.Hash);

    public static EthereumBlockId BlockId(this ref ByteReader reader) => new(reader.UInt64(), reader.Hash());

    /// <summary>0 or 1, and nothing else.</summary>
    public static bool Flag(this ref ByteReader reader)
    {
        var value = reader.Byte();
        if (value > 1) reader.Fail();
        return value == 1;
    }

    public static ByteWriter Nodes(this ByteWriter writer, IReadOnlyCollection<ReadOnlyMemory<byte>> nodes)
    {
        writer.UInt16((ushort)nodes.Count);
        foreach (var node in nodes) writer.LengthAndBytes(node.Span);
        return writer;
    }

    public static ReadOnlyMemory<byte>[] Nodes(this ref ByteReader reader, int nodeBytesMax)
    {
        var nodes = new ReadOnlyMemory<byte>[reader.Count16(ProofNodes.NodesMax, sizeof(uint))];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = reader.LengthAndBytes(nodeBytesMax).ToArray();
        return nodes;
    }
}
