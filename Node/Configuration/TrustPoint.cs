using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A header that the operator has from somebody whom he trusts, as settings write it.</summary>
/// <param name="Height">From 1 on.</param>
/// <param name="Hash">0x and 64 hexadecimal digits.</param>
public sealed record TrustPoint(ulong Height, string Hash)
{
    /// <summary>Whether it says which header that is.</summary>
    internal bool IsWhole => Height > 0 && Hash256.TryParse(Hash, out _);

    /// <summary>As a light client takes it.</summary>
    internal (Height Height, BlockHash Hash) Header
    {
        get
        {
            var isHash = Hash256.TryParse(Hash, out var hash);
            Invariant.Check(isHash, "settings are checked when they are read");
            return (new Height(Height), new BlockHash(hash));
        }
    }
}
