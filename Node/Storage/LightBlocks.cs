using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The light blocks that a node can show: of the heights whose blocks it keeps, where it knows the set that signed.</summary>
/// <param name="chain">Blocks and sets.</param>
/// <param name="newest">Gives the state after the last block.</param>
internal sealed class LightBlocks(ChainStore chain, Func<LedgerState> newest)
{
    /// <summary>Null where the block is not kept, or its set is not known any more.</summary>
    public LightBlock? At(Height height) =>
        chain.HeaderOf(height) is var (header, certificate) && SetOf(header.ValidatorsRoot) is { } set ? new LightBlock(header, certificate, set) : null;

    /// <summary>The set with that root. A store that began with a snapshot may not have it; the state still knows the sets of now.</summary>
    public ValidatorSet? SetOf(Hash256 root)
    {
        var state = newest();
        ValidatorSet[] known = [state.Next.Validators, ValidatorsModule.Members(state), state.Genesis.ValidatorSet()];
        return chain.ValidatorSetOf(root) ?? known.FirstOrDefault(set => set.Root == root);
    }
}
