using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What a trainer revealed, while the round lasts. Layout: producer's signature 65 | manifest, the rest.</summary>
public sealed record RevealRecord(Signature ProducerSignature, ReadOnlyMemory<byte> ManifestBytes, CandidateManifest Manifest)
{
    public static RevealRecord? Get(IStateReader state, Hash256 task, int candidate)
    {
        if (state.Get(TrainingKeys.Reveal(task, candidate)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var signature = reader.Signature();
        var manifestBytes = reader.Bytes(reader.Remaining).ToArray();
        var isWhole = ManifestRules.TryParse(manifestBytes, out var manifest);
        Invariant.Check(isWhole && signature is not null, "a reveal was checked before it was stored");
        return new RevealRecord(signature, manifestBytes, manifest!);
    }

    internal static void Store(StateOverlay state, Hash256 task, int candidate, Signature producerSignature, ReadOnlySpan<byte> manifest) =>
        state.Set(TrainingKeys.Reveal(task, candidate), new ByteWriter().Signature(producerSignature).Bytes(manifest).ToArray());
}
