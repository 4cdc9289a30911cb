using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// What a trainer revealed, while the round lasts. Layout: salt 32 | SHA-256 of the hardware attestation 32, zero where there was none |
/// manifest, the rest.
/// </summary>
public sealed record RevealRecord(Hash256 Salt, Hash256 AttestationHash, ReadOnlyMemory<byte> ManifestBytes, CandidateManifest Manifest)
{
    public static RevealRecord? Get(IStateReader state, Hash256 task, int candidate)
    {
        if (state.Get(TrainingKeys.Reveal(task, candidate)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var (salt, attestation) = (reader.Hash(), reader.Hash());
        var manifestBytes = reader.Bytes(reader.Remaining).ToArray();
        var isWhole = ManifestRules.TryParse(manifestBytes, out var manifest);
        Invariant.Check(isWhole && !reader.Failed, "a reveal was checked before it was stored");
        return new RevealRecord(salt, attestation, manifestBytes, manifest!);
    }

    internal static void Store(StateOverlay state, Hash256 task, int candidate, Hash256 salt, Hash256 attestation, ReadOnlySpan<byte> manifest) =>
        state.Set(TrainingKeys.Reveal(task, candidate), new ByteWriter().Hash(salt).Hash(attestation).Bytes(manifest).ToArray());
}
