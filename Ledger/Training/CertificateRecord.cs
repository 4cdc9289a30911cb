using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A training certificate on chain, for good, with the set whose members its signatures name. Layout: height 8 | validators root 32 |
/// certificate.
/// </summary>
public sealed record CertificateRecord(Height Height, Hash256 ValidatorsRoot, TrainingCertificate Certificate)
{
    public static CertificateRecord? Get(IStateReader state, Hash256 task, ulong number)
    {
        if (state.Get(TrainingKeys.Certificate(task, number)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var height = reader.Height();
        var root = reader.Hash();
        var isRead = TrainingCertificate.TryReadFrom(ref reader, out var certificate);
        Invariant.Check(isRead && reader.IsWhole, "a certificate record is as it was written");
        return new CertificateRecord(height, root, certificate!);
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter().Height(Height).Hash(ValidatorsRoot);
        Certificate.WriteTo(writer);
        state.Set(TrainingKeys.Certificate(Certificate.Statement.Task, Certificate.Statement.TrainingRound), writer.ToArray());
    }
}
