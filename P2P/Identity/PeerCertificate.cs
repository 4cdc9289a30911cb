using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// A TLS certificate that proves a secp256k1 address, after libp2p's TLS handshake: it is signed by itself, and an extension
/// carries the node key's signature over the certificate's public key and the genesis hash. TLS proves that the peer holds the
/// certificate's key; the extension proves whose key that is. A certificate of another chain recovers to another, unknown address.
/// </summary>
public static class PeerCertificate
{
    /// <summary>
    /// Object identifier of the extension. The arc 2.25 belongs to UUIDs (X.667), of which anyone may make one: here
    /// 6bfd2e60-6f39-4a4d-9f0e-6e6575726f63.
    /// </summary>
    public const string ExtensionOid = "2.25.143541987285362774885809063579603857251";

    internal const byte Version = 1;

    private const int ExtensionSize = 1 + Signature.Size;
    private const int MaxCertificateBytes = 4096;

    /// <summary>The address whose key vouches for this certificate on this chain.</summary>
    /// <param name="certificate">What the peer presented in the handshake.</param>
    /// <param name="genesis">The chain that both sides must be on.</param>
    /// <param name="now">Wall-clock time, for the certificate's validity.</param>
    /// <param name="address">Whose node it is; whether that node is welcome is another question.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryVerify(
        X509Certificate2 certificate, GenesisHash genesis, DateTimeOffset now, out Address address, out PeerCertificateFault fault)
    {
        address = default;
        fault = Judge(certificate, genesis, now, ref address);
        return fault == PeerCertificateFault.None;
    }

    internal static X509Extension CreateExtension(PrivateKey key, GenesisHash genesis, ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        var signature = key.Sign(Digest(subjectPublicKeyInfo, genesis));
        return new X509Extension(ExtensionOid, [Version, .. signature.Bytes], critical: false);
    }

    private static PeerCertificateFault Judge(X509Certificate2 certificate, GenesisHash genesis, DateTimeOffset now, ref Address address)
    {
        if (certificate.RawDataMemory.Length > MaxCertificateBytes) return PeerCertificateFault.TooLarge;
        if (!IsP256(certificate.PublicKey)) return PeerCertificateFault.WrongKeyType;
        if (now < certificate.NotBefore.ToUniversalTime()) return PeerCertificateFault.NotYetValid;
        if (now > certificate.NotAfter.ToUniversalTime()) return PeerCertificateFault.Expired;

        byte[]? value = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != ExtensionOid) continue;
            if (value is not null) return PeerCertificateFault.ExtensionMalformed;
            value = extension.RawData;
        }

        if (value is null) return PeerCertificateFault.ExtensionMissing;
        if (value.Length != ExtensionSize || value[0] != Version) return PeerCertificateFault.ExtensionMalformed;
        if (!Signature.TryFromBytes(value.AsSpan(1), out var signature)) return PeerCertificateFault.ExtensionMalformed;
        var digest = Digest(certificate.PublicKey.ExportSubjectPublicKeyInfo(), genesis);
        return signature.TryRecover(digest, out address) ? PeerCertificateFault.None : PeerCertificateFault.BadSignature;
    }

    private static Hash256 Digest(ReadOnlySpan<byte> subjectPublicKeyInfo, GenesisHash genesis) =>
        Domain.NodeIdentity.Hash(subjectPublicKeyInfo, genesis.Value.ToArray());

    private static bool IsP256(System.Security.Cryptography.X509Certificates.PublicKey key)
    {
        const string EllipticCurveKey = "1.2.840.10045.2.1";
        // The curve's identifier 1.2.840.10045.3.1.7 in DER.
        ReadOnlySpan<byte> p256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        return key.Oid.Value == EllipticCurveKey && key.EncodedParameters?.RawData.AsSpan().SequenceEqual(p256) == true;
    }
}
