using System.Diagnostics;

namespace NeuroChain.P2P.Tests;

/// <summary>Waits for facts of other threads: returns as soon as they hold, fails when they do not within the limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Ends what a test waits for when the test itself is ended or takes too long.</summary>
    public static CancellationToken Deadline
    {
        get
        {
            var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            source.CancelAfter(Limit);
            return source.Token;
        }
    }

    public static async Task HoldsAsync(Func<bool> fact, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!fact())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < (limit ?? Limit), $"not in time: {what}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Tries until the action throws no <typeparamref name="TException"/>.</summary>
    public static async Task SucceedsAsync<TException>(Func<Task> action) where TException : Exception
    {
        var deadline = Deadline;
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (TException) when (!deadline.IsCancellationRequested)
            {
                await Task.Delay(1, deadline);
            }
        }
    }
}
