using System.Diagnostics;
using NeuroChain.P2P;

namespace NeuroChain.EndToEnd;

/// <summary>Waits for facts about other processes: returns as soon as they hold, fails when they do not within the limit.</summary>
internal static class Eventually
{
    /// <summary>Generous: the machine may be busy with other things.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A node that does not answer at the moment is not at the fact yet.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> fact, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        var last = "";
        while (true)
        {
            try
            {
                if (await fact()) return;
            }
            catch (RpcException away)
            {
                last = $" ({away.Status})";
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < (limit ?? Limit), $"not in time: {what}{last}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(Func<bool> fact, string what, TimeSpan? limit = null) => HoldsAsync(() => Task.FromResult(fact()), what, limit);
}
