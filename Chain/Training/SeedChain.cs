namespace NeuroChain.Chain;

/// <summary>
/// A validator's hash chain, from its secret end: the share of number <c>length</c> is the secret, each share hashes to the one before, and
/// share 0 is the tip that is registered. Who knows an opened share knows all earlier ones and none that follows.
/// </summary>
public sealed class SeedChain
{
    /// <summary>Shorter chains would be registered again and again.</summary>
    public const uint LengthMin = 32;

    /// <summary>Also the bound on the hashes that one share costs whoever checks it.</summary>
    public const uint LengthMax = 65_536;

    /// <summary>What a node registers unless told otherwise.</summary>
    public const uint LengthDefault = 4_096;

    private readonly Hash256 _secret;

    public SeedChain(Hash256 secret, uint length)
    {
        Invariant.Check(length is >= LengthMin and <= LengthMax, "the ledger takes no shorter and no longer chain");
        _secret = secret;
        Length = length;
        Tip = Walk(secret, length);
    }

    public uint Length { get; }

    public Hash256 Tip { get; }

    /// <summary>The share of a number from 1 to the length.</summary>
    public Hash256 Share(uint index)
    {
        Invariant.Check(index >= 1 && index <= Length, "a chain has the shares from 1 to its length");
        return Walk(_secret, Length - index);
    }

    /// <summary>The share that stands this many places before another.</summary>
    public static Hash256 Walk(Hash256 share, uint steps)
    {
        for (var i = 0u; i < steps; i++) share = CandidateBinding.PreviousShare(share);
        return share;
    }
}
