using System.Globalization;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What an event says of one of its attributes. Events are text, and most of them name addresses and amounts: those are written as bytes of text
/// at once, without a string between. An address stands in lower case, as the interfaces of Ethereum's nodes write it: the checksum of
/// mixed case is for people who copy by hand, and costs a hash.
/// </summary>
public readonly struct EventValue
{
    /// <summary>More than the bytes of an address or of an amount.</summary>
    public const int FixedBytesMax = 64;

    private readonly string? _text;
    private readonly Address _address;
    private readonly Amount _amount;
    private readonly bool _isAmount;

    private EventValue(string text) => _text = text;

    private EventValue(Address address) => _address = address;

    private EventValue(Amount amount) => (_amount, _isAmount) = (amount, true);

    public static implicit operator EventValue(string text) => new(text);

    public static implicit operator EventValue(Address address) => new(address);

    public static implicit operator EventValue(Amount amount) => new(amount);

    public static implicit operator EventValue(Height height) => new(height.ToString());

    public static implicit operator EventValue(Hash256 hash) => new(hash.ToString());

    public static implicit operator EventValue(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    public static implicit operator EventValue(ulong number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>No encoding of the value is longer.</summary>
    internal int BytesMax => _text is null ? FixedBytesMax : Encoding.UTF8.GetMaxByteCount(_text.Length);

    /// <summary>Writes the value as UTF-8.</summary>
    /// <param name="utf8">Has room for <see cref="BytesMax"/>.</param>
    /// <returns>Bytes written.</returns>
    internal int Write(Span<byte> utf8)
    {
        if (_text is not null) return Encoding.UTF8.GetBytes(_text, utf8);
        return _isAmount ? _amount.Format(utf8) : _address.FormatLower(utf8);
    }
}
