using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>The tests' own links do what the tests believe of them.</summary>
public sealed class LinkProxyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AGoodLinkCarriesAllBytesBothWays()
    {
        await using var echo = await Echo.StartAsync();
        using var client = await echo.DialAsync();
        var sent = new SeededStream(7);
        var bytes = new byte[300_000];
        sent.Fill(bytes);
        var sending = client.GetStream().WriteAsync(bytes, Cancelled);
        var back = new byte[bytes.Length];
        await client.GetStream().ReadExactlyAsync(back, Cancelled);
        await sending;
        Assert.Equal(bytes, back);
    }

    [Fact]
    public async Task ASlowLinkTakesItsTimeEachWay()
    {
        await using var echo = await Echo.StartAsync();
        echo.Link.Conditions = new LinkConditions { Delay = TimeSpan.FromMilliseconds(150) };
        using var client = await echo.DialAsync();
        Assert.True(await RoundTripAsync(client) >= TimeSpan.FromMilliseconds(290), "two ways of 150 ms");
    }

    [Fact]
    public async Task ANarrowLinkTakesTimeForItsBytes()
    {
        await using var echo = await Echo.StartAsync();
        echo.Link.Conditions = new LinkConditions { BytesPerSecond = 64 * 1024 };
        using var client = await echo.DialAsync();
        Assert.True(await RoundTripAsync(client, 40 * 1024) >= TimeSpan.FromMilliseconds(300), "40 KiB at 64 KiB per second");
    }

    [Fact]
    public async Task AStallingLinkHoldsBackAndLosesNothing()
    {
        await using var echo = await Echo.StartAsync();
        using var client = await echo.DialAsync();
        echo.Link.Conditions = new LinkConditions { StallsEvery = TimeSpan.FromMilliseconds(20), StallsFor = TimeSpan.FromMilliseconds(200) };
        await Eventually.HoldsAsync(async () => await RoundTripAsync(client) > TimeSpan.FromMilliseconds(50), "a round trip that a stall holds up");
    }

    [Fact]
    public async Task WhatIsSentIntoABlackHoleComesWhenItIsNoneAnyMore()
    {
        await using var echo = await Echo.StartAsync();
        using var client = await echo.DialAsync();
        await RoundTripAsync(client);
        echo.Link.Conditions = LinkConditions.BlackHole;
        var trip = RoundTripAsync(client);
        Assert.NotSame(trip, await Task.WhenAny(trip, Task.Delay(300, Cancelled)));
        echo.Link.Conditions = LinkConditions.Good;
        await trip;
    }

    [Fact]
    public async Task ACutLinkEndsItsConnectionsAndTakesNone()
    {
        await using var echo = await Echo.StartAsync();
        using var client = await echo.DialAsync();
        await RoundTripAsync(client);
        echo.Link.Conditions = LinkConditions.Cut;
        await EndsAsync(() => RoundTripAsync(client));
        await EndsAsync(async () =>
        {
            using var later = await echo.DialAsync();
            await RoundTripAsync(later);
        });
        echo.Link.Conditions = LinkConditions.Good;
        using var last = await echo.DialAsync();
        await RoundTripAsync(last);
    }

    // The end shows in whatever is done when it comes: dialling, sending or waiting.
    private static async Task EndsAsync(Func<Task> what)
    {
        var end = await Assert.ThrowsAnyAsync<Exception>(what);
        Assert.True(end is IOException or InvalidOperationException or SocketException, end.ToString());
    }

    private static async Task<TimeSpan> RoundTripAsync(TcpClient client, int bytes = 1)
    {
        var started = Stopwatch.GetTimestamp();
        var sending = client.GetStream().WriteAsync(new byte[bytes], Cancelled);
        await client.GetStream().ReadExactlyAsync(new byte[bytes], Cancelled);
        await sending;
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>A server that says what it hears, behind a link.</summary>
    private sealed class Echo : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public LinkProxy Link { get; private set; } = null!;

        public static Task<Echo> StartAsync()
        {
            var echo = new Echo();
            echo._listener.Start();
            _ = echo.AcceptAsync();
            echo.Link = new LinkProxy((IPEndPoint)echo._listener.LocalEndpoint, new SeededStream(1));
            return Task.FromResult(echo);
        }

        public async Task<TcpClient> DialAsync()
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(Link.Endpoint, Cancelled);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await Link.DisposeAsync();
            _listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = EchoAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
            }
        }

        private static async Task EchoAsync(TcpClient client)
        {
            using (client)
                try
                {
                    await client.GetStream().CopyToAsync(client.GetStream());
                }
                catch (IOException)
                {
                }
        }
    }
}
