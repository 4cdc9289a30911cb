using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Mutual TLS 1.3 with both ends judged by <see cref="PeerCertificate"/> and nothing else: no authorities, no names, no
/// revocation lists, and no download that a stranger's certificate could ask for. Sessions are not resumed, so that every
/// connection shows its certificate to today's list of allowed peers.
/// </summary>
internal sealed class PeerTls(NodeIdentity identity, TimeProvider time)
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    public SslClientAuthenticationOptions ForClient(Address expected) => new()
    {
        // Peers are known by their keys; the name is sent because TLS wants one.
        TargetHost = "neurochain",
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        CertificateChainPolicy = SelfContained(),
        ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is X509Certificate2 presented && TryVerify(presented, out var address) && address == expected,
    };

    public void UseOn(ListenOptions listen, Func<Address, bool> allowed)
    {
        var own = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = identity.Certificate,
            SslProtocols = SslProtocols.Tls13,
            HandshakeTimeout = HandshakeTimeout,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => TryVerify(certificate, out var address) && allowed(address),
            OnAuthenticate = (_, options) =>
            {
                options.ServerCertificateContext = own;
                options.AllowTlsResume = false;
                options.CertificateChainPolicy = SelfContained();
            },
        });
    }

    public bool TryVerify(X509Certificate2 certificate, out Address address) =>
        PeerCertificate.TryVerify(certificate, identity.Genesis, time.GetUtcNow(), out address, out _);

    private static X509ChainPolicy SelfContained() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
