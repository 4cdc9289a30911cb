using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What evidence about a device is worth.</summary>
internal enum AttestationVerdict
{
    /// <summary>There is none: the device is what the trainer says it is.</summary>
    Declared,

    /// <summary>A key that one of the configured roots vouches for signed for this very commitment.</summary>
    Attested,

    /// <summary>This node's operator trusts no root.</summary>
    NoRoots,
    Malformed,

    /// <summary>The signature is not the leaf's over this commitment: a wrong nonce, or other evidence.</summary>
    WrongSignature,

    /// <summary>A certificate was not valid yet, or no more, when it was shown.</summary>
    NotTimeValid,

    /// <summary>The chain ends at a root that is not configured.</summary>
    ForeignRoot,

    /// <summary>The chain is broken in another way, as by a certificate that may not sign others.</summary>
    BrokenChain,
}

/// <param name="Root">Subject of the root that vouches; empty without one.</param>
internal readonly record struct AttestationResult(AttestationVerdict Verdict, string Root)
{
    public override string ToString() => Verdict == AttestationVerdict.Attested ? $"attested by {Root}" : Verdict == AttestationVerdict.Declared ? "declared" : $"declared; the evidence is refused: {Verdict}";
}

/// <summary>
/// Evidence that a reveal brings about its device. It is made between commit and reveal: the device signs a nonce that is the hash of the commitment, so
/// that evidence of another candidate, or of another trainer's, says nothing. It is never part of what is valid, for systems differ in what they
/// make of certificates; whoever asks is told. Layout: version 1 (1) | algorithm 1 | certificates, count 1, each DER, length 2 first, the leaf first
/// and without the root | evidence, length 2 first, what the maker of the device says | signature, length 2 first, over nonce 32 || evidence.
/// </summary>
internal sealed record HardwareAttestation(AttestationAlgorithm Algorithm, IReadOnlyList<byte[]> Certificates, byte[] Evidence, byte[] Signature)
{
    /// <summary>Makers have a root, one or two between, and the device's own.</summary>
    public const int CertificatesMax = 6;

    private const byte Version = 1;

    /// <summary>What the device signs for a commitment.</summary>
    public static Hash256 Nonce(Hash256 commitment) => Domain.DeviceNonce.Hash(commitment.ToArray());

    /// <param name="bytes">As the reveal has it; empty for none.</param>
    /// <param name="commitment">Of the candidate.</param>
    /// <param name="roots">Whom this node's operator trusts.</param>
    /// <param name="shown">The time of the block that has the reveal.</param>
    public static AttestationResult Check(ReadOnlySpan<byte> bytes, Hash256 commitment, X509Certificate2Collection roots, DateTimeOffset shown)
    {
        if (bytes.IsEmpty) return Result(AttestationVerdict.Declared);
        if (roots.Count == 0) return Result(AttestationVerdict.NoRoots);
        if (!TryRead(bytes, out var attestation)) return Result(AttestationVerdict.Malformed);
        var chain = new List<X509Certificate2>();
        try
        {
            foreach (var der in attestation.Certificates) chain.Add(X509CertificateLoader.LoadCertificate(der));
            return attestation.IsSigned(chain[0], Nonce(commitment)) ? CheckChain(chain, roots, shown) : Result(AttestationVerdict.WrongSignature);
        }
        catch (CryptographicException)
        {
            return Result(AttestationVerdict.Malformed);
        }
        finally
        {
            foreach (var certificate in chain) certificate.Dispose();
        }
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Byte(Version).Byte((byte)Algorithm).Byte((byte)Certificates.Count);
        foreach (var certificate in Certificates) writer.UInt16((ushort)certificate.Length).Bytes(certificate);
        return writer.UInt16((ushort)Evidence.Length).Bytes(Evidence).UInt16((ushort)Signature.Length).Bytes(Signature).ToArray();
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HardwareAttestation? attestation)
    {
        attestation = null;
        if (bytes.Length > Limits.HardwareAttestationBytesMax) return false;
        var reader = new ByteReader(bytes);
        var (version, algorithm, count) = (reader.Byte(), (AttestationAlgorithm)reader.Byte(), reader.Byte());
        if (version != Version || !Enum.IsDefined(algorithm) || count is 0 or > CertificatesMax) return false;
        var certificates = new byte[count][];
        for (var i = 0; i < count; i++) certificates[i] = reader.Bytes(reader.UInt16()).ToArray();
        var (evidence, signature) = (reader.Bytes(reader.UInt16()).ToArray(), reader.Bytes(reader.UInt16()).ToArray());
        if (!reader.IsWhole) return false;
        attestation = new HardwareAttestation(algorithm, certificates, evidence, signature);
        return true;
    }

    private static AttestationResult Result(AttestationVerdict verdict) => new(verdict, "");

    private static AttestationResult CheckChain(List<X509Certificate2> certificates, X509Certificate2Collection roots, DateTimeOffset shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // nothing is asked of the network
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = shown.UtcDateTime;
        foreach (var between in certificates.Skip(1)) chain.ChainPolicy.ExtraStore.Add(between);
        if (chain.Build(certificates[0])) return new AttestationResult(AttestationVerdict.Attested, chain.ChainElements[^1].Certificate.Subject);
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        const X509ChainStatusFlags foreign = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        return Result(
            (faults & foreign) != 0 ? AttestationVerdict.ForeignRoot
            : (faults & X509ChainStatusFlags.NotTimeValid) != 0 ? AttestationVerdict.NotTimeValid
            : AttestationVerdict.BrokenChain);
    }

    private bool IsSigned(X509Certificate2 leaf, Hash256 nonce)
    {
        byte[] signed = [.. nonce.ToArray(), .. Evidence];
        if (Algorithm == AttestationAlgorithm.RsaPssSha256)
        {
            using var rsa = leaf.GetRSAPublicKey();
            return rsa?.VerifyData(signed, Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss) == true;
        }

        using var ecdsa = leaf.GetECDsaPublicKey();
        var hash = Algorithm == AttestationAlgorithm.EcdsaSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        return ecdsa?.VerifyData(signed, Signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
    }
}

/// <summary>How a device signs.</summary>
internal enum AttestationAlgorithm : byte
{
    EcdsaSha256 = 1,
    EcdsaSha384 = 2,
    RsaPssSha256 = 3,
}
