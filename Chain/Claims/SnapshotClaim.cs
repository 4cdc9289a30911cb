using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain;

/// <summary>
/// What a holder of the snapshot signs with the Ethereum key that held: that its leaf comes to a named account of one chain, up to a second. Two
/// forms say the same fields; each has exactly one spelling.
/// </summary>
/// <param name="Chain">Of which the NTK will be.</param>
/// <param name="EthereumChainId">EIP-155's, of the snapshot: wallets sign typed data only for the network that they are on.</param>
/// <param name="Holder">By the snapshot; the key behind it signs.</param>
/// <param name="Amount">By the snapshot.</param>
/// <param name="Recipient">The account on this chain. Always named: one derived from the holder would bind all claims to keys of wallets.</param>
/// <param name="ValidUntil">The last second of the chain's time, since 1970, in which it counts; at most <see cref="ValidUntilMax"/>.</param>
public sealed record SnapshotClaim(GenesisHash Chain, ulong EthereumChainId, Address Holder, Amount Amount, Address Recipient, ulong ValidUntil)
{
    /// <summary>The last second of the year 9999: no block is later.</summary>
    public static readonly ulong ValidUntilMax = Timestamp.Last.Milliseconds / 1_000;

    private const string Name = "NTK claim", Version = "1";

    private static readonly (string Type, string Name)[] Members =
        [("bytes32", "chainId"), ("address", "holder"), ("address", "recipient"), ("uint256", "amount"), ("uint64", "validUntil")];

    private static readonly Eip712Type ClaimType = new("Claim", Members);

    private static readonly (string Type, string Name)[] DomainMembers = [("string", "name"), ("string", "version"), ("uint256", "chainId"), ("bytes32", "salt")];

    /// <summary>
    /// The text for personal_sign: six lines without one at the end; addresses with their checksum, NTK as decimal number without useless zeros,
    /// the time in UTC.
    /// </summary>
    public string Text =>
        $"NTK claim v1\nchain: {Chain}\nholder: {Holder}\nrecipient: {Recipient}\namount: {Amount} NTK\nvalid until: {Time(ValidUntil)}";

    public Hash256 Digest(ClaimForm form) => form switch
    {
        ClaimForm.Typed => Eip712.Digest(Domain, ToStruct()),
        ClaimForm.Text => Eip191.Digest(Text),
        _ => throw new UnreachableException(),
    };

    /// <summary>What eth_signTypedData_v4 takes.</summary>
    public JsonObject ToTypedData() => new()
    {
        ["types"] = new JsonObject { ["EIP712Domain"] = Types(DomainMembers), ["Claim"] = Types(Members) },
        ["primaryType"] = "Claim",
        ["domain"] = new JsonObject { ["name"] = Name, ["version"] = Version, ["chainId"] = EthereumChainId, ["salt"] = Chain.ToString() },
        ["message"] = new JsonObject
        {
            ["chainId"] = Chain.ToString(),
            ["holder"] = Holder.ToString(),
            ["recipient"] = Recipient.ToString(),
            ["amount"] = Amount.Units.ToString(CultureInfo.InvariantCulture),
            ["validUntil"] = ValidUntil.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>2027-01-31T00:00:00Z.</summary>
    public static string Time(ulong seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // No contract checks it, so there is none to name; the genesis hash keeps chains apart, here and as a member, since some wallets show no domain.
    private Eip712Domain Domain => new(Name, Version, new UInt256(EthereumChainId), Salt: Chain.Value);

    private Eip712Struct ToStruct() => new Eip712Struct(ClaimType)
        .Bytes32(Chain.Value).Address(Holder).Address(Recipient).UInt256(new UInt256(Amount.Units)).UInt64(ValidUntil);

    private static JsonArray Types((string Type, string Name)[] members) =>
        [.. members.Select(member => new JsonObject { ["name"] = member.Name, ["type"] = member.Type })];
}
