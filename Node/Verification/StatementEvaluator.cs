using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>
/// Evaluates the checkpoints of a task on samples drawn from a seed, with the evaluator of the validators: the same draw, the same engine,
/// the same bits.
/// </summary>
internal sealed class StatementEvaluator(GenesisDocument genesis, IBlobStore blobs, Evaluator evaluator)
{
    /// <summary>
    /// The checkpoints of the models, checked against their hashes. The one that a task began from follows from its seed in the genesis, so it
    /// is never missing.
    /// </summary>
    /// <returns>Null with what is missing or damaged, by name.</returns>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Read(GenesisTask task, IEnumerable<BlobHash> models, out IReadOnlyList<(FindingKind Kind, BlobHash Model)> gaps)
    {
        var checkpoints = new List<ReadOnlyMemory<byte>>();
        var found = new List<(FindingKind Kind, BlobHash Model)>();
        foreach (var model in models)
        {
            var bytes = model.Value == task.InitialModel ? InitialModels.Make(InitialModels.SpecOf(task), task.InitialSeed) : Stored(model);
            if (bytes is null) found.Add((FindingKind.CheckpointMissing, model));
            else if (BlobManifest.Of(bytes).Hash != model) found.Add((FindingKind.CheckpointDamaged, model));
            else checkpoints.Add(bytes);
        }

        gaps = found;
        return found.Count == 0 ? checkpoints : null;
    }

    /// <summary>The samples that a seed draws from a task's evaluation set.</summary>
    public int[] Draw(GenesisTask task, Hash256 sampleSeed, uint samples)
    {
        var population = genesis.Datasets.First(dataset => dataset.Root == task.EvaluationSet).Samples;
        return SampleDraw.Draw(sampleSeed, (int)samples, (int)population);
    }

    /// <summary>One result per checkpoint, its losses in the order of the draw. Null where the task's evaluation set is not here.</summary>
    public IReadOnlyList<CheckpointLosses>? Evaluate(GenesisTask task, IReadOnlyList<ReadOnlyMemory<byte>> checkpoints, int[] drawn) =>
        evaluator.Evaluate(new EvaluationRequest(task.EvaluationSet, Encoding.UTF8.GetBytes(task.Model.ToJsonString()), drawn, checkpoints));

    // A manifest that does not fit its key is damage too: nothing that it names can be the checkpoint.
    private byte[]? Stored(BlobHash model)
    {
        try
        {
            return blobs.Read(model);
        }
        catch (StoreFailedException)
        {
            return [];
        }
    }
}
