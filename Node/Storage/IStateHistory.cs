using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>States of earlier heights, for proofs. Safe from any thread.</summary>
public interface IStateHistory
{
    /// <summary>The state after the height; null where it is not to be had any more.</summary>
    LedgerState? At(Height height);
}
