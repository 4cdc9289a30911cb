using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>Who asks a peer for blocks takes no more of it than was asked for, whatever comes.</summary>
public sealed class BlockFetcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly OneOfFour _node = new(leads: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineHost _host;
    private readonly Time _time = new();
    private readonly LogLines _log = new();
    private int _given;

    public BlockFetcherTests()
    {
        _host = new EngineHost(_node.Make(), _ => { }, TimeProvider.System, NullLogger.Instance);
        _host.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _node.Dispose();
    }

    [Theory]
    [InlineData(1, 5, 5)]
    [InlineData(7, 7, 1)]
    [InlineData(1, 1_000_000, (int)SyncPlanner.RangeMax)]
    public async Task AnAnswerWithoutEndIsLeftWhereTheRangeEnds(ulong from, ulong to, int taken)
    {
        Fetcher(Endless).Fetch(new EngineOutput.FetchBlocks(_node.Others[0].Address, new Height(from), new Height(to), Attempt: 1));
        await _ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(taken, _given);
    }

    /// <summary>It waits as long as the engine lets it, and no longer.</summary>
    [Fact]
    public async Task APeerThatNeverAnswersIsLeftWhenTheEngineSaysSo()
    {
        var fetcher = Fetcher(Silent);
        fetcher.Fetch(new EngineOutput.FetchBlocks(_node.Others[0].Address, Height.First, new Height(9), Attempt: 2));
        fetcher.Stop(2);
        await _ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, _given);
        Assert.False(_host.Completion.IsFaulted);
    }

    /// <summary>A node that is further behind than its peers keep blocks stands, and nobody did anything wrong.</summary>
    [Fact]
    public async Task ThatNobodyHasTheNextBlockIsSaid()
    {
        var fetcher = Fetcher((_, _, _, _) => Nothing());
        for (ulong attempt = 1; attempt <= 3; attempt++)
        {
            fetcher.Fetch(new EngineOutput.FetchBlocks(_node.Others[(int)attempt % 2].Address, Height.First, new Height(9), attempt));
            await RunningNetwork.EventuallyAsync(() => fetcher.Running == 0, "it answered");
            if (attempt < 3) Assert.False(_log.Has("is not to be had"));
            _time.Now += MissingBlocks.Patience / 2;
        }

        Assert.Equal(1, _log.Count("block 1 is not to be had"));
        Assert.True(_log.Has(_node.Others[0].Address.ToString()) && _log.Has(_node.Others[1].Address.ToString()));
    }

    [Fact]
    public void OnlyTheNextBlockIsMissedAndItIsSaidOncePerPause()
    {
        var (one, other) = (_node.Others[0].Address, _node.Others[1].Address);
        var missing = new MissingBlocks();
        var (next, minute) = (new Height(7), MissingBlocks.Patience);
        Assert.Empty(missing.Lacks(one, next, next, TimeSpan.Zero));
        Assert.Empty(missing.Lacks(other, next.Next(), next, minute)); // of a range further on
        Assert.Empty(missing.Lacks(one, next, next, minute - TimeSpan.FromTicks(1)));
        Assert.Equal([one], missing.Lacks(one, next, next, minute));
        Assert.Empty(missing.Lacks(other, next, next, minute + MissingBlocks.Pause - TimeSpan.FromTicks(1)));
        Assert.Equal(new[] { one, other }.Order(), missing.Lacks(one, next, next, minute + MissingBlocks.Pause));
        Assert.Empty(missing.Lacks(one, next.Next(), next.Next(), 20 * minute)); // it came
    }

    private BlockFetcher Fetcher(Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> peer) =>
        new(peer, () => _host, _time, _log);

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Endless(Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            while (true)
            {
                _given++;
                yield return new byte[] { 1, 2, 3 }; // no block: what it is, the engine finds out
                await Task.Yield();
            }
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nothing()
    {
        await Task.Yield();
        yield break;
    }

    private sealed class Time : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Silent(Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            await Task.Delay(System.Threading.Timeout.Infinite, stop);
            yield return default;
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
