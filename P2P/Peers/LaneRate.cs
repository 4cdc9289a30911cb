namespace NeuroChain.P2P;

/// <summary>How fast one lane of one peer is read, whatever its connections: messages and bytes each have their bucket.</summary>
internal sealed class LaneRate(LaneOptions options, TimeProvider time)
{
    // Shorter waits are left to add up: a timer per message would cost more than the message.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);

    private readonly RateLimit _messages = new(options.MessagesPerSecond, options.MessagesPerSecond, time);

    // Two of the greatest messages may come together at any time: a proposal is not slowed because one went before.
    private readonly RateLimit _bytes = new(options.BytesPerSecond, Math.Max(options.BytesPerSecond, 2.0 * options.MaxMessageBytes), time);

    /// <summary>A message of so many bytes was read: how long to read nothing.</summary>
    public TimeSpan Read(int bytes)
    {
        var (count, size) = (_messages.Take(1), _bytes.Take(bytes));
        var wait = count > size ? count : size;
        return wait < Least ? TimeSpan.Zero : wait;
    }
}
