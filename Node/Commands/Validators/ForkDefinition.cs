using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>What a vote on a fork is about: the parent's definition with another model, its first checkpoint and a name of its own.</summary>
internal static class ForkDefinition
{
    /// <exception cref="OperatorException">The model is none, or does not take the parent's samples.</exception>
    public static GenesisTask Make(GenesisTask parent, byte[] model, string name, Hash256 seed)
    {
        if (!ModelSpec.TryParse(model, out var spec, out var error)) throw new OperatorException($"--model: {error}");
        var fork = parent with
        {
            Name = name,
            Model = JsonNode.Parse(spec.CanonicalJson)!.AsObject(),
            InitialSeed = seed,
            InitialModel = BlobManifest.Of(InitialModels.Make(spec, seed)).Hash.Value,
            ModelBytes = (ulong)Checkpoint.SizeBytes(spec.Plan),
        };
        if (spec.Plan.Classes != parent.ClassCount) throw new OperatorException($"--model: {parent.ClassCount} classes, as the parent's, not {spec.Plan.Classes}");
        if (fork.Pixels != parent.Pixels) throw new OperatorException($"--model: an input of {parent.Pixels} values, as the parent's, not {fork.Pixels}");
        return GenesisTask.TryParse(fork.ToCanonicalJson(), out var task) ? task : throw new OperatorException("--name: 1 to 64 characters");
    }
}
