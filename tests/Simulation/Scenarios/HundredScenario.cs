using System.Globalization;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// A hundred validators decide blocks of a megabyte, each full of transfers, on links of 50 ms behind lines of a gigabit per second. What
/// travels is a compact proposal, the hashes of the transfers: they are in all mempools before, as gossip would have brought them. Of one block
/// more half of the nodes lack a tenth of the transfers, as where gossip was slow: they ask for them by their places, and get them whole.
/// </summary>
/// <param name="validators">How many.</param>
/// <param name="heights">Blocks whose transfers everybody has; one more is decided after them.</param>
/// <param name="transfers">In each block.</param>
public sealed class HundredScenario(int validators = 100, int heights = 3, int transfers = 2_400) : IScenario
{
    private const ulong LinkMs = 48; // and up to 4 ms of jitter
    private const ulong GigabitPerMs = 125_000;
    private const int PerPayer = 50;
    private const int MemoBytes = 256;
    private const int MegabyteBytes = 1_000_000;
    private const int LackedOf = 10; // of so many payers the transfers of one

    public string Name => "hundred";

    public ScenarioResult Run()
    {
        var payers = Enumerable.Range(0, (heights + 1) * PayersOf(transfers)).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)'p', (byte)(i / 256), (byte)i]))).ToList();
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
        var (filled, lacking, supply) = (new int[validators], new HashSet<int>(), new SupplyTally());
        cluster.Watch(supply);
        cluster.Begin();
        Fill();
        var each = DecideUntil(heights) / (double)heights;
        var askedBefore = supply.Askers.Count;
        var last = DecideUntil(heights + 1);
        story.End();
        var blocks = Enumerable.Range(1, heights + 1).Select(height => cluster.Hosts[0].Node.Chain.Get(new Height((ulong)height))!.Block).ToList();
        var (least, most) = (blocks.Min(block => block.Bytes.Length), blocks.Max(block => block.Bytes.Length));
        var rounds = cluster.Checkers.OfType<EventTally>().Single().Rounds;
        return new ScenarioResult(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"{validators} validators decided {blocks.Count} blocks of {least} to {most} bytes: one every {each:F0} ms of virtual time where all had the transfers and the hashes travelled, and one in {last} ms of which {lacking.Count} lacked a tenth and were sent it"),
            new Dictionary<string, double>
            {
                ["validators"] = validators,
                ["heights"] = blocks.Count,
                ["bytes_least"] = least,
                ["bytes_most"] = most,
                ["transfers"] = blocks.Sum(block => block.Transactions.Length),
                ["ms_per_height"] = each,
                ["rounds"] = rounds,
                ["proposal_bytes"] = CompactBlock.Of(blocks[^1]).Encode().Length,
                ["nodes_that_lacked"] = lacking.Count,
                ["transfers_supplied"] = supply.Supplied,
                ["bytes_supplied"] = supply.Bytes,
                ["ms_of_the_height_with_lacks"] = last,
            },
            [
                ScenarioBar.AtLeast("validators that decided every block", story.Heights.Count(height => height.Value > (ulong)heights), validators),
                ScenarioBar.AtLeast("bytes of the smallest block", least, MegabyteBytes),
                ScenarioBar.AtMost("nodes that asked for transfers which all had", askedBefore, 0),
                ScenarioBar.AtLeast("transfers supplied of a block that half of the nodes lacked a tenth of", supply.Supplied, (validators / 2 - 1) * transfers / LackedOf),
                ScenarioBar.AtMost("rounds that the blocks took", rounds, blocks.Count),
            ]);

        // Virtual milliseconds until all have a height.
        ulong DecideUntil(int height)
        {
            var started = story.Now;
            story.Until(
                () =>
                {
                    Fill();
                    return story.Heights.Min().Value >= (ulong)height;
                },
                600_000,
                $"height {height} at all of {validators}");
            return story.Now - started;
        }

        // What is to be in a node's next block is in its mempool as soon as it has the one before.
        void Fill()
        {
            for (var i = 0; i < validators; i++)
                if (story.HeightOf(i).Value is var height && (int)height == filled[i] && filled[i] <= heights)
                    Take(cluster.Hosts[i].Node, batches[filled[i]++]);
        }

        // Of the last block every second node lacks some, but whoever leads: it could not offer them.
        void Take(SimulatedNode node, IReadOnlyList<Transaction> batch)
        {
            var engine = node.Engine!;
            var lacks = filled[node.Index] > heights && node.Index % 2 == 1 && engine.State.Next.Schedule.Leader(Round.Zero) != node.Key.Address;
            if (lacks) lacking.Add(node.Index);
            for (var i = 0; i < batch.Count; i++)
                if (!lacks || i / PerPayer % LackedOf != 0)
                    story.Expect(engine.Mempool.TryAdd(batch[i], engine.State) == Ledger.MempoolRejection.None, "a mempool was to take every transfer");
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

    /// <summary>What nodes ask for of a proposed block, and what they are sent.</summary>
    private sealed class SupplyTally : IChecker
    {
        public string Name => "supply of blocks";

        public HashSet<Address> Askers { get; } = [];

        public int Supplied { get; private set; }

        public long Bytes { get; private set; }

        public void Left(SimulatedNode from, Address? to, PeerMessage message)
        {
            if (message is PeerMessage.MissingMessage) Askers.Add(from.Address);
            if (message is not PeerMessage.SuppliedMessage supplied) return;
            Supplied += supplied.Transactions.Length;
            Bytes += message.Encode().Length;
        }
    }
}
