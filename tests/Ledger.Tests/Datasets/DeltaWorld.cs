using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A chain with a task whose training set has a thousand samples and is decided on every ten blocks.</summary>
internal sealed class DeltaWorld
{
    public const ulong Period = 10;

    public static readonly Amount Bond = Amount.FromNtk(7);

    /// <summary>The least bond that takes the place of a delta with the least bond.</summary>
    public static readonly Amount Outbidding = new(Bond.Units + (Bond.Units / 10));

    /// <summary>What a delta costs that is not applied: a twentieth.</summary>
    public static readonly Amount Fee = new(Bond.Units / 20);

    private static readonly Address Supplier = LedgerFixture.Key(77).Address;

    public LedgerFixture Chain { get; } = new(Setup);

    public Hash256 Task => Chain.Genesis.Tasks[0].Id;

    public TrainingSetRecord Set => TrainingSets.Get(Chain.State, Task)!;

    /// <summary>What happened in all blocks.</summary>
    public List<Event> Events { get; } = [];

    public static GenesisDocument Setup(GenesisDocument genesis)
    {
        var world = ParameterTests.WithTask(genesis);
        return world with
        {
            Tasks = [world.Tasks[0] with { Model = new JsonObject { ["input"] = new JsonArray(1, 2, 3) } }],
            Datasets = [world.Datasets[0] with { Supplier = Supplier }, .. world.Datasets.Skip(1)],
            Parameters = world.Parameters with { Datasets = new DatasetParameters { PeriodBlocks = Period, DeltaBond = Bond } },
        };
    }

    public void Step(params Transaction[] transactions)
    {
        var result = Chain.Step(transactions);
        Assert.Equal(transactions.Length, result.Receipts.Length);
        Assert.All(result.Receipts, receipt => Assert.True(receipt.IsSuccess, ((TransactionRejection)receipt.Code).ToString()));
        Events.AddRange(result.Events);
    }

    public void StepTo(ulong height)
    {
        while (Chain.State.Height.Value < height) Step();
    }

    /// <summary>As if so much had been paid for the task.</summary>
    public void Earn(params (PrivateKey Who, UInt128 Points)[] earned) => Chain.State = Chain.State.With(state =>
    {
        foreach (var (who, points) in earned) Points.Add(state, Task, who.Address, new Amount(points));
    });

    /// <summary>A delta whose blob and result are named by a number.</summary>
    public Transaction Propose(PrivateKey from, byte number, Action<DatasetDeltaProposal>? change = null)
    {
        var blob = BlobManifest.Of([1, number]);
        var message = new DatasetDeltaProposal
        {
            Task = Bytes(Task),
            BaseVersion = Set.Version,
            Blob = Bytes(blob.Hash.Value),
            Bytes = 2,
            Chunks = { Bytes(blob.ChunkHashes[0]) },
            ResultRoot = Bytes(RootOf(number)),
            Adds = 40,
            Removes = 10,
            Bond = LedgerFixture.Bytes(Bond),
            Reason = "because",
        };
        change?.Invoke(message);
        return Pay(from, new TransactionBody { DatasetDeltaProposal = message });
    }

    public Transaction Vote(PrivateKey from, ulong delta, bool approve = true) =>
        Pay(from, new TransactionBody { DatasetVote = new DatasetVote { Task = Bytes(Task), Delta = delta, Approve = approve } });

    public Transaction VotePeriod(PrivateKey from, ulong blocks) =>
        Pay(from, new TransactionBody { PeriodVote = new PeriodVote { Task = Bytes(Task), Blocks = blocks } });

    public Transaction Hold(PrivateKey from, ulong delta, Hash256? task = null) =>
        Chain.Protocol(from, new TransactionBody { DatasetHeld = new DatasetHeld { Task = Bytes(task ?? Task), Delta = delta } });

    /// <summary>As if a period of that length had been voted for.</summary>
    public void SetPeriod(ulong blocks)
    {
        var set = Set with { VotedPeriod = blocks };
        Chain.State = Chain.State.With(state => set.Store(state));
    }

    /// <summary>A delta that is held and approved by all validators, and the end of the period.</summary>
    public void ApplyDelta(PrivateKey from, byte number, Action<DatasetDeltaProposal>? change = null)
    {
        var (version, delta) = (Set.Version, Set.NextDelta);
        Step(Propose(from, number, change));
        Step([.. Held(delta), .. Chain.ValidatorKeys.Select(key => Vote(key, delta))]);
        StepTo(Set.Opened.Value + Set.Period(Chain.State.Parameters));
        Assert.Equal(version + 1, Set.Version);
    }

    /// <summary>A blob of that length in the place of a proposal's.</summary>
    public static void PutBlob(DatasetDeltaProposal message, int bytes)
    {
        var blob = BlobManifest.Of(new byte[bytes]);
        (message.Blob, message.Bytes) = (Bytes(blob.Hash.Value), (ulong)bytes);
        message.Chunks.Clear();
        message.Chunks.AddRange(blob.ChunkHashes.Select(Bytes));
    }

    /// <summary>All validators say so, or the first of them.</summary>
    public Transaction[] Held(ulong delta, int validators = 4) => [.. Chain.ValidatorKeys.Take(validators).Select(key => Hold(key, delta))];

    public Transaction Pay(PrivateKey from, TransactionBody body) => Chain.Pay(from, body, new Amount(Chain.FeeMin.Units * 5));

    public IEnumerable<string> Causes => Events.Where(e => e.Kind == "datasets.ended").Select(e => TrainingWorld.Attribute(e, "cause"));

    public static Hash256 RootOf(byte number) => Hash256.Sha256([200, number]);

    public static ByteString Bytes(Hash256 hash) => ByteString.CopyFrom(hash.ToArray());
}
