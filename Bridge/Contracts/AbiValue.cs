using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A value for <see cref="AbiWriter"/>, so that the arguments of a call can be named one by one. Only what calls of the bridge's contracts need.</summary>
internal sealed class AbiValue
{
    private readonly Action<AbiWriter> _write;

    private AbiValue(Action<AbiWriter> write) => _write = write;

    public static AbiValue Word(Hash256 word) => new(writer => writer.Hash(word));

    public static AbiValue Number(UInt128 number) => new(writer => writer.UInt128(number));

    public static AbiValue Amount(Amount amount) => Number(amount.Units);

    public static AbiValue Address(Address address) => new(writer => writer.Address(address));

    public static AbiValue Bytes(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes.ToArray();
        return new AbiValue(writer => writer.Bytes(kept));
    }

    public static AbiValue Array(IEnumerable<AbiValue> items)
    {
        var kept = items.ToArray();
        return new AbiValue(writer => writer.Array(kept, (elements, item) => item._write(elements)));
    }

    /// <summary>A struct.</summary>
    public static AbiValue Tuple(params AbiValue[] members) => new(writer => writer.Tuple(WriterOf(members)));

    /// <summary>The arguments of a call: a tuple without a place in another.</summary>
    public static byte[] Encode(params ReadOnlySpan<AbiValue> arguments) => WriterOf(arguments).ToArray();

    private static AbiWriter WriterOf(ReadOnlySpan<AbiValue> values)
    {
        var writer = new AbiWriter();
        foreach (var value in values) value._write(writer);
        return writer;
    }
}
