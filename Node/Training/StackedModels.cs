using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// What a runner-up makes of a round that it lost: two who learn from one parent on different samples go ways that differ, and much of what each
/// learned holds beside the other's. So it adds its own way to where the winner is, whole and half (task arithmetic: Ilharco et al., ICLR 2023).
/// Whether that is any better its own measurement says; if not, it begins from the winner as everybody else.
/// </summary>
internal static class StackedModels
{
    private static readonly float[] Steps = [1, 0.5f];

    /// <summary>The same of a candidate that was offered; none where it won itself, or where it did not begin from the incumbent that was replaced.</summary>
    /// <param name="winner">The new incumbent.</param>
    /// <param name="model">Its name.</param>
    /// <param name="own">What was offered.</param>
    /// <param name="parent">The incumbent before.</param>
    /// <param name="parentModel">Its name.</param>
    public static IReadOnlyList<ModelParameters> Of(ModelParameters winner, BlobHash model, PendingReveal own, ModelParameters parent, BlobHash parentModel)
    {
        if (own.Model == model || parentModel == model) return [];
        if (!CandidateManifest.Parser.ParseFrom(own.Manifest.Span).Parent.Span.SequenceEqual(parentModel.Value.ToArray())) return [];
        return Checkpoint.TryRead(own.Checkpoint.Span, winner.Plan, out var lost, out _) ? Of(winner, lost, parent) : [];
    }

    /// <param name="winner">The new incumbent.</param>
    /// <param name="own">The candidate that lost.</param>
    /// <param name="parent">Where the loser began.</param>
    /// <returns>Balanced, and finite; the whole step first.</returns>
    public static IReadOnlyList<ModelParameters> Of(ModelParameters winner, ModelParameters own, ModelParameters parent)
    {
        var stacked = new List<ModelParameters>();
        foreach (var step in Steps)
        {
            var values = new float[winner.Values.Length];
            for (var i = 0; i < values.Length; i++) values[i] = winner.Values[i] + (step * (own.Values[i] - parent.Values[i]));
            var model = new ModelParameters(winner.Plan, values);
            if (model.IsFinite) stacked.Add(Canonicaliser.Canonicalise(model).Parameters);
        }

        return stacked;
    }
}
