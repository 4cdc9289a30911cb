using System.Text;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>Deltas on their way from a proposer's file over the API to the training set of four validators.</summary>
public sealed class TrainingSetNetworkTests : IDisposable
{
    private static readonly PrivateKey Proposer = TrainedChain.Key(5);
    private static readonly PrivateKey Liar = TrainedChain.Key(6);

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-datasets-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FourValidatorsHoldAndApplyATrueDeltaAndNoneHoldsAFalseOne()
    {
        var (training, test) = (SmallImages.MakeDataset(600, 1), SmallImages.MakeDataset(300, 2));
        IdxFiles.WriteFolder(_folder, training, test);
        await using var network = await RunningNetwork.StartAsync(4, 0, _ => true, genesis => WithTask(genesis, training, test), _folder);
        var members = network.Members;
        await RunningNetwork.AllConnectedAsync(members);
        var task = members[0].State.Genesis.Tasks[0].Id;

        var delta = DatasetDelta.Between(training, [3, 5], SmallImages.MakeDataset(10, 9));
        Assert.True(delta.TryApply(training, out var expected, out var error), error.ToString());
        await ProposeAsync(members[0], Proposer, task, training, delta, message => message);
        await ProposeAsync(members[1], Liar, task, training, DatasetDelta.Between(training, [7], null), message =>
        {
            message.ResultRoot = expected.Root.ToByteString();
            return message;
        });
        foreach (var member in members)
        {
            using var client = new NodeClient(member.Api);
            foreach (var number in new ulong[] { 1, 2 })
            {
                var vote = new DatasetVote { Task = task.ToByteString(), Delta = number, Approve = true };
                var signed = await client.SignAsync(member.Key, null, body => body.DatasetVote = vote, Cancelled);
                await client.SubmitAsync(signed, Cancelled);
            }
        }

        foreach (var member in members)
            await RunningNetwork.EventuallyAsync(() => TrainingSets.Get(member.State, task)!.Version == 1 && TrainingSets.Get(member.State, task)!.Open.IsEmpty, $"{member} has the next version");
        foreach (var member in members)
        {
            Assert.Equal(expected.Root, TrainingSets.Get(member.State, task)!.Root);
            Assert.Equal(Proposer.Address, TrainingSets.Version(member.State, task, 1)!.Proposer);
            Assert.Equal(Amount.FromNtk(1), SupplyRecord.Get(member.State).Burned - FeesBurned(member.State)); // the liar's bond

            // Each serves what makes the version again from the genesis.
            using var client = new NodeClient(member.Api);
            var again = await new DatasetClient(client.Channel).BringUpAsync(task, training, null, Cancelled);
            Assert.Equal(expected.Root, again!.Root);
        }
    }

    // Fees burn too, in parts of an NTK.
    private static Amount FeesBurned(LedgerState state) => Amount.DivRem(SupplyRecord.Get(state).Burned, (ulong)Amount.UnitsPerNtk).Remainder;

    private static async Task ProposeAsync(
        RunningNetwork.Member to, PrivateKey key, Hash256 task, Dataset set, DatasetDelta delta, Func<DatasetDeltaProposal, DatasetDeltaProposal> change)
    {
        using var client = new NodeClient(to.Api);
        var (message, blob) = await DatasetProposal.MakeAsync(client, task, set, delta, null, "a test", Cancelled);
        var signed = await client.SignAsync(key, null, body => body.DatasetDeltaProposal = change(message), Cancelled);
        var hash = await client.SubmitAsync(signed, Cancelled);
        Assert.Equal(0u, (await client.WaitAsync(hash, TimeSpan.FromSeconds(60), Cancelled)).Code);
        await new TrainingClient(client.Channel).UploadWhenNamedAsync(to.State.GenesisHash, key, BlobManifest.Of(blob), blob, _ => { }, Cancelled);
    }

    private static GenesisDocument WithTask(GenesisDocument genesis, Dataset training, Dataset test)
    {
        Assert.True(ModelSpec.TryCreate(training.Shape, [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        var seed = Hash256.Sha256([3]);
        var model = (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(spec.CanonicalJson))!;
        var initial = InitialModels.Make(spec, seed);
        return genesis with
        {
            Parameters = genesis.Parameters with
            {
                Training = new TrainingParameters { EvaluationSamples = 256, PrivateSamples = 4 },
                Datasets = new DatasetParameters { PeriodBlocks = 60, DeltaBond = Amount.FromNtk(1) },
            },
            Allocations = [.. genesis.Validators.Select(validator => validator.Address).Append(Proposer.Address).Append(Liar.Address).Select(address => new GenesisAllocation(address, Amount.FromNtk(1_000)))],
            RewardReserve = Amount.FromNtk(10_000_000),
            Datasets = [new GenesisDataset("train", training.Root, (uint)training.Count, Address.Zero), new GenesisDataset("test", test.Root, (uint)test.Count, Address.Zero)],
            Tasks = [new GenesisTask("digits", model, training.Root, test.Root, "public-hold-out", 1_000, seed, BlobManifest.Of(initial).Hash.Value, (ulong)initial.Length, 10, 20)],
        };
    }
}
