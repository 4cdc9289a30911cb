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

    private BlockFetcher Fetcher(Func<Address, string, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> peer) =>
        new(peer, () => _host, NullLogger.Instance);

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
