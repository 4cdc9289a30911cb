using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <param name="Model">A checkpoint that a candidate is compared with.</param>
/// <param name="IsAncestor">Whether the candidate declares that it comes from it, by its manifest or by the lineage of what that names.</param>
public readonly record struct KinModel(BlobHash Model, bool IsAncestor);

/// <summary>Which models a candidate might be a copy or a relative of, and which of them it may be one of.</summary>
public static class Kinship
{
    /// <summary>Certified models back from what a manifest names.</summary>
    private const int LineageMax = RecentModels.Max;

    /// <summary>
    /// The incumbent, the task's last certified models, the newest first, and the declared parent, each once. While a round lasts they do not
    /// change.
    /// </summary>
    public static ImmutableArray<KinModel> Of(IStateReader state, TrainingRoundRecord round, CandidateManifest manifest)
    {
        if (round.Rules.SimilaritySamples == 0) return [];
        var declared = manifest.Ancestors.Prepend(manifest.Parent).Select(hash => new BlobHash(Hash256.FromBytes(hash.Span))).ToList();
        var ancestors = new HashSet<BlobHash>();
        foreach (var model in declared) AddLineage(state, model, ancestors);
        var recent = RecentModels.Get(state, round.Task).Reverse().Take((int)round.Rules.SimilarityModels);
        return [.. recent.Prepend(round.Incumbent).Append(declared[0]).Distinct().Select(model => new KinModel(model, ancestors.Contains(model)))];
    }

    // To its end, also where another walk has been: that one may have ended there.
    private static void AddLineage(IStateReader state, BlobHash model, HashSet<BlobHash> ancestors)
    {
        for (var i = 0; i <= LineageMax; i++)
        {
            ancestors.Add(model);
            if (ModelRecord.Get(state, model) is not { IsInitial: false } record) return;
            model = record.Parent;
        }
    }
}
