using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// Values of a struct type, in the order of its members ("Definition of encodeData"): a word each, what is dynamic by its hash, a struct by its
/// own hash, an array by the hash of its elements' words. Each value is held against the type of its member.
/// </summary>
public sealed class Eip712Struct(Eip712Type type)
{
    private readonly AbiWriter _words = new AbiWriter().Hash(type.Hash);
    private int _written;

    /// <summary>hashStruct: keccak256(type hash || words).</summary>
    /// <exception cref="InvariantException">A member is missing.</exception>
    public Hash256 Hash
    {
        get
        {
            Invariant.Check(_written == type.Members.Length, $"{type.Name} has {type.Members.Length} members and {_written} values");
            return Keccak256.Hash(_words.ToArray());
        }
    }

    public Eip712Struct UInt64(ulong value) => UInt256(new UInt256(value));

    /// <summary>Of any width: uint8 to uint256.</summary>
    public Eip712Struct UInt256(UInt256 value)
    {
        Take(member => member.StartsWith("uint", StringComparison.Ordinal) && !member.EndsWith(']'));
        _words.UInt256(value);
        return this;
    }

    public Eip712Struct Bool(bool value)
    {
        Take("bool");
        _words.Bool(value);
        return this;
    }

    public Eip712Struct Address(Address value)
    {
        Take("address");
        _words.Address(value);
        return this;
    }

    public Eip712Struct Bytes32(Hash256 value)
    {
        Take("bytes32");
        _words.Hash(value);
        return this;
    }

    public Eip712Struct Bytes(ReadOnlySpan<byte> value)
    {
        Take("bytes");
        _words.Hash(Keccak256.Hash(value));
        return this;
    }

    public Eip712Struct Text(string value)
    {
        Take("string");
        _words.Hash(Keccak256.Hash(Encoding.UTF8.GetBytes(value)));
        return this;
    }

    public Eip712Struct Struct(Eip712Struct value)
    {
        Take(value.TypeName);
        _words.Hash(value.Hash);
        return this;
    }

    /// <summary>An array of structs.</summary>
    public Eip712Struct Structs(params IReadOnlyList<Eip712Struct> values)
    {
        Take(member => values.All(value => IsArrayOf(member, value.TypeName)));
        return Array(values, (words, value) => words.Hash(value.Hash));
    }

    /// <summary>An array of what is a word each; "address[]" with <c>(words, value) => words.Address(value)</c>.</summary>
    public Eip712Struct Words<T>(string elementType, IReadOnlyList<T> values, Action<AbiWriter, T> write)
    {
        Take(member => IsArrayOf(member, elementType));
        return Array(values, write);
    }

    private string TypeName => type.Name;

    private Eip712Struct Array<T>(IReadOnlyList<T> values, Action<AbiWriter, T> write)
    {
        var elements = new AbiWriter();
        foreach (var value in values) write(elements, value);
        _words.Hash(Keccak256.Hash(elements.ToArray()));
        return this;
    }

    private static bool IsArrayOf(string member, string element) => member.EndsWith(']') && member[..member.LastIndexOf('[')] == element;

    private void Take(string expected) => Take(member => member == expected);

    private void Take(Func<string, bool> isExpected)
    {
        Invariant.Check(_written < type.Members.Length, $"{type.Name} has no more members");
        var (member, name) = type.Members[_written++];
        Invariant.Check(isExpected(member), $"{name} of {type.Name} is of type {member}");
    }
}
