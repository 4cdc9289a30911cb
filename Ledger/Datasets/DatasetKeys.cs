using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Where the records of data sets and of their changes stand: one byte per kind.</summary>
internal static class DatasetKeys
{
    public static readonly StateKey List = StateKey.Of(StateModule.Datasets, 1);

    public static StateKey Dataset(Hash256 root) => StateKey.Of(StateModule.Datasets, 0, root);

    public static StateKey TrainingSet(Hash256 task) => StateKey.Of(StateModule.Datasets, 2, task);

    public static StateKey Delta(Hash256 task, ulong delta) => Numbered(3, task, delta);

    public static StateKey Votes(Hash256 task, ulong delta) => Numbered(4, task, delta);

    public static StateKey PointsTotal(Hash256 task) => StateKey.Of(StateModule.Datasets, 5, task);

    public static StateKey Points(Hash256 task, Address address) =>
        StateKey.Of(StateModule.Datasets, 5, new ByteWriter().Hash(task).Address(address).ToArray());

    public static StateKey Version(Hash256 task, ulong version) => Numbered(6, task, version);

    public static StateKey PeriodVotes(Hash256 task) => StateKey.Of(StateModule.Datasets, 7, task);

    private static StateKey Numbered(byte kind, Hash256 task, ulong number) =>
        StateKey.Of(StateModule.Datasets, kind, new ByteWriter().Hash(task).UInt64(number).ToArray());
}
