using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>
/// Why the author of a term-led block may lead: the winning candidate's manifest (data set, parent and model hash, device record), the
/// producer's consent and the attestation certificate (losses, claim, trainer, producer). Layout: winner 1 | producer's signature 65 | salt 32 |
/// manifest, length first | certificate. The consent is over task, round and the candidate's commitment, which the salt opens. Its root stands in the header.
/// </summary>
public sealed class TrainingProof
{
    private static readonly MessageParser<CandidateManifest> ManifestParser = CandidateManifest.Parser.WithDiscardUnknownFields(true);

    private TrainingProof(byte winner, Signature producerSignature, Hash256 salt, byte[] manifestBytes, CandidateManifest manifest, TrainingCertificate certificate)
    {
        Winner = winner;
        ProducerSignature = producerSignature;
        Salt = salt;
        ManifestBytes = manifestBytes;
        Manifest = manifest;
        Certificate = certificate;
        var writer = new ByteWriter().Byte(winner).Signature(producerSignature).Hash(salt).LengthAndBytes(manifestBytes);
        certificate.WriteTo(writer);
        Bytes = writer.ToArray();
        Root = Domain.TrainingProof.Hash(Bytes.Span);
    }

    public byte Winner { get; }

    public Signature ProducerSignature { get; }

    /// <summary>What hid the manifest in the commitment.</summary>
    public Hash256 Salt { get; }

    public ReadOnlyMemory<byte> ManifestBytes { get; }

    public CandidateManifest Manifest { get; }

    public TrainingCertificate Certificate { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public Hash256 Root { get; }

    public CandidateResult Candidate => Certificate.Statement.Candidates[Winner];

    public Address Producer => Candidate.Producer;

    public Hash256 DeviceRecordHash => Hash256.Sha256(Manifest.Device is null ? [] : Manifest.Device.ToByteArray());

    public static bool TryCreate(
        int winner,
        Signature producerSignature,
        Hash256 salt,
        ReadOnlySpan<byte> manifest,
        TrainingCertificate certificate,
        [NotNullWhen(true)] out TrainingProof? proof)
    {
        proof = null;
        if (winner < 0 || winner >= certificate.Statement.Candidates.Length || manifest.Length > Limits.ManifestBytesMax) return false;
        var kept = manifest.ToArray();
        if (!CanonicalProto.TryParse(ManifestParser, kept, out var parsed)) return false;
        proof = new TrainingProof((byte)winner, producerSignature, salt, kept, parsed, certificate);
        return true;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TrainingProof? proof)
    {
        proof = null;
        if (bytes.Length > Limits.TrainingProofBytesMax) return false;
        var reader = new ByteReader(bytes);
        var winner = reader.Byte();
        var signature = reader.Signature();
        var salt = reader.Hash();
        var manifest = reader.LengthAndBytes(Limits.ManifestBytesMax);
        return TrainingCertificate.TryReadFrom(ref reader, out var certificate)
            && reader.IsWhole
            && TryCreate(winner, signature!, salt, manifest, certificate, out proof);
    }

    /// <summary>
    /// The stand-alone check: from these bytes, the genesis hash and the trusted set that attested, is this a certified improvement and whose?
    /// </summary>
    public TrainingProofFault Check(GenesisHash genesis, ValidatorSet validators)
    {
        var statement = Certificate.Statement;
        if (statement.Genesis != genesis) return TrainingProofFault.WrongChain;
        if (CandidateBinding.ManifestRoot(ManifestBytes.Span) != Candidate.ManifestRoot) return TrainingProofFault.ManifestMismatch;
        if (!Manifest.Task.Span.SequenceEqual(statement.Task.ToArray())) return TrainingProofFault.ManifestMismatch;
        if (!Manifest.Model.Span.SequenceEqual(Candidate.Model.Value.ToArray())) return TrainingProofFault.ManifestMismatch;
        if (Manifest.Parent.Length != Hash256.Size) return TrainingProofFault.ManifestMismatch;
        if (statement.Winner != Winner) return TrainingProofFault.NotTheWinner;
        var parent = new BlobHash(Hash256.FromBytes(Manifest.Parent.Span));
        var commitment = CandidateBinding.Commitment(Candidate.ManifestRoot, Candidate.Trainer, Candidate.Producer, statement.Task, parent, Salt);
        var consent = CandidateBinding.ConsentDigest(genesis, statement.Task, statement.TrainingRound, commitment, Candidate.Trainer, Candidate.Producer);
        if (!ProducerSignature.IsBy(Candidate.Producer, consent)) return TrainingProofFault.NoConsent;
        return Certificate.Check(validators) == CertificateFault.None ? TrainingProofFault.None : TrainingProofFault.NotAttested;
    }
}

/// <summary>Why a training proof proves nothing.</summary>
public enum TrainingProofFault
{
    None,
    WrongChain,
    ManifestMismatch,
    NotTheWinner,
    NoConsent,
    NotAttested,
}
