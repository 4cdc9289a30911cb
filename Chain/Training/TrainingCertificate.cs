using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>More than two thirds of the power attested one statement. Layout: statement, length first | signatures.</summary>
public sealed class TrainingCertificate
{
    private TrainingCertificate(TrainingStatement statement, ImmutableArray<IndexedSignature> signatures)
    {
        Statement = statement;
        Signatures = signatures;
    }

    public TrainingStatement Statement { get; }

    public ImmutableArray<IndexedSignature> Signatures { get; }

    public static TrainingCertificate Create(TrainingStatement statement, ImmutableArray<IndexedSignature> signatures) => new(statement, signatures);

    /// <summary>Checks every signature against the set that attested.</summary>
    public CertificateFault Check(ValidatorSet validators) => SignatureList.Check(Signatures, Statement.Digest, validators);

    public void WriteTo(ByteWriter writer)
    {
        writer.LengthAndBytes(Statement.Encode());
        SignatureList.Write(writer, Signatures);
    }

    public static bool TryReadFrom(ref ByteReader reader, [NotNullWhen(true)] out TrainingCertificate? certificate)
    {
        certificate = null;
        if (!TrainingStatement.TryDecode(reader.LengthAndBytes(Limits.TrainingProofBytesMax), out var statement)) return false;
        var signatures = SignatureList.Read(ref reader);
        if (reader.Failed) return false;
        certificate = new TrainingCertificate(statement, signatures);
        return true;
    }
}
