using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>What is sent about training sets, where nearly as many deltas are open as may be and most validators have spoken.</summary>
internal static class DatasetScenes
{
    private const int Open = 48, Fresh = 16, Spoken = 60, More = 30, OfWhich = 8;

    private static PrivateKey[] Keys => CostScenes.Hundred;

    public static IEnumerable<CostScene> All()
    {
        var chain = CostScenes.OfHundred(WithTask);
        var task = chain.State.Genesis.Tasks[0].Id;
        chain.Take([.. Keys.Take(Open).Select((key, i) => Propose(chain, task, key, i))]);
        yield return CostScene.Of("dataset_delta_proposal", chain, [.. Keys.Skip(Open).Take(Fresh).Select((key, i) => Propose(chain, task, key, Open + i))]);
        chain.Take([.. Keys.Take(Spoken).SelectMany(key => Enumerable.Range(0, OfWhich).Select(i => Vote(chain, task, key, i)))]);
        yield return CostScene.Of("dataset_vote", chain, [.. Keys.Skip(Spoken).Take(More).SelectMany(key => Enumerable.Range(0, OfWhich).Select(i => Vote(chain, task, key, i)))]);
        chain.Take([.. Keys.Take(Spoken).SelectMany(key => Enumerable.Range(0, OfWhich).Select(i => Hold(chain, task, key, i)))]);
        yield return CostScene.Of("dataset_held", chain, [.. Keys.Skip(Spoken).Take(More).SelectMany(key => Enumerable.Range(0, OfWhich).Select(i => Hold(chain, task, key, i)))]);
        chain.Take([.. Keys.Take(Spoken).Select(key => Wish(chain, task, key))]);
        yield return CostScene.Of("period_vote", chain, [.. Keys.Skip(Spoken).Select(key => Wish(chain, task, key))]);
    }

    /// <summary>A task whose sets have tens of thousands of samples.</summary>
    public static GenesisDocument WithTask(GenesisDocument genesis)
    {
        var train = new GenesisDataset("train", CostScenes.Hash("train", 0), 60_000, CostScenes.Hundred[0].Address);
        var test = new GenesisDataset("test", CostScenes.Hash("test", 0), 10_000, CostScenes.Hundred[0].Address);
        return genesis with
        {
            RewardReserve = Amount.FromNtk(1_000_000),
            Datasets = [train, test],
            Tasks =
            [
                new GenesisTask(
                    "digits", new JsonObject { ["input"] = new JsonArray(1, 28, 28) }, train.Root, test.Root, GenesisTask.PublicHoldOut, 1_000,
                    CostScenes.Hash("seed", 0), CostScenes.Hash("model", 0), TrainingScenes.ModelBytes, 10, 60),
            ],
        };
    }

    private static Transaction Propose(BenchmarkChain chain, Hash256 task, PrivateKey from, int number)
    {
        var blob = BlobManifest.Of(BitConverter.GetBytes(number));
        return chain.Pay(from, new TransactionBody
        {
            DatasetDeltaProposal = new DatasetDeltaProposal
            {
                Task = task.ToByteString(),
                Blob = blob.Hash.Value.ToByteString(),
                Bytes = sizeof(int),
                Chunks = { blob.ChunkHashes.Select(chunk => chunk.ToByteString()) },
                ResultRoot = CostScenes.Hash("result", number).ToByteString(),
                Adds = 10,
                Removes = 10,
                Bond = chain.State.Parameters.Datasets.DeltaBond.ToByteString(),
                Reason = "because",
            },
        });
    }

    private static Transaction Vote(BenchmarkChain chain, Hash256 task, PrivateKey from, int delta) =>
        chain.Pay(from, new TransactionBody { DatasetVote = new DatasetVote { Task = task.ToByteString(), Delta = (ulong)delta + 1, Approve = true } }, delta);

    private static Transaction Hold(BenchmarkChain chain, Hash256 task, PrivateKey from, int delta) =>
        chain.Say(from, new TransactionBody { DatasetHeld = new DatasetHeld { Task = task.ToByteString(), Delta = (ulong)delta + 1 } });

    private static Transaction Wish(BenchmarkChain chain, Hash256 task, PrivateKey from) =>
        chain.Pay(from, new TransactionBody { PeriodVote = new PeriodVote { Task = task.ToByteString(), Blocks = chain.State.Parameters.Datasets.PeriodBlocks } });
}
