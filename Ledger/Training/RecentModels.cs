using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The last models that were certified for a task, the oldest first: what new candidates are compared with.</summary>
internal static class RecentModels
{
    public const int Max = 16;

    public static IEnumerable<BlobHash> Get(IStateReader state, Hash256 task) =>
        HashList.Get(state, TrainingKeys.RecentModels(task)).Select(hash => new BlobHash(hash));

    public static void Add(StateOverlay state, Hash256 task, BlobHash model)
    {
        var models = HashList.Get(state, TrainingKeys.RecentModels(task)).Add(model.Value);
        HashList.Set(state, TrainingKeys.RecentModels(task), models.Length > Max ? models.RemoveAt(0) : models);
    }
}
