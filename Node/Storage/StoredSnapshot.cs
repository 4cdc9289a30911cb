using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A snapshot that was read from the disk and is whole.</summary>
/// <param name="State">The state.</param>
/// <param name="Blocks">The last blocks up to it, ascending, and as the last one the block after it, whose header has its roots.</param>
/// <param name="Transactions">Transactions since genesis, as the node that wrote it counted.</param>
internal sealed record StoredSnapshot(LedgerState State, IReadOnlyList<KeptBlock> Blocks, ulong Transactions)
{
    /// <summary>The block that shows the state to be the one that the validators agreed on.</summary>
    public KeptBlock Next => Blocks[^1];

    /// <summary>Whether the validators that signed that block are those of the genesis: else whoever trusts the snapshot trusts its validator set too.</summary>
    public bool IsOfGenesisValidators => Next.Block.Header.ValidatorsRoot == State.Genesis.ValidatorSet().Root;
}
