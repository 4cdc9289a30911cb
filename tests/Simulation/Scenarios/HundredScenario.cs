using System.Globalization;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// A hundred validators decide blocks of a megabyte, each full of transfers, on links of 50 ms behind lines of a gigabit per second. The
/// transfers are in all mempools before, as gossip would have brought them, so a compact proposal is all that each of the others needs.
/// </summary>
/// <param name="validators">How many.</param>
/// <param name="heights">Blocks that all of them decide.</param>
/// <param name="transfers">In each block.</param>
public sealed class HundredScenario(int validators = 100, int heights = 3, int transfers = 2_400) : IScenario
{
    private const ulong LinkMs = 48; // and up to 4 ms of jitter
    private const ulong GigabitPerMs = 125_000;
    private const int PerPayer = 50;
    private const int MemoBytes = 256;
    private const int MegabyteBytes = 1_000_000;

    public string Name => "hundred";

    public ScenarioResult Run()
    {
        var payers = Enumerable.Range(0, heights * PayersOf(transfers)).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)'p', (byte)(i / 256), (byte)i]))).ToList();
        using var story = new Story(
            Name,
            new SimulationOptions
            {
                Seed = 1,
                Validators = validators,
                BlockIntervalMs = 0,
                IsWild = false,
                DelayMax = 16,
                UploadBytesPerMs = GigabitPerMs,
                TransfersPerSecond = 0,
                Holders = [.. payers.Select(payer => payer.Address)],
            },
            LinkMs);
        var cluster = story.Cluster;
        var batches = payers.Chunk(PayersOf(transfers)).Select(some => Batch(cluster, some)).ToList();
        var filled = new int[validators];
        cluster.Begin();
        Fill();
        var started = story.Now;
        story.Until(
            () =>
            {
                Fill();
                return story.Heights.Min().Value >= (ulong)heights;
            },
            600_000,
            $"height {heights} at all of {validators}");
        var each = (story.Now - started) / (double)heights;
        story.End();
        var blocks = Enumerable.Range(1, heights).Select(height => cluster.Hosts[0].Node.Chain.Get(new Height((ulong)height))!.Block).ToList();
        var (least, most) = (blocks.Min(block => block.Bytes.Length), blocks.Max(block => block.Bytes.Length));
        var rounds = cluster.Checkers.OfType<CertificateChecker>().Single().Rounds;
        return new ScenarioResult(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"{validators} validators decided {blocks.Count} blocks of {least} to {most} bytes, one every {each:F0} ms of virtual time"),
            new Dictionary<string, double>
            {
                ["validators"] = validators,
                ["heights"] = blocks.Count,
                ["bytes_least"] = least,
                ["bytes_most"] = most,
                ["transfers"] = blocks.Sum(block => block.Transactions.Length),
                ["ms_per_height"] = each,
                ["rounds"] = rounds,
            },
            [
                ScenarioBar.AtLeast("validators that decided every block", story.Heights.Count(height => height.Value >= (ulong)heights), validators),
                ScenarioBar.AtLeast("bytes of the smallest block", least, MegabyteBytes),
            ]);

        // What is to be in a node's next block is in its mempool as soon as it has the one before.
        void Fill()
        {
            for (var i = 0; i < validators; i++)
                if (story.HeightOf(i).Value is var height && (int)height == filled[i] && filled[i] < heights)
                    foreach (var transfer in batches[filled[i]++])
                        story.Expect(cluster.Hosts[i].Node.Engine!.Mempool.TryAdd(transfer, cluster.Hosts[i].Node.Engine!.State) == Ledger.MempoolRejection.None, "a mempool was to take every transfer");
        }
    }

    private static int PayersOf(int transfers) => (transfers + PerPayer - 1) / PerPayer;

    private static List<Transaction> Batch(Cluster cluster, IReadOnlyList<PrivateKey> payers)
    {
        var batch = payers.SelectMany(payer => Enumerable.Range(0, PerPayer).Select(nonce => Transfer(cluster, payer, (ulong)nonce))).ToList();
        foreach (var transfer in batch) cluster.Offered.Add(Hash256.Sha256(transfer.Bytes.Span));
        return batch;
    }

    private static Transaction Transfer(Cluster cluster, PrivateKey payer, ulong nonce) => Transaction.Sign(
        new TransactionBody
        {
            Genesis = ByteString.CopyFrom(cluster.Genesis.Hash.Value.ToArray()),
            Nonce = nonce,
            Fee = ByteString.CopyFrom(new Amount(1_000 * cluster.Genesis.Parameters.FeeMin.Units).ToArray()),
            Transfer = new Transfer
            {
                To = ByteString.CopyFrom(payer.Address.ToArray()),
                Amount = ByteString.CopyFrom(new Amount(1).ToArray()),
                Memo = new string('m', MemoBytes),
            },
        },
        payer);
}
