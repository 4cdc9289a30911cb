using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>How a burn ended, as far as the chain has told.</summary>
internal enum BurnEnd
{
    Open,
    Released,
    Refunded,
}

/// <summary>A burn that stands in a block, and what must become of it.</summary>
internal sealed record ExpectedBurn(Hash256 BurnId, Address Sender, Address To, UInt128 Units)
{
    public BurnEnd End { get; set; }
}
