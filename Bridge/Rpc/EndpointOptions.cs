using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>One JSON-RPC endpoint of Ethereum, as the operator names it.</summary>
/// <param name="Name">Stands in metrics and logs in the place of the address, which may hold a key of the operator's.</param>
/// <param name="Address">https, or http of this machine.</param>
public sealed record EndpointOptions(string Name, Uri Address)
{
    public const int NameLengthMax = 32;

    /// <summary>For one question, from the connection to the last byte. Public providers answer within two seconds; a range of headers may take longer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of a header with the hashes of its transactions: a block of 60 million gas has at most 2,857 of them, 69 bytes each.</summary>
    public int HeaderBytesMax { get; init; } = 1 << 20;

    /// <summary>Of a range of headers, of an index and of a proof.</summary>
    public int RangeBytesMax { get; init; } = 16 << 20;

    /// <summary>Of all receipts of a block: 60 million gas log 7.5 MB at most, which are twice as many digits, beside their blooms.</summary>
    public int ReceiptsBytesMax { get; init; } = 32 << 20;

    /// <exception cref="OperatorException">The name or the address cannot stand.</exception>
    public void Check()
    {
        if (Name.Length is 0 or > NameLengthMax || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            throw new OperatorException($"an Ethereum endpoint's name has 1 to {NameLengthMax} letters, digits, points and hyphens: '{Name}' has not");
        if (!Address.IsAbsoluteUri || !(Address.Scheme == Uri.UriSchemeHttps || (Address.Scheme == Uri.UriSchemeHttp && Address.IsLoopback)))
            throw new OperatorException($"the address of the Ethereum endpoint {Name} must begin with https, or be http of this machine: whoever is on the way could answer instead");
    }
}
