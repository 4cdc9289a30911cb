using System.Net;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.EndToEnd;

/// <summary>Validators that keep snapshots, and observers that may come. The state is cut into four chunks; a genesis file has no room for many more accounts.</summary>
public sealed class SnapshotNetworkFixture() : NetworkFixture(new NetworkShape { SnapshotEvery = 20, Guests = 4, IdleAccounts = 41_500 });

/// <summary>A fifth node begins with a snapshot of the others and follows the chain, as a process among processes.</summary>
public sealed class SnapshotJoinTests(SnapshotNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<SnapshotNetworkFixture>
{
    private const int HeightsMin = 20;

    // Longer than a second for each chunk, two of them at a time.
    private static readonly LinkConditions Slow = new() { BytesPerSecond = 200_000 };

    [Fact]
    public async Task AnObserverBeginsWithASnapshotOfItsPeersAndFollows()
    {
        await Network.AllReachAsync(HeightsMin + 3);
        await SnapshotAsync();
        var guest = Network.AddGuest(options => options with { SnapshotSync = true, SnapshotSyncHeights = HeightsMin });
        guest.Start();
        await guest.WaitUntilUpAsync();
        Assert.Contains(guest.Log, line => line.Contains("began with the snapshot of height ", StringComparison.Ordinal));
        await FollowsAsync(guest);
        Assert.InRange((await guest.StatusAsync()).EarliestHeight, HeightsMin - (ulong)Limits.LatePrecommitBlocks, ulong.MaxValue); // what came before it never had
        var asked = new ProveStateRequest { Height = 1, Keys = { new StateSelector { Account = Network.Funded.Address.ToByteString() } } };
        var refused = await Assert.ThrowsAsync<RpcException>(() => guest.Client.Channel.UnaryAsync(ApiMethods.ProveState, asked, null, Cancelled));
        Assert.Equal((StatusCode.OutOfRange, "this node does not keep the state after 1"), (refused.StatusCode, refused.Status.Message));
        await IsWholeAsync(guest);

        // With a chain of its own it asks for none.
        var before = guest.Log.Count;
        guest.Start();
        await FollowsAsync(guest);
        Assert.DoesNotContain(guest.Log.Skip(before), line => line.Contains("snapshot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OneThatIsKilledBetweenChunksGoesOnWithThoseThatItHas()
    {
        await Network.AllReachAsync(HeightsMin + 3);
        await SnapshotAsync();
        await using var first = new LinkProxy(IPEndPoint.Parse(P2POf(0)), new SeededStream(Hash256.Sha256([1]))) { Conditions = Slow };
        await using var second = new LinkProxy(IPEndPoint.Parse(P2POf(1)), new SeededStream(Hash256.Sha256([2]))) { Conditions = Slow };
        var trusted = await Network.Nodes[2].BlockAsync(3);
        var guest = Network.AddGuest(options => options with
        {
            SnapshotSync = true,
            SnapshotSyncHeights = HeightsMin,
            Trusted = new TrustPoint(3, Hex.Encode(trusted.Hash.Span)),
            Peers = [$"{Network.Nodes[0].Identity}@{first.Endpoint}", $"{Network.Nodes[1].Identity}@{second.Endpoint}"],
        });
        guest.Start();
        await Eventually.HoldsAsync(() => ChunksOf(guest) > 0, "a chunk is kept");
        guest.Kill();
        await guest.GoneAsync();
        Assert.InRange(ChunksOf(guest), 1, 3);

        (first.Conditions, second.Conditions) = (LinkConditions.Good, LinkConditions.Good);
        guest.Start();
        await guest.WaitUntilUpAsync();
        Assert.Contains(guest.Log, line => line.Contains("of 4 chunks are here from before", StringComparison.Ordinal) && !line.Contains(" 0 of 4", StringComparison.Ordinal));
        Assert.Contains(guest.Log, line => line.Contains("began with the snapshot of height ", StringComparison.Ordinal));
        Assert.Equal(0, ChunksOf(guest));
        await FollowsAsync(guest);
        await IsWholeAsync(guest);
    }

    [Fact]
    public async Task OneThatIsKilledAtEveryStageEndsWithTheStateOfTheOthers()
    {
        await Network.AllReachAsync(HeightsMin + 3);
        await SnapshotAsync();
        var guest = Network.AddGuest(options => options with { SnapshotSync = true, SnapshotSyncHeights = HeightsMin });
        foreach (var stage in new[] { "looking for a snapshot", "Connected to", "fetching the snapshot", "began with the snapshot", "started at height" })
        {
            var before = guest.Log.Count;
            guest.Start();
            await Eventually.HoldsAsync(() => guest.Log.Skip(before).Any(line => line.Contains(stage, StringComparison.Ordinal)) || !guest.IsRunning, stage);
            guest.Kill();
            await guest.GoneAsync();
        }

        guest.Start();
        await FollowsAsync(guest);
        await IsWholeAsync(guest);
    }

    [Fact]
    public async Task OneThatTrustsAnotherHeaderRefusesInOneLine()
    {
        await Network.AllReachAsync(HeightsMin + 3);
        var wrong = new TrustPoint(5, Hash256.Sha256([9]).ToString());
        var guest = Network.AddGuest(options => options with { SnapshotSync = true, SnapshotSyncHeights = HeightsMin, Trusted = wrong });
        guest.Start();
        Assert.Equal(2, await guest.EndedAsync(Eventually.Limit));
        Assert.Matches($"^neurochain: config: trusted: header 5 is 0x[0-9a-f]{{64}} at 0x[0-9a-fA-F]{{40}}, {wrong.Hash} is trusted: one of you is on another chain\n$", guest.Errors);
        using var store = DatabaseCommand.Open(guest.Home);
        Assert.Null(new ChainStore(store).Mark);
    }

    // Four chunks, or the test of those that are kept shows nothing.
    private async Task SnapshotAsync()
    {
        foreach (var node in Network.Nodes)
            await Eventually.HoldsAsync(() => new SnapshotFolder(node.Home.SnapshotFolder).Heights is [.., var newest] && Chunks(new SnapshotFolder(node.Home.SnapshotFolder).PathOf(newest)) == 4, $"{node.Name} has a snapshot");
    }

    private string P2POf(int node) => NodeOptions.Load(Network.Nodes[node].Home.ConfigFile).P2p;

    private static int Chunks(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "chunk-*").Length : 0;

    private static int ChunksOf(NodeProcess guest) =>
        Directory.Exists(guest.Home.SnapshotFolder) ? Directory.GetDirectories(guest.Home.SnapshotFolder, "incoming-*").Sum(Chunks) : 0;

    // Every header has the state root of the height before: it has executed blocks, and came to the same.
    private async Task FollowsAsync(NodeProcess guest)
    {
        var height = await Network.HighestAsync() + 5;
        await guest.ReachesAsync(height);
        await Network.AllReachAsync(height);
        var (ours, theirs) = (await guest.BlockAsync(height), await Network.Nodes[0].BlockAsync(height));
        Assert.Equal(theirs.Hash, ours.Hash);
        Assert.Equal(theirs.StateRoot, ours.StateRoot);
    }

    private static async Task IsWholeAsync(NodeProcess guest)
    {
        Assert.Equal(0, await guest.TerminateAsync(Eventually.Limit));
        using var report = new StringWriter();
        Assert.True(DatabaseCommand.Verify(guest.Home, isFast: false, report) == 0, report.ToString());
    }
}
