using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>A task of a genesis, with what follows from its model: the first checkpoint, its length, the classes.</summary>
internal static class NewTask
{
    /// <param name="name">1 to 64 characters.</param>
    /// <param name="spec">The model.</param>
    /// <param name="training">Root of what is learned from.</param>
    /// <param name="evaluation">Root of what judges.</param>
    /// <param name="source">"public-hold-out" or "generator".</param>
    /// <param name="requiredGain">Of the first round, in millionths of the incumbent's loss.</param>
    /// <param name="seed">Makes the first checkpoint.</param>
    /// <param name="targetRoundBlocks">From one certificate to the next.</param>
    public static GenesisTask Of(string name, ModelSpec spec, Hash256 training, Hash256 evaluation, string source, uint requiredGain, Hash256 seed, ulong targetRoundBlocks)
    {
        var initial = InitialModels.Make(spec, seed);
        return new GenesisTask(
            name,
            JsonNode.Parse(spec.CanonicalJson)!.AsObject(),
            training,
            evaluation,
            source,
            requiredGain,
            seed,
            BlobManifest.Of(initial).Hash.Value,
            (ulong)initial.Length,
            (uint)spec.Plan.Classes,
            targetRoundBlocks);
    }
}
