using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// What the winner of a training round showed about its device, looked up in the blocks: the chain keeps only a hash of it, and no rule reads it.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="blockAt">A decided block; null where it is not kept.</param>
/// <param name="roots">Whom the operator trusts.</param>
internal sealed class DeviceEvidence(GenesisHash genesis, Func<Height, Block?> blockAt, X509Certificate2Collection roots)
{
    /// <summary>How far back the reveal is looked for: a round takes a few windows, each of some blocks or twenty times as many.</summary>
    public const ulong BlocksMax = 500;

    /// <param name="proof">Of the winner.</param>
    /// <param name="from">The block that certified it, or one after it.</param>
    public AttestationResult Of(TrainingProof proof, Height from)
    {
        var height = from;
        for (ulong i = 0; i < BlocksMax && height > Height.Genesis && blockAt(height) is { } block; i++, height = height.MinusOrGenesis(1))
            if (RevealIn(block, proof) is { } reveal)
                return HardwareAttestation.Check(reveal.HardwareAttestation.Span, CommitmentOf(proof), roots, DateTimeOffset.FromUnixTimeMilliseconds((long)block.Header.Time.Milliseconds));
        return new AttestationResult(AttestationVerdict.Declared, "");
    }

    private static Hash256 CommitmentOf(TrainingProof proof) => CandidateBinding.Commitment(
        CandidateBinding.ManifestRoot(proof.ManifestBytes.Span),
        proof.Candidate.Trainer,
        proof.Producer,
        proof.Certificate.Statement.Task,
        new BlobHash(Hash256.FromBytes(proof.Manifest.Parent.Span)),
        proof.Salt);

    // One that failed may stand there too, of anybody: the trainer's own is wanted.
    private CandidateReveal? RevealIn(Block block, TrainingProof proof)
    {
        foreach (var bytes in block.Transactions)
        {
            if (bytes.Length < proof.ManifestBytes.Length) continue;
            var body = TransactionBody.Parser.ParseFrom(TransactionEnvelope.Parser.ParseFrom(bytes.Span).Body); // checked when the block was
            if (body.CandidateReveal is not { } reveal || !reveal.Manifest.Span.SequenceEqual(proof.ManifestBytes.Span)) continue;
            if (Transaction.TryDecode(bytes.Span, genesis, out var transaction, out _) && transaction.Sender == proof.Candidate.Trainer) return reveal;
        }

        return null;
    }
}
