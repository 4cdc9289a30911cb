using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// Reads the fields of an object of Ethereum's JSON-RPC as its specification writes them: DATA is 0x and two digits a byte, QUANTITY is 0x and
/// digits without leading zeros. A failure sticks: whoever reads goes straight through and asks once for the first field that was wrong.
/// </summary>
internal ref struct RpcFields
{
    private readonly JsonElement _thing;

    public RpcFields(JsonElement thing)
    {
        _thing = thing;
        if (thing.ValueKind != JsonValueKind.Object) Failed = "an object";
    }

    /// <summary>The first field that was missing or wrong; null while all were right.</summary>
    public string? Failed { get; private set; }

    /// <summary>There, and not null.</summary>
    public readonly bool Has(string name) =>
        _thing.ValueKind == JsonValueKind.Object && _thing.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public byte[] Data(string name, int most)
    {
        if (TryGet(name, out var value) && TryReadData(value, most, out var bytes)) return bytes;
        return Fail(name, Array.Empty<byte>());
    }

    public byte[] Fixed(string name, int size)
    {
        var bytes = Data(name, size);
        return bytes.Length == size ? bytes : Fail(name, new byte[size]);
    }

    public Hash256 Hash(string name) => Hash256.FromBytes(Fixed(name, Hash256.Size));

    public Address Address(string name) => Chain.Address.FromBytes(Fixed(name, Chain.Address.Size));

    public UInt256 Quantity(string name) => TryGet(name, out var value) && TryReadQuantity(value, out var number) ? number : Fail(name, UInt256.Zero);

    public ulong UInt64(string name) => Quantity(name).TryToUInt64(out var number) ? number : Fail(name, 0UL);

    public Bloom Bloom(string name) => Chain.Bloom.TryFromBytes(Fixed(name, Chain.Bloom.Size), out var bloom) ? bloom : Fail(name, Chain.Bloom.Empty);

    /// <summary>The items of a list; none where it is no list or longer than it may be.</summary>
    public JsonElement.ArrayEnumerator List(string name, int most)
    {
        if (TryGet(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most) return value.EnumerateArray();
        return Fail(name, default(JsonElement.ArrayEnumerator));
    }

    /// <summary>Marks the object as bad, for a rule that the reader does not know.</summary>
    public T Fail<T>(string name, T value)
    {
        Failed ??= name;
        return value;
    }

    public static bool TryReadData(JsonElement value, int most, out byte[] bytes)
    {
        bytes = [];
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text) return false;
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length > 2 + (2L * most) || !Hex.TryDecode(text, out var decoded)) return false;
        bytes = decoded;
        return true;
    }

    public static bool TryReadQuantity(JsonElement value, out UInt256 number)
    {
        number = default;
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 2 and <= 2 + (2 * UInt256.Size) } text) return false;
        if (!text.StartsWith("0x", StringComparison.Ordinal) || (text[2] == '0' && text.Length > 3)) return false;
        if (!Hash256.TryParse(text[2..].PadLeft(2 * UInt256.Size, '0'), out var word)) return false;
        number = UInt256.FromHash(word);
        return true;
    }

    private readonly bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return _thing.ValueKind == JsonValueKind.Object && _thing.TryGetProperty(name, out value);
    }
}
