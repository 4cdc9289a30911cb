using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Who this node is to its peers: a secp256k1 key, and a fresh P-256 certificate that the key vouches for, since TLS does not
/// speak secp256k1. The TLS key lives in memory only and ends with the process.
/// </summary>
public sealed class NodeIdentity : IDisposable
{
    // Clocks of validators may differ, and a node may run for years without a restart.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private NodeIdentity(Address address, GenesisHash genesis, X509Certificate2 certificate)
    {
        Address = address;
        Genesis = genesis;
        Certificate = certificate;
    }

    public Address Address { get; }

    public GenesisHash Genesis { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public static NodeIdentity Create(PrivateKey key, GenesisHash genesis, TimeProvider time)
    {
        using var tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = time.GetUtcNow();
        var extension = PeerCertificate.CreateExtension(key, genesis, tlsKey.ExportSubjectPublicKeyInfo());
        using var certificate = Certify(tlsKey, extension, now - ClockTolerance, now + Lifetime);
        return new NodeIdentity(key.Address, genesis, Reload(certificate));
    }

    public void Dispose() => Certificate.Dispose();

    public override string ToString() => $"node {Address}";

    internal static X509Certificate2 Certify(ECDsa tlsKey, X509Extension? identity, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest("CN=NeuroChain node", tlsKey, HashAlgorithmName.SHA256);
        if (identity is not null) request.CertificateExtensions.Add(identity);
        return request.CreateSelfSigned(notBefore, notAfter);
    }

    /// <summary>Windows' TLS takes no key that was never in a key store; a round trip through PKCS #12 puts it there.</summary>
    internal static X509Certificate2 Reload(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
