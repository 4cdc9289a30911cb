using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// EIP-712 typed data in the domain {name "NeuroChain", version "1"}. No chain id and no contract: the genesis hash, a member of every
/// struct, tells chains apart, and several vaults may check one certificate.
/// </summary>
public static class Eip712
{
    public static readonly Hash256 DomainSeparator = Keccak256.Hash(
        new AbiWriter()
            .Hash(TypeHash("EIP712Domain(string name,string version)"))
            .Hash(TypeHash("NeuroChain"))
            .Hash(TypeHash("1"))
            .ToArray());

    public static Hash256 TypeHash(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    /// <summary>keccak256(0x19 0x01 || domain separator || keccak256(type hash || encoded members)).</summary>
    public static Hash256 Digest(AbiWriter typeHashAndMembers)
    {
        var structHash = Keccak256.Hash(typeHashAndMembers.ToArray());
        return Keccak256.Hash(new ByteWriter().Byte(0x19).Byte(0x01).Hash(DomainSeparator).Hash(structHash).ToArray());
    }
}
