using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Fields that several of the bridge's stored records have, each in one spelling.</summary>
internal static class StoredFields
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ByteWriter BlockId(this ByteWriter writer, EthereumBlockId id) => writer.UInt64(id.Number).Hash(id.Hash);

    public static EthereumBlockId BlockId(this ref ByteReader reader) => new(reader.UInt64(), reader.Hash());

    /// <summary>0 or 1, and nothing else.</summary>
    public static bool Flag(this ref ByteReader reader)
    {
        var value = reader.Byte();
        if (value > 1) reader.Fail();
        return value == 1;
    }

    /// <summary>As <see cref="Flag"/> and the number behind it, which is zero where there is none.</summary>
    public static ByteWriter Optional(this ByteWriter writer, ulong? number) => writer.Byte(number is null ? (byte)0 : (byte)1).UInt64(number ?? 0);

    public static ulong? Optional(this ref ByteReader reader)
    {
        var (isThere, number) = (reader.Flag(), reader.UInt64());
        if (!isThere && number != 0) reader.Fail();
        return isThere ? number : null;
    }

    public static ByteWriter Text(this ByteWriter writer, string text) => writer.LengthAndBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>UTF-8 of at most so many bytes; never null.</summary>
    public static string Text(this ref ByteReader reader, int most)
    {
        try
        {
            return Utf8.GetString(reader.LengthAndBytes(most));
        }
        catch (DecoderFallbackException)
        {
            reader.Fail();
            return "";
        }
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
