using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class PeerCertificateTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256([2]));
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void AnIdentitysCertificateProvesItsAddress()
    {
        using var identity = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        Assert.True(PeerCertificate.TryVerify(identity.Certificate, Genesis, Now, out var address, out var fault));
        Assert.Equal(Key.Address, address);
        Assert.Equal(PeerCertificateFault.None, fault);
        Assert.True(identity.Certificate.HasPrivateKey);
    }

    [Fact]
    public void TwoIdentitiesOfOneKeyHaveDifferentTlsKeys()
    {
        using var first = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        using var second = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        Assert.NotEqual(first.Certificate.GetPublicKey(), second.Certificate.GetPublicKey());
    }

    [Fact]
    public void OnAnotherChainTheCertificateIsNotThisNodes()
    {
        using var identity = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        var verified = PeerCertificate.TryVerify(identity.Certificate, new GenesisHash(Hash256.Sha256([9])), Now, out var address, out _);
        Assert.False(verified && address == Key.Address);
    }

    [Fact]
    public void AnExtensionMovedToAnotherTlsKeyIsNotItsOwners()
    {
        using var honest = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        var stolen = honest.Certificate.Extensions.Single(e => e.Oid?.Value == PeerCertificate.ExtensionOid);
        using var certificate = Certify(stolen);
        var verified = PeerCertificate.TryVerify(certificate, Genesis, Now, out var address, out _);
        Assert.False(verified && address == Key.Address);
    }

    [Fact]
    public void ValidityIsJudgedByTheGivenTime()
    {
        using var identity = NodeIdentity.Create(Key, Genesis, TimeProvider.System);
        Assert.Equal(PeerCertificateFault.NotYetValid, FaultOf(identity.Certificate, Now.AddDays(-2)));
        Assert.Equal(PeerCertificateFault.Expired, FaultOf(identity.Certificate, Now.AddDays(3652)));
        Assert.Equal(PeerCertificateFault.None, FaultOf(identity.Certificate, Now.AddDays(3649)));
    }

    [Fact]
    public void WithoutTheExtensionThereIsNoIdentity()
    {
        using var certificate = Certify(null);
        Assert.Equal(PeerCertificateFault.ExtensionMissing, FaultOf(certificate, Now));
    }

    [Theory]
    [InlineData(0, PeerCertificate.Version)]
    [InlineData(65, PeerCertificate.Version)]
    [InlineData(67, PeerCertificate.Version)]
    [InlineData(66, PeerCertificate.Version + 1)]
    [InlineData(66, PeerCertificate.Version)] // all zero is no signature
    public void AnExtensionOfAnotherFormIsMalformed(int length, byte version)
    {
        var value = new byte[length];
        if (length > 0) value[0] = version;
        using var certificate = Certify(new X509Extension(PeerCertificate.ExtensionOid, value, critical: false));
        Assert.Equal(PeerCertificateFault.ExtensionMalformed, FaultOf(certificate, Now));
    }

    [Fact]
    public void ASignatureOfNobodyIsBad()
    {
        // r = 5 is the x of no point of the curve: 5^3 + 7 is no square.
        var value = new byte[66];
        value[0] = PeerCertificate.Version;
        value[32] = 5;
        value[64] = 1;
        using var certificate = Certify(new X509Extension(PeerCertificate.ExtensionOid, value, critical: false));
        Assert.Equal(PeerCertificateFault.BadSignature, FaultOf(certificate, Now));
    }

    [Fact]
    public void AKeyOfAnotherKindIsRefused()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var ofRsa = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        Assert.Equal(PeerCertificateFault.WrongKeyType, FaultOf(ofRsa, Now));
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var ofP384 = NodeIdentity.Certify(p384, null, Now.AddDays(-1), Now.AddDays(1));
        Assert.Equal(PeerCertificateFault.WrongKeyType, FaultOf(ofP384, Now));
    }

    [Fact]
    public void ACertificateLargerThanAnyOfOursIsNotLookedInto()
    {
        using var certificate = Certify(new X509Extension("2.25.1", new byte[5000], critical: false));
        Assert.Equal(PeerCertificateFault.TooLarge, FaultOf(certificate, Now));
    }

    [Fact]
    public void NoFlippedBitOfTheExtensionProvesTheSameAddress()
    {
        using var tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var honest = PeerCertificate.CreateExtension(Key, Genesis, tlsKey.ExportSubjectPublicKeyInfo()).RawData;
        Prop.ForAll<ushort>(n =>
        {
            var value = (byte[])honest.Clone();
            var bit = n % (8 * value.Length);
            value[bit / 8] ^= (byte)(1 << (bit % 8));
            using var certificate = NodeIdentity.Certify(
                tlsKey, new X509Extension(PeerCertificate.ExtensionOid, value, critical: false), Now.AddDays(-1), Now.AddDays(1));
            return !PeerCertificate.TryVerify(certificate, Genesis, Now, out var address, out _) || address != Key.Address;
        }).QuickCheckThrowOnFailure();
    }

    private static X509Certificate2 Certify(X509Extension? extension)
    {
        using var tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return NodeIdentity.Certify(tlsKey, extension, Now.AddDays(-1), Now.AddDays(1));
    }

    private static PeerCertificateFault FaultOf(X509Certificate2 certificate, DateTimeOffset now)
    {
        var verified = PeerCertificate.TryVerify(certificate, Genesis, now, out _, out var fault);
        Assert.Equal(verified, fault == PeerCertificateFault.None);
        return fault;
    }
}
