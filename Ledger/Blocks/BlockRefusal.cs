using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Why a block is refused: the rule, and for people what broke it.</summary>
public readonly record struct BlockRefusal(BlockFault Fault, string Detail)
{
    public static readonly BlockRefusal None = new(BlockFault.None, "");

    public bool IsNone => Fault == BlockFault.None;

    public override string ToString() => IsNone ? "valid" : $"{Fault}: {Detail}";
}
