using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What may still pass at a time. It fills by a rate up to a capacity: no window has an edge around which twice as much could pass. Both may
/// change at any time; they hold from the next filling on.
/// </summary>
/// <param name="Level">What may pass.</param>
/// <param name="Since">When that was so: the time of a block.</param>
public readonly record struct TokenBucket(Amount Level, Timestamp Since)
{
    private const ulong MillisecondsPerSecond = 1_000;

    // Three years fill any bucket, and a rate of the whole cap times that fits 128 bits.
    private const ulong ElapsedMax = 100_000_000_000;

    public TokenBucket At(Timestamp now, Amount capacity, Amount perSecond)
    {
        var elapsed = now > Since ? Math.Min(now.Milliseconds - Since.Milliseconds, ElapsedMax) : 0;
        var filled = Level + Amount.DivRem(perSecond * elapsed, MillisecondsPerSecond).Quotient;
        return new TokenBucket(Amount.Min(capacity, filled), now > Since ? now : Since);
    }

    public TokenBucket Take(Amount amount) => this with { Level = Level - amount };
}
