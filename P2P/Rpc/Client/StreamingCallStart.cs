using Google.Protobuf;

namespace NeuroChain.P2P;

/// <summary>The beginning that calls with a stream of requests share.</summary>
internal static class StreamingCallStart
{
    public static async Task RunAsync<T>(ClientCall call, StreamingContent<T> requests) where T : class, IMessage<T>
    {
        try
        {
            await call.StartAsync(requests).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            requests.Fail(e);
            throw;
        }
    }
}
