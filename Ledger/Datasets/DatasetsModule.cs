using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The data sets that the chain knows: what is trained on, what is evaluated on, and who supplied it.</summary>
public sealed class DatasetsModule : LedgerModule
{
    private const byte RecordKind = 0;
    private const byte ListKind = 1;

    public static DatasetRecord? Get(IStateReader state, Hash256 root) => DatasetRecord.Decode(state.Get(StateKey.Of(StateModule.Datasets, RecordKind, root)));

    /// <summary>All data sets in the order of genesis.</summary>
    public static IReadOnlyList<DatasetRecord> All(IStateReader state)
    {
        var all = new List<DatasetRecord>();
        foreach (var root in HashList.Get(state, StateKey.Of(StateModule.Datasets, ListKind)))
        {
            var record = Get(state, root);
            Invariant.Check(record is not null, "every listed data set has a record");
            all.Add(record);
        }

        return all;
    }

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        foreach (var dataset in genesis.Datasets)
        {
            var record = new DatasetRecord(dataset.Root, dataset.Samples, dataset.Supplier, dataset.Name);
            state.Set(StateKey.Of(StateModule.Datasets, RecordKind, dataset.Root), record.Encode());
        }

        HashList.Set(state, StateKey.Of(StateModule.Datasets, ListKind), [.. genesis.Datasets.Select(d => d.Root)]);
    }
}
