using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A decided block as a peer sent it, not yet checked, with its certificate.</summary>
/// <param name="Block">The bytes.</param>
/// <param name="Certificate">The bytes.</param>
/// <param name="Prepared">The block with its signatures checked ahead; null where nobody did, or where they are not good.</param>
public readonly record struct FetchedBlock(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate, PreparedBlock? Prepared = null)
{
    /// <summary>Does ahead, on any thread, what needs no state.</summary>
    public FetchedBlock Prepare(GenesisHash genesis) => PreparedBlock.TryPrepare(Block, genesis, out var prepared, out _) ? this with { Prepared = prepared } : this;
}
