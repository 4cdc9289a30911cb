using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// Whom a signer serves: one node at a time, under a number that rises with each change. It is on the disk before it is given out, so that no crash
/// gives one number twice. Layout: number 8 | node 20.
/// </summary>
public sealed record SignerEpoch(ulong Number, Address Node)
{
    public const int Size = 8 + Address.Size;

    public static readonly SignerEpoch None = new(0, default);

    public byte[] Encode() => new ByteWriter().UInt64(Number).Address(Node).ToArray();

    public static SignerEpoch? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var epoch = new SignerEpoch(reader.UInt64(), reader.Address());
        return reader.IsWhole ? epoch : null;
    }
}
