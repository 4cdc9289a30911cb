namespace NeuroChain.Chain;

/// <summary>The static words of Solidity's ABI (and so of EIP-712's encodeData): 32 bytes each, numbers and addresses right-aligned.</summary>
public sealed class AbiWriter
{
    public const int WordSize = 32;

    private readonly ByteWriter _writer = new();

    public AbiWriter UInt64(ulong value)
    {
        _writer.UInt64(0).UInt64(0).UInt64(0).UInt64(value);
        return this;
    }

    public AbiWriter Address(Address value)
    {
        _writer.UInt64(0).UInt32(0).Address(value);
        return this;
    }

    public AbiWriter Hash(Hash256 value)
    {
        _writer.Hash(value);
        return this;
    }

    public byte[] ToArray() => _writer.ToArray();
}
