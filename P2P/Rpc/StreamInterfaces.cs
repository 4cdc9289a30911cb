namespace NeuroChain.P2P;

/// <summary>Messages of the other side, in order. One reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> read.</summary>
    T Current { get; }

    /// <summary>False at the end of the stream.</summary>
    /// <exception cref="RpcException">The stream broke, or carried what is no message.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Messages to the client. One writer at a time; a write returns once the transport has taken the message.</summary>
public interface IServerStreamWriter<in T>
{
    Task WriteAsync(T message, CancellationToken cancellationToken = default);
}

/// <summary>Messages to the server. One writer at a time.</summary>
public interface IClientStreamWriter<in T>
{
    /// <summary>Writes the message and lets it leave at once.</summary>
    /// <exception cref="RpcException">The call is over; its status is in the response.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken = default);

    /// <summary>Adds the message to the outgoing buffer; returns the bytes now waiting. They leave with <see cref="FlushAsync"/>.</summary>
    int Buffer(T message);

    /// <summary>Sends what was buffered.</summary>
    Task FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the stream of requests; the call goes on until the server has answered.</summary>
    Task CompleteAsync();
}

public static class AsyncStreamReaderExtensions
{
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> reader,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await reader.MoveNext(cancellationToken).ConfigureAwait(false)) yield return reader.Current;
    }
}
