using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Evaluates training rounds again, with the evaluator of the validators: the same draws, the same engine, the same checks, the same bits.
/// </summary>
internal sealed class StatementEvaluator(GenesisDocument genesis, IBlobStore blobs, ICheckpointEvaluator evaluator)
{
    /// <summary>
    /// Looks whether the checkpoints that a round needs are here and have their hashes. The one that a task began from follows from its seed in the
    /// genesis, so it is never missing.
    /// </summary>
    /// <returns>What is missing or damaged, by name.</returns>
    public IReadOnlyList<(FindingKind Kind, BlobHash Model)> Gaps(GenesisTask task, IEnumerable<BlobHash> models)
    {
        var gaps = new List<(FindingKind Kind, BlobHash Model)>();
        foreach (var model in models)
        {
            if (Read(task, model) is not { } bytes) gaps.Add((FindingKind.CheckpointMissing, model));
            else if (BlobManifest.Of(bytes).Hash != model) gaps.Add((FindingKind.CheckpointDamaged, model));
        }

        return gaps;
    }

    /// <summary>The statement and the private losses of those validators, as evaluation gives them.</summary>
    /// <param name="ending">The round.</param>
    /// <param name="seed">That follows from the shares.</param>
    /// <param name="validators">Who attested.</param>
    public RoundResult Evaluate(RoundEnding ending, Hash256 seed, IReadOnlyList<Address> validators) =>
        new RoundEvaluation(evaluator, model => Read(ending.Task, model))
            .RunAsync(ending.Before, genesis, ending.Round.Task, validators, seed, CancellationToken.None)
            .GetAwaiter().GetResult(); // an evaluator in this process answers at once

    /// <summary>Whose private losses are wrong, of those that a re-check names; null where the data set is not here.</summary>
    public uint? Recheck(IStateReader state, GenesisTask task, RecheckRecord recheck) =>
        new RecheckEvaluation(evaluator, model => Read(task, model)).RunAsync(state, genesis, recheck, CancellationToken.None).GetAwaiter().GetResult();

    // A manifest that does not fit its key is damage too: nothing that it names can be the checkpoint.
    private byte[]? Read(GenesisTask task, BlobHash model)
    {
        if (model.Value == task.InitialModel) return InitialModels.Make(InitialModels.SpecOf(task), task.InitialSeed);
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
