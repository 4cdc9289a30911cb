using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>What is demanded of bytes that a decoder takes.</summary>
public enum Spelling
{
    /// <summary>One value has one encoding: what is taken encodes to itself.</summary>
    One,

    /// <summary>A value may be written in several ways, as text and JSON may: what it encodes to is taken, and encodes to itself.</summary>
    Several,

    /// <summary>Nothing writes it back, or only with a secret: it is taken or refused, that is all.</summary>
    None,
}

/// <summary>A decoder, or a few that read the same bytes.</summary>
/// <param name="Name">Of the target and of its folder in the corpus: small letters and dashes.</param>
/// <param name="Decoders">The methods it runs, each "Type.Method": what the test of completeness counts.</param>
/// <param name="Make">A case from a seeded stream that the decoder must take.</param>
/// <param name="Reencode">
/// Decodes and gives what the value encodes to; null where it was refused. A refusal that is an exception by contract is caught here, by its type.
/// </param>
public sealed record FuzzTarget(string Name, ImmutableArray<string> Decoders, Func<SeededStream, byte[]> Make, Func<byte[], byte[]?> Reencode)
{
    public Spelling Spelling { get; init; } = Spelling.One;

    /// <summary>Longer inputs are not made. The default is past every bound that a small value can reach by repeating a part of it.</summary>
    public int MostBytes { get; init; } = 96 * 1024;

    /// <summary>
    /// Bytes that may be allocated for each byte of the input. The default is what the worst honest case takes, protobuf: an empty message in a
    /// list is two bytes there, and here an object, its place in the list and the list's growth.
    /// </summary>
    public int BytesPerByte { get; init; } = 64;

    /// <summary>Bytes that may be allocated whatever comes, beside those for each byte of the input.</summary>
    public int BytesAlways { get; init; } = 64 * 1024;

    /// <summary>Inputs of a test run; fewer where each costs a signature.</summary>
    public int TestInputs { get; init; } = 6_000;

    public byte[] Case(int number) => Make(new SeededStream(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes($"fuzz {Name} {number}"))));

    public override string ToString() => Name;
}
