using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Whose checkpoint it is in a task: the trainer's who showed it first, whether it won then or not. So nobody brings another's again in a later
/// round. The numbers of rounds are a task's own, and so is this record.
/// Layout: trainer 20 | training round 8.
/// </summary>
internal sealed record CheckpointOwner(Address Trainer, ulong TrainingRound)
{
    public static CheckpointOwner? Get(IStateReader state, Hash256 task, BlobHash model)
    {
        if (state.Get(TrainingKeys.Owner(task, model)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var owner = new CheckpointOwner(reader.Address(), reader.UInt64());
        Invariant.Check(reader.IsWhole, "an owner is as it was written");
        return owner;
    }

    /// <summary>Whether the checkpoint was shown by somebody else in a round before this one.</summary>
    public static bool IsOfAnother(IStateReader state, Hash256 task, BlobHash model, Address trainer, ulong trainingRound) =>
        Get(state, task, model) is { } owner && owner.Trainer != trainer && owner.TrainingRound < trainingRound;

    /// <summary>Of two who show it in the same round it is whose commit came first; whoever shows it first in all is never overtaken later.</summary>
    internal static void Note(StateOverlay state, Hash256 task, BlobHash model, Address trainer, ulong trainingRound)
    {
        if (Get(state, task, model) is { } owner && owner.TrainingRound < trainingRound) return;
        state.Set(TrainingKeys.Owner(task, model), new ByteWriter().Address(trainer).UInt64(trainingRound).ToArray());
    }
}
