using System.Text;

namespace NeuroChain.Chain;

/// <summary>EIP-712 typed data. Precommits have one domain and write their words themselves; all else names its types.</summary>
public static class Eip712
{
    /// <summary>That of precommits: {name "NeuroChain", version "1"}.</summary>
    public static readonly Hash256 DomainSeparator = Eip712Domain.NeuroChain.Separator;

    public static Hash256 TypeHash(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    /// <summary>Of a struct in the domain of precommits.</summary>
    public static Hash256 Digest(AbiWriter typeHashAndMembers) => Digest(DomainSeparator, Keccak256.Hash(typeHashAndMembers.ToArray()));

    public static Hash256 Digest(Eip712Domain domain, Eip712Struct message) => Digest(domain.Separator, message.Hash);

    /// <summary>keccak256(0x19 0x01 || domain separator || hash of the struct).</summary>
    public static Hash256 Digest(Hash256 domainSeparator, Hash256 structHash) =>
        Keccak256.Hash(new ByteWriter().Byte(0x19).Byte(0x01).Hash(domainSeparator).Hash(structHash).ToArray());
}
