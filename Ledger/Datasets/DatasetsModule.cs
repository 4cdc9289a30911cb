using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// The data sets that the chain knows, who supplied them, and how the training set of a task changes: deltas are proposed, held by validators,
/// voted on, and at the end of a period the best of them makes the next version.
/// </summary>
public sealed class DatasetsModule : LedgerModule
{
    public override ImmutableArray<MessageOneofCase> Messages =>
        [MessageOneofCase.DatasetDeltaProposal, MessageOneofCase.DatasetVote, MessageOneofCase.PeriodVote, MessageOneofCase.DatasetHeld];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "datasets.proposed", "datasets.voted", "datasets.period_voted", "datasets.held", "datasets.period_changed", "datasets.ended",
        "datasets.applied",
    ];

    // A vote reads and writes a whole list of votes, a proposal reads all open deltas, a holder's word finds every other holder's present key: each
    // costs what the longest list that there may be takes.
    public override uint CostOf(Transaction transaction) => transaction.Kind switch
    {
        MessageOneofCase.DatasetDeltaProposal => 300,
        MessageOneofCase.DatasetHeld => 200,
        _ => 150,
    };

    public static DatasetRecord? Get(IStateReader state, Hash256 root) => DatasetRecord.Decode(state.Get(DatasetKeys.Dataset(root)));

    /// <summary>All data sets of the genesis, in its order.</summary>
    public static IReadOnlyList<DatasetRecord> All(IStateReader state)
    {
        var all = new List<DatasetRecord>();
        foreach (var root in HashList.Get(state, DatasetKeys.List))
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
            state.Set(DatasetKeys.Dataset(dataset.Root), new DatasetRecord(dataset.Root, dataset.Samples, dataset.Supplier, dataset.Name).Encode());
        HashList.Set(state, DatasetKeys.List, [.. genesis.Datasets.Select(d => d.Root)]);
        foreach (var task in genesis.Tasks)
        {
            var samples = genesis.Datasets.First(dataset => dataset.Root == task.TrainingSet).Samples;
            new TrainingSetRecord { Task = task.Id, Root = task.TrainingSet, Samples = samples, Pixels = task.Pixels }.Store(state);
            new VersionRecord(task.TrainingSet, samples, Height.Genesis, 0, default, Address.Zero, 0, 0).Store(state, task.Id, 0);
        }
    }

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var (sender, body) = (transaction.Sender, transaction.Body);
        return body.MessageCase switch
        {
            MessageOneofCase.DatasetDeltaProposal => DeltaMessages.Propose(context, sender, body.DatasetDeltaProposal),
            MessageOneofCase.DatasetVote => DeltaMessages.Vote(context, sender, body.DatasetVote),
            MessageOneofCase.PeriodVote => DeltaMessages.VotePeriod(context, sender, body.PeriodVote),
            MessageOneofCase.DatasetHeld => DeltaMessages.Hold(context, sender, body.DatasetHeld),
            _ => throw new InvariantException("only messages about data sets come to this module"),
        };
    }

    public override void EndBlock(BlockContext context)
    {
        foreach (var task in HashList.Get(context.State, TrainingKeys.TaskList))
            if (TrainingSetRecord.Get(context.State, task) is { } set) // a fork has that of its line
                PeriodEnd.EndBlock(context, set);
    }
}
