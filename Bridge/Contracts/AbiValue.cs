using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// A value as Solidity's ABI lays it out: what is static stands where it is named, what is dynamic stands behind, and its place holds the
/// distance to it. Only what calls of the bridge's contracts need.
/// </summary>
internal abstract class AbiValue
{
    private AbiValue() { }

    /// <summary>Bytes at the place itself.</summary>
    protected virtual int HeadSize => AbiWriter.WordSize;

    protected virtual bool IsDynamic => false;

    public static AbiValue Word(Hash256 word) => new WordValue(word);

    public static AbiValue Number(UInt128 number) => new WordValue(Hash256.FromBytes(new ByteWriter().UInt128(0).UInt128(number).ToArray()));

    public static AbiValue Amount(Amount amount) => Number(amount.Units);

    public static AbiValue Address(Address address) => new WordValue(Hash256.FromBytes(new AbiWriter().Address(address).ToArray()));

    public static AbiValue Bytes(ReadOnlySpan<byte> bytes) => new BytesValue(bytes.ToArray());

    public static AbiValue Array(IEnumerable<AbiValue> items) => new ArrayValue([.. items]);

    /// <summary>A struct; the arguments of a call are one too.</summary>
    public static AbiValue Tuple(params AbiValue[] members) => new TupleValue(members);

    public byte[] Encode()
    {
        var writer = new ByteWriter();
        Write(writer);
        return writer.ToArray();
    }

    protected abstract void Write(ByteWriter writer);

    private static void WriteAll(ByteWriter writer, AbiValue[] values)
    {
        var behind = values.Sum(value => value.IsDynamic ? AbiWriter.WordSize : value.HeadSize);
        var tails = new ByteWriter();
        foreach (var value in values)
        {
            if (value.IsDynamic)
            {
                writer.UInt128(0).UInt128((UInt128)(behind + tails.Length));
                value.Write(tails);
            }
            else
            {
                value.Write(writer);
            }
        }

        writer.Bytes(tails.Written.Span);
    }

    private sealed class WordValue(Hash256 word) : AbiValue
    {
        protected override void Write(ByteWriter writer) => writer.Hash(word);
    }

    private sealed class BytesValue(byte[] bytes) : AbiValue
    {
        protected override bool IsDynamic => true;

        protected override void Write(ByteWriter writer)
        {
            var padding = (AbiWriter.WordSize - (bytes.Length % AbiWriter.WordSize)) % AbiWriter.WordSize;
            writer.UInt128(0).UInt128((UInt128)bytes.Length).Bytes(bytes).Bytes(new byte[padding]);
        }
    }

    private sealed class ArrayValue(AbiValue[] items) : AbiValue
    {
        protected override bool IsDynamic => true;

        protected override void Write(ByteWriter writer)
        {
            writer.UInt128(0).UInt128((UInt128)items.Length);
            WriteAll(writer, items);
        }
    }

    private sealed class TupleValue(AbiValue[] members) : AbiValue
    {
        protected override bool IsDynamic => members.Any(member => member.IsDynamic);

        protected override int HeadSize => members.Sum(member => member.HeadSize);

        protected override void Write(ByteWriter writer) => WriteAll(writer, members);
    }
}
