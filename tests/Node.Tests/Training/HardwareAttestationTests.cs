using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>A maker of devices with a root, one certificate between, and a device's own; all made here.</summary>
public sealed class HardwareAttestationTests
{
    private static readonly DateTimeOffset Now = new(2023, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Hash256 Commitment = Hash256.Sha256([1]);
    private static readonly byte[] Says = [4, 5, 6, 7, 8, 9, 10, 11];

    private readonly Maker _maker = new("maker");

    [Fact]
    public void WhatADeviceOfATrustedMakerSignedIsAttested()
    {
        var result = Check(Evidence(_maker));
        Assert.Equal(AttestationVerdict.Attested, result.Verdict);
        Assert.Equal("attested by CN=maker", result.ToString());
    }

    [Fact]
    public void WithoutEvidenceTheDeviceIsDeclaredAndNoMore()
    {
        Assert.Equal("declared", Check([]).ToString());
        Assert.Equal(AttestationVerdict.NoRoots, HardwareAttestation.Check(Evidence(_maker), Commitment, [], Now).Verdict);
    }

    // Evidence that was made for another candidate, as by a device that is rented by the minute.
    [Fact]
    public void AWrongNonceIsRefused()
    {
        var result = HardwareAttestation.Check(Evidence(_maker), Hash256.Sha256([2]), _maker.Roots, Now);
        Assert.Equal(AttestationVerdict.WrongSignature, result.Verdict);
        Assert.Contains("WrongSignature", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherEvidenceUnderTheSignatureIsRefused()
    {
        var evidence = Evidence(_maker);
        evidence[evidence.AsSpan().IndexOf(Says)] ^= 1;
        Assert.Equal(AttestationVerdict.WrongSignature, Check(evidence).Verdict);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void ACertificateThatWasNotValidWhenItWasShownIsRefused(int years) =>
        Assert.Equal(AttestationVerdict.NotTimeValid, HardwareAttestation.Check(Evidence(_maker), Commitment, _maker.Roots, Now.AddYears(years)).Verdict);

    [Fact]
    public void AForeignRootIsRefused()
    {
        var foreign = new Maker("maker"); // of the same name
        Assert.Equal(AttestationVerdict.ForeignRoot, Check(Evidence(foreign)).Verdict);
        Assert.Equal(AttestationVerdict.ForeignRoot, Check(Evidence(_maker, withoutBetween: true)).Verdict);
    }

    // A device's own certificate signs no others.
    [Fact]
    public void ALeafThatVouchesForAnotherIsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forged = Maker.Sign("device 2", key, _maker.Leaf, _maker.LeafKey, isAuthority: false);
        var result = Check(Encode(key, [forged, _maker.Leaf, _maker.Between]));
        Assert.NotEqual(AttestationVerdict.Attested, result.Verdict);
    }

    [Fact]
    public void WhatIsNoEvidenceIsMalformed()
    {
        var evidence = Evidence(_maker);
        for (var length = 1; length < evidence.Length; length += 13) Assert.Equal(AttestationVerdict.Malformed, Check(evidence[..length]).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, Check([.. evidence, 0]).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, Check([2, .. evidence[1..]]).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, Check([1, 9, .. evidence[2..]]).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, Check(new byte[Limits.HardwareAttestationBytesMax + 1]).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, Check(new HardwareAttestation(AttestationAlgorithm.EcdsaSha256, [[1, 2, 3]], Says, [1]).Encode()).Verdict);
    }

    [Fact]
    public void RootsAreReadFromFilesAndAMissingOneIsNamed()
    {
        var folder = Directory.CreateTempSubdirectory("neurochain-roots-").FullName;
        try
        {
            var (good, empty) = (Path.Combine(folder, "root.pem"), Path.Combine(folder, "none.pem"));
            File.WriteAllText(good, _maker.Roots[0].ExportCertificatePem());
            File.WriteAllText(empty, "nothing");
            Assert.Equal("CN=maker", Assert.Single(DeviceRoots.Load([good])).Subject);
            Assert.Contains("none.pem", Assert.Throws<OperatorException>(() => DeviceRoots.Load([good, empty])).Message, StringComparison.Ordinal);
            Assert.Contains("device_roots", Assert.Throws<OperatorException>(() => DeviceRoots.Load([Path.Combine(folder, "away.pem")])).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The nonce is the candidate's commitment, which only the trainer's own reveal opens.
    [Fact]
    public void TheEvidenceOfAWinnerIsFoundInItsReveal()
    {
        var chain = new TrainedChain();
        chain.ChangeReveal = (reveal, commitment) => reveal.HardwareAttestation = Google.Protobuf.ByteString.CopyFrom(Evidence(_maker, commitment: commitment));
        chain.RunRound([chain.Train(60)]);
        var (block, proof) = TermLed(chain);
        DeviceEvidence With(X509Certificate2Collection roots) => new(chain.State.GenesisHash, height => chain.Chain.Get(height)?.Block, roots);
        Assert.Equal("attested by CN=maker", With(_maker.Roots).Of(proof, block).ToString());
        Assert.Equal(AttestationVerdict.ForeignRoot, With(new Maker("another").Roots).Of(proof, block).Verdict);
        Assert.Equal(AttestationVerdict.Declared, new DeviceEvidence(chain.State.GenesisHash, _ => null, _maker.Roots).Of(proof, block).Verdict);
    }

    private static (Height Height, TrainingProof Proof) TermLed(TrainedChain chain)
    {
        for (var i = 0; i < 20; i++)
        {
            chain.Step();
            if (chain.Chain.Get(chain.State.Height)!.Block.TrainingProof is { } proof) return (chain.State.Height, proof);
        }

        throw new InvalidOperationException("no block was led by the term");
    }

    private AttestationResult Check(byte[] evidence) => HardwareAttestation.Check(evidence, Commitment, _maker.Roots, Now);

    private static byte[] Evidence(Maker maker, bool withoutBetween = false, Hash256? commitment = null) =>
        Encode(maker.LeafKey, withoutBetween ? [maker.Leaf] : [maker.Leaf, maker.Between], commitment);

    private static byte[] Encode(ECDsa key, X509Certificate2[] chain, Hash256? commitment = null)
    {
        var signature = key.SignData([.. HardwareAttestation.Nonce(commitment ?? Commitment).ToArray(), .. Says], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new HardwareAttestation(AttestationAlgorithm.EcdsaSha256, [.. chain.Select(certificate => certificate.RawData)], Says, signature).Encode();
    }

    private sealed class Maker
    {
        public Maker(string name)
        {
            var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", rootKey, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var root = request.CreateSelfSigned(Now.AddYears(-5), Now.AddYears(5));
            var betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Between = Sign("between", betweenKey, root, rootKey, isAuthority: true);
            Leaf = Sign("device 1", LeafKey, Between, betweenKey, isAuthority: false);
            Roots = [X509CertificateLoader.LoadCertificate(root.RawData)];
        }

        public ECDsa LeafKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public X509Certificate2 Leaf { get; }

        public X509Certificate2 Between { get; }

        public X509Certificate2Collection Roots { get; }

        public static X509Certificate2 Sign(string name, ECDsa key, X509Certificate2 issuer, ECDsa issuerKey, bool isAuthority)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), Now.AddYears(-1), Now.AddYears(1), [1, 2, 3, (byte)name.Length]);
        }
    }
}
