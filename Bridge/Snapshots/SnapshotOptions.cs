using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Which snapshot is built. All validators use the same values, and so come to the same file.</summary>
/// <param name="Quorum">Of the endpoints, and the chain that they must be of.</param>
/// <param name="Token">Whose holders.</param>
/// <param name="FirstBlock">The token's deployment, or before it.</param>
/// <param name="Block">A final one. Endpoints must still have its state, so it is one of the last.</param>
/// <param name="Exclusions">Who is no leaf.</param>
public sealed record SnapshotOptions(QuorumOptions Quorum, Address Token, ulong FirstBlock, ulong Block, ExclusionList Exclusions)
{
    /// <summary>Blocks whose events are asked for at once; half as many after each answer that does not come or is too large. Public providers take some thousands.</summary>
    public int RangeMax { get; init; } = 2_000;

    /// <summary>Balances in one proof: of each about four nodes are its own.</summary>
    public int ProofHolders { get; init; } = 64;

    /// <summary>Slot of totalSupply and of the mapping of balances: 0 and 1 in the real NTK.</summary>
    public ulong SupplySlot { get; init; }

    public ulong BalancesSlot { get; init; } = 1;

    /// <exception cref="OperatorException">They make no snapshot.</exception>
    public void Check()
    {
        Quorum.Check();
        if (Token.IsZero) throw new OperatorException("the token's address is zero");
        if (Block == 0 || FirstBlock > Block) throw new OperatorException($"a snapshot after block {Block} reads events from a block up to it, not from {FirstBlock}");
    }
}
