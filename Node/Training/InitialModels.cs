using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>The checkpoints that the tasks of a genesis begin from: every node makes them itself, from the seed, with the same bits.</summary>
internal static class InitialModels
{
    /// <exception cref="OperatorException">A task's model spec is none, or its checkpoint or classes are not those that the genesis names.</exception>
    public static void Ensure(GenesisDocument genesis, IBlobStore blobs)
    {
        foreach (var task in genesis.Tasks)
        {
            if (ShapeFault(task) is { } fault) throw new OperatorException($"genesis: {fault}");
            if (blobs.Has(new BlobHash(task.InitialModel))) continue;
            var made = blobs.Put(Make(SpecOf(task), task.InitialSeed));
            if (made.Hash.Value != task.InitialModel) throw new OperatorException($"genesis: {OtherModel(task, made.Hash)}");
        }
    }

    /// <summary>Why a task's definition does not give its first checkpoint; null where it does.</summary>
    public static string? FaultOf(GenesisTask task)
    {
        try
        {
            if (ShapeFault(task) is { } fault) return fault;
            var made = BlobManifest.Of(Make(SpecOf(task), task.InitialSeed)).Hash;
            return made.Value == task.InitialModel ? null : OtherModel(task, made);
        }
        catch (OperatorException wrong)
        {
            return wrong.Message;
        }
    }

    private static string OtherModel(GenesisTask task, BlobHash made) => $"tasks.initial_model: the seed gives {made}, not {task.InitialModel}";

    private static string? ShapeFault(GenesisTask task)
    {
        var spec = SpecOf(task);
        if (spec.Plan.Classes != task.ClassCount) return $"tasks.class_count: the model has {spec.Plan.Classes}, not {task.ClassCount}";
        if ((ulong)Checkpoint.SizeBytes(spec.Plan) != task.ModelBytes) return $"tasks.model_bytes: a checkpoint of the model has {Checkpoint.SizeBytes(spec.Plan)}, not {task.ModelBytes}";
        return task.Triggers.Any(trigger => trigger.Size > Math.Min(spec.Plan.Input.Height, spec.Plan.Input.Width))
            ? $"tasks.triggers: sizes within the model's images, {spec.Plan.Input}"
            : null;
    }

    public static byte[] Make(ModelSpec spec, Hash256 seed) => Checkpoint.Write(ModelParameters.HeUniform(spec.Plan, seed));

    public static ModelSpec SpecOf(GenesisTask task) =>
        ModelSpec.TryParse(Encoding.UTF8.GetBytes(task.Model.ToJsonString()), out var spec, out var error) ? spec : throw new OperatorException($"genesis: tasks.model: {error}");
}
