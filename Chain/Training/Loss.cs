namespace NeuroChain.Chain;

/// <summary>The unit of losses and gains on chain: 2^-20 nats, per sample, clamped to [0, 64] nats.</summary>
public static class Loss
{
    public const int FractionBits = 20;

    public const ulong UnitsPerNat = 1UL << FractionBits;

    public const ulong UnitsMax = 64 * UnitsPerNat;
}
