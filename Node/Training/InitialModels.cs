using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>The checkpoints that the tasks of a genesis begin from: every node makes them itself, from the seed, with the same bits.</summary>
internal static class InitialModels
{
    /// <exception cref="OperatorException">A task's model spec is none, or its checkpoint is not the one that the genesis names.</exception>
    public static void Ensure(GenesisDocument genesis, IBlobStore blobs)
    {
        foreach (var task in genesis.Tasks)
        {
            if (blobs.Has(new BlobHash(task.InitialModel))) continue;
            var made = blobs.Put(Make(SpecOf(task), task.InitialSeed));
            if (made.Hash.Value != task.InitialModel)
                throw new OperatorException($"genesis: tasks.initial_model: the seed gives {made.Hash}, not {task.InitialModel}");
        }
    }

    public static byte[] Make(ModelSpec spec, Hash256 seed) => Checkpoint.Write(ModelParameters.HeUniform(spec.Plan, seed));

    public static ModelSpec SpecOf(GenesisTask task) =>
        ModelSpec.TryParse(Encoding.UTF8.GetBytes(task.Model.ToJsonString()), out var spec, out var error) ? spec : throw new OperatorException($"genesis: tasks.model: {error}");
}
