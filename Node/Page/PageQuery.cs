using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// What follows the question mark of a request: names that its path knows, each once, each well-formed; else INVALID_ARGUMENT with the name. Short as it is,
/// since the server takes no long line.
/// </summary>
internal sealed class PageQuery(IQueryCollection fields)
{
    private int _read;

    public ulong? Number(string name)
    {
        if (Text(name) is not { } text) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw RequestChecks.Bad($"{name}: a number");
    }

    public ulong RequireNumber(string name) => Number(name) ?? throw RequestChecks.Bad($"{name} is missing");

    public ByteString? Hash(string name)
    {
        if (Text(name) is not { } text) return null;
        return Hash256.TryParse(text, out var hash) ? hash.ToByteString() : throw RequestChecks.Bad($"{name}: 0x and 64 hexadecimal digits");
    }

    public ByteString RequireHash(string name) => Hash(name) ?? throw RequestChecks.Bad($"{name} is missing");

    public ByteString? Account(string name)
    {
        if (Text(name) is not { } text) return null;
        return Address.TryParse(text, out var address) ? address.ToByteString() : throw RequestChecks.Bad($"{name}: an address with its checksum, 0x and 40 hexadecimal digits");
    }

    public ByteString RequireAccount(string name) => Account(name) ?? throw RequestChecks.Bad($"{name} is missing");

    public Amount RequireAmount(string name) =>
        Amount.TryParseNtk(Text(name), out var amount) ? amount : throw RequestChecks.Bad($"{name}: decimal NTK, as 12.5");

    /// <summary>Nothing else was given.</summary>
    public void RequireEnd()
    {
        if (_read != fields.Count) throw RequestChecks.Bad("a field of the query that is not known here");
    }

    private string? Text(string name)
    {
        if (!fields.TryGetValue(name, out var values)) return null;
        _read++;
        return values.Count == 1 ? values[0] : throw RequestChecks.Bad($"{name} is given twice");
    }
}
