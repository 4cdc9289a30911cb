using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Training sets, their versions and what is voted on.</summary>
internal sealed class DatasetService(NodeServices node)
{
    private const int VersionsMax = 256;

    // All votes on all deltas are counted for an answer.
    private readonly AnswerPerHeight<Hash256, TrainingSet> _answers = new();

    public RpcService Create() =>
        new RpcService(DatasetReflection.Descriptor.Services[0], 256)
            .Unary<GetTrainingSetRequest, TrainingSet>("GetTrainingSet", (request, _) => Task.FromResult(GetTrainingSet(request)))
            .Unary<ListVersionsRequest, ListVersionsResponse>("ListVersions", (request, _) => Task.FromResult(ListVersions(request)))
            .Unary<GetPointsRequest, GetPointsResponse>("GetPoints", (request, _) => Task.FromResult(GetPoints(request)))
            .Unary<ListSealedSetsRequest, ListSealedSetsResponse>("ListSealedSets", (request, _) => Task.FromResult(ListSealedSets(request)))
            .Unary<GetOpenedKeysRequest, GetOpenedKeysResponse>("GetOpenedKeys", (request, _) => Task.FromResult(GetOpenedKeys(request)));

    private TrainingSet GetTrainingSet(GetTrainingSetRequest request)
    {
        var state = node.View.State;
        var set = SetOf(state, request.Task.RequireHash("task"));
        return _answers.Get(set.Task, state.Height, () => MessageOf(state, set));
    }

    private static TrainingSet MessageOf(LedgerState state, TrainingSetRecord set)
    {
        var message = new TrainingSet
        {
            Task = set.Task.ToByteString(),
            Version = set.Version,
            Root = set.Root.ToByteString(),
            Samples = set.Samples,
            PeriodOpened = set.Opened.Value,
            PeriodBlocks = set.Period(state.Parameters),
            Height = state.Height.Value,
        };
        message.Open.AddRange(TrainingSets.Standings(state, set).Select(standing => MessageOf(state, standing)));
        return message;
    }

    private ListVersionsResponse ListVersions(ListVersionsRequest request)
    {
        var state = node.View.State;
        var set = SetOf(state, request.Task.RequireHash("task"));
        var response = new ListVersionsResponse();
        for (var version = request.From; version <= set.Version && response.Versions.Count < VersionsMax; version++)
        {
            var record = TrainingSets.Version(state, set.Task, version)!;
            var message = new DatasetVersion { Version = version, Root = record.Root.ToByteString(), Samples = record.Samples, Height = record.Height.Value };
            if (version > 0)
            {
                (message.Delta, message.Adds, message.Removes) = (record.Delta, record.Adds, record.Removes);
                (message.Blob, message.Proposer) = (record.Blob.Value.ToByteString(), record.Proposer.ToByteString());
            }

            response.Versions.Add(message);
        }

        return response;
    }

    private GetPointsResponse GetPoints(GetPointsRequest request)
    {
        var state = node.View.State;
        var task = SetOf(state, request.Task.RequireHash("task")).Task;
        return new GetPointsResponse
        {
            Points = Points.Of(state, task, request.Address.RequireAddress("address")).ToByteString(),
            Total = Points.Total(state, task).ToByteString(),
        };
    }

    private ListSealedSetsResponse ListSealedSets(ListSealedSetsRequest request)
    {
        var state = node.View.State;
        var task = SetOf(state, request.Task.RequireHash("task")).Task;
        var response = new ListSealedSetsResponse();
        for (var number = Math.Max(1, request.From); response.Sets.Count < VersionsMax && SealedSets.Get(state, task, number) is { } set; number++) response.Sets.Add(MessageOf(set));
        return response;
    }

    private static SealedSetState MessageOf(SealedSetRecord set)
    {
        var message = new SealedSetState
        {
            Set = set.Number,
            Status = set.Status switch
            {
                SealedSetStatus.Offered => "offered",
                SealedSetStatus.Active => "active",
                SealedSetStatus.Ended => "ended",
                _ => throw new System.Diagnostics.UnreachableException(),
            },
            Supplier = set.Supplier.ToByteString(),
            Opened = set.Opened.Value,
            Ended = set.Ended.Value,
            Blob = set.Blob.Value.ToByteString(),
            Bytes = set.Bytes,
            Bond = set.Bond.ToByteString(),
            Threshold = (uint)set.Terms.Threshold,
            Accepted = set.Accepted,
            Held = (uint)set.Held.Length,
            LastRound = set.LastRound,
        };
        message.Classes.AddRange(set.Terms.Classes);
        message.Custodians.AddRange(set.Terms.Custodians.Select(custodian => custodian.Address.ToByteString()));
        return message;
    }

    private GetOpenedKeysResponse GetOpenedKeys(GetOpenedKeysRequest request)
    {
        var state = node.View.State;
        var task = SetOf(state, request.Task.RequireHash("task")).Task;
        var (before, keys) = SealedSets.Opened(state, task, request.Set, request.TrainingRound);
        var response = new GetOpenedKeysResponse { Before = before, Keys = Google.Protobuf.ByteString.CopyFrom([.. keys.SelectMany(key => key.Key.ToArray())]) };
        response.Samples.AddRange(keys.Select(key => (uint)key.Sample));
        return response;
    }

    private static Delta MessageOf(LedgerState state, DeltaStanding standing)
    {
        var (delta, count, isHeld) = standing;
        var message = new Delta
        {
            Delta_ = delta.Number,
            Proposer = delta.Proposer.ToByteString(),
            Opened = delta.Opened.Value,
            BaseVersion = delta.BaseVersion,
            Blob = delta.Blob.Value.ToByteString(),
            Bytes = delta.Bytes,
            ResultRoot = delta.ResultRoot.ToByteString(),
            Adds = delta.Adds,
            Removes = delta.Removes,
            Bond = delta.Bond.ToByteString(),
            Reason = delta.Reason,
            HeldByQuorum = isHeld,
            Approving = new Amount(count.Approving).ToByteString(),
            Rejecting = new Amount(count.Rejecting).ToByteString(),
            Total = new Amount(count.Total).ToByteString(),
            RejectingPower = count.RejectingPower,
            TotalPower = count.TotalPower,
            Verdict = TextOf(count.Verdict),
            Backed = delta.IsBacked,
        };
        message.Held.AddRange(delta.Held.Select(holder => KeyRotations.Present(state, holder).ToByteString()));
        return message;
    }

    private static TrainingSetRecord SetOf(LedgerState state, Hash256 task) => TrainingSets.OfLine(state, task) ?? throw RequestChecks.NotFound("the chain has no such task");

    private static string TextOf(DeltaVerdict verdict) => verdict switch
    {
        DeltaVerdict.Accepted => "accepted",
        DeltaVerdict.NoQuorum => "no_quorum",
        DeltaVerdict.Rejected => "rejected",
        DeltaVerdict.Vetoed => "vetoed",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
