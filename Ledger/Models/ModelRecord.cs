using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A checkpoint that was certified, or that a task began from: its lineage. Layout: model 32 | task 32 | training round 8 (0 = initial) |
/// height 8 | parent 32 | manifest root 32 | trainer 20 | producer 20.
/// </summary>
public sealed record ModelRecord(
    BlobHash Model, Hash256 Task, ulong TrainingRound, Height Height, BlobHash Parent, Hash256 ManifestRoot, Address Trainer, Address Producer)
{
    public bool IsInitial => TrainingRound == 0;

    public static ModelRecord? Get(IStateReader state, BlobHash model)
    {
        if (state.Get(TrainingKeys.Model(model)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new ModelRecord(
            new BlobHash(reader.Hash()),
            reader.Hash(),
            reader.UInt64(),
            reader.Height(),
            new BlobHash(reader.Hash()),
            reader.Hash(),
            reader.Address(),
            reader.Address());
        Invariant.Check(reader.IsWhole, "a model record is as it was written");
        return record;
    }

    internal void Store(StateOverlay state) => state.Set(
        TrainingKeys.Model(Model),
        new ByteWriter()
            .Hash(Model.Value)
            .Hash(Task)
            .UInt64(TrainingRound)
            .Height(Height)
            .Hash(Parent.Value)
            .Hash(ManifestRoot)
            .Address(Trainer)
            .Address(Producer)
            .ToArray());
}
