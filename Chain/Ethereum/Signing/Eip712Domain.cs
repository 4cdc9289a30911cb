namespace NeuroChain.Chain;

/// <summary>
/// For whom typed data is signed (EIP-712, "Definition of domainSeparator"): only the fields that are there belong to its type, in this order. One
/// without any would let a signature count everywhere.
/// </summary>
/// <param name="Name">Of the protocol.</param>
/// <param name="Version">Of the protocol: another one's signatures do not count.</param>
/// <param name="ChainId">EIP-155's.</param>
/// <param name="VerifyingContract">Who checks it.</param>
/// <param name="Salt">What tells domains apart when all else is the same.</param>
public sealed record Eip712Domain(string? Name = null, string? Version = null, UInt256? ChainId = null, Address? VerifyingContract = null, Hash256? Salt = null)
{
    /// <summary>
    /// Of precommits. No chain id and no contract: the genesis hash, a member of every struct, tells chains apart, and several vaults may check
    /// one certificate.
    /// </summary>
    public static readonly Eip712Domain NeuroChain = new("NeuroChain", "1");

    private static readonly (string Type, string Name)[] Fields =
        [("string", "name"), ("string", "version"), ("uint256", "chainId"), ("address", "verifyingContract"), ("bytes32", "salt")];

    public Hash256 Separator => ToStruct().Hash;

    private Eip712Struct ToStruct()
    {
        bool[] isThere = [Name is not null, Version is not null, ChainId is not null, VerifyingContract is not null, Salt is not null];
        Invariant.Check(isThere.Contains(true), "a domain has at least one field");
        var data = new Eip712Struct(new Eip712Type("EIP712Domain", Fields.Where((_, i) => isThere[i])));
        if (Name is not null) data.Text(Name);
        if (Version is not null) data.Text(Version);
        if (ChainId is { } chain) data.UInt256(chain);
        if (VerifyingContract is { } contract) data.Address(contract);
        if (Salt is { } salt) data.Bytes32(salt);
        return data;
    }
}
