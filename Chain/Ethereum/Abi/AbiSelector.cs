using System.Buffers.Binary;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// The first four bytes of keccak256 of a function's or a custom error's name and types, "transfer(address,uint256)": they go before the
/// arguments in a call and in what a revert gives back.
/// </summary>
public readonly record struct AbiSelector(uint Value)
{
    public const int Size = 4;

    /// <param name="signature">Without spaces, names of arguments or short forms of types.</param>
    public static AbiSelector Of(string signature) => new(BinaryPrimitives.ReadUInt32BigEndian(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray()));

    /// <summary>A call, or an error, with its arguments.</summary>
    public byte[] With(AbiWriter arguments) => new ByteWriter().UInt32(Value).Bytes(arguments.ToArray()).ToArray();

    /// <summary>The arguments behind this selector, of so many words; a reader that has failed already where it is another.</summary>
    public AbiReader Open(ReadOnlySpan<byte> data, int words)
    {
        var isThis = data.Length >= Size && BinaryPrimitives.ReadUInt32BigEndian(data) == Value;
        var reader = new AbiReader(isThis ? data[Size..] : default, isThis ? words : 0);
        if (!isThis) reader.Fail(AbiFault.WrongSelector);
        return reader;
    }

    public override string ToString() => $"0x{Value:x8}";
}
