using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Where the records of sealed hold-outs stand: one byte per kind.</summary>
internal static class HoldOutKeys
{
    // for good
    public static StateKey Set(Hash256 task, ulong set) => Numbered(0, task, set);

    public static StateKey List(Hash256 task) => StateKey.Of(StateModule.HoldOuts, 1, task);

    public static StateKey Keys(Hash256 task, ulong set, ulong trainingRound) =>
        StateKey.Of(StateModule.HoldOuts, 3, new ByteWriter().Hash(task).UInt64(set).UInt64(trainingRound).ToArray());

    public static StateKey Blob(Hash256 task, BlobHash blob) => StateKey.Of(StateModule.HoldOuts, 6, new ByteWriter().Hash(task).Hash(blob.Value).ToArray());

    // as long as the set may be drawn from
    public static StateKey Used(Hash256 task, ulong set) => Numbered(2, task, set);

    // of a round in progress
    public static StateKey Round(Hash256 task) => StateKey.Of(StateModule.HoldOuts, 4, task);

    public static StateKey Releases(Hash256 task, ulong set) => Numbered(5, task, set);

    private static StateKey Numbered(byte kind, Hash256 task, ulong set) =>
        StateKey.Of(StateModule.HoldOuts, kind, new ByteWriter().Hash(task).UInt64(set).ToArray());
}
