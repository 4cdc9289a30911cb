using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A delta that makes a candidate of its base.</summary>
internal sealed record SparseOffer(BlobHash Base, byte[] Blob);

/// <summary>
/// What a trainer offers of what it learned: the weights as they are, or, where that costs little of the gain, those that a sparse delta makes of
/// the incumbent, so that validators fetch a few bytes in place of the whole. Then the candidate is what the delta makes, bit by bit.
/// </summary>
/// <param name="Parameters">The candidate.</param>
/// <param name="Gain">As it was measured.</param>
/// <param name="Delta">Null where the whole form is offered alone.</param>
/// <param name="Feedback">What is left out of the candidate, for the round after it is certified.</param>
internal sealed record TrainerOffer(ModelParameters Parameters, TrainerGain Gain, SparseOffer? Delta, ErrorFeedback Feedback)
{
    /// <summary>The least part of the gain that a sparse form must keep.</summary>
    private const double GainKept = 0.9;

    /// <param name="best">What was learned.</param>
    /// <param name="parent">The incumbent's checkpoint.</param>
    /// <param name="changes">Changes in each 4,096 values; 0 for none.</param>
    /// <param name="feedback">What earlier deltas left out of the incumbent.</param>
    /// <param name="measure">Measures other weights as the best ones were.</param>
    /// <param name="isOffered">Whether a gain is still worth a commit.</param>
    public static TrainerOffer Of(
        MeasuredModel best, BlobHash parent, int changes, ErrorFeedback feedback, Func<ModelParameters, TrainerGain?> measure, Predicate<TrainerGain> isOffered)
    {
        var wanted = Canonicaliser.Canonicalise(best.Parameters).Parameters; // computes the same
        var whole = new TrainerOffer(wanted, best.Gain, null, new ErrorFeedback(wanted.Plan));
        if (changes == 0) return whole;
        var left = feedback.Copy();
        var delta = left.Next(best.Incumbent, wanted, changes, out var sparse);
        if (delta.Base != parent || delta.Changes == 0) return whole; // of a base that others do not have, or nothing at all
        if (BalanceCheck.Check(sparse).Fault != BalanceFault.None) return whole; // it could not be brought into balance and stay what the delta makes
        if (measure(sparse) is not { } gain || gain.Mean < GainKept * best.Gain.Mean || !isOffered(gain)) return whole;
        return new TrainerOffer(sparse, gain, new SparseOffer(delta.Base, delta.Encode()), left);
    }

    /// <summary>How the manifest names the delta.</summary>
    public static CheckpointDelta Describe(SparseOffer delta)
    {
        var blob = BlobManifest.Of(delta.Blob);
        var described = new CheckpointDelta { Base = delta.Base.Value.ToByteString(), Blob = blob.Hash.Value.ToByteString(), Bytes = (ulong)blob.Length };
        described.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        return described;
    }
}
