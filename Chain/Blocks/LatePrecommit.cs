namespace NeuroChain.Chain;

/// <summary>
/// A precommit for a decided block that came too late for the certificate in the next block; it shows that its validator was there. The
/// round and the block are those of the commit certificate of that height. Layout: height 8 | index 2 | signature 65.
/// </summary>
public sealed record LatePrecommit(Height Height, ushort Index, Signature Signature)
{
    public const int Size = 8 + 2 + Signature.Size;

    public byte[] Encode() => new ByteWriter().Height(Height).UInt16(Index).Signature(Signature).ToArray();
}
