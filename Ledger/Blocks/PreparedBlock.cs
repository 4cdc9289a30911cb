using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A block whose transactions are decoded and whose signatures are checked before it is its turn: that needs no state, so it is done ahead, on
/// other cores, while the blocks before are executed.
/// </summary>
public sealed class PreparedBlock
{
    private PreparedBlock(Block block, ImmutableArray<Transaction> transactions)
    {
        Block = block;
        Transactions = transactions;
    }

    public Block Block { get; }

    public ImmutableArray<Transaction> Transactions { get; }

    /// <param name="bytes">Kept, not copied: they must not change afterwards.</param>
    /// <param name="genesis">The chain that it must be for.</param>
    /// <param name="prepared">Null where it is refused.</param>
    /// <param name="refusal">Why it is.</param>
    public static bool TryPrepare(ReadOnlyMemory<byte> bytes, GenesisHash genesis, [NotNullWhen(true)] out PreparedBlock? prepared, out BlockRefusal refusal)
    {
        prepared = null;
        if (!Block.TryDecodeKept(bytes, out var block, out var fault))
        {
            refusal = new BlockRefusal(fault, "the block's bytes");
            return false;
        }

        refusal = BlockTransactions.Decode(block, genesis, NoTransactions.Instance, out var transactions);
        if (!refusal.IsNone) return false;
        prepared = new PreparedBlock(block, transactions);
        return true;
    }

    /// <summary>The same for a proposed block: what was known of it was checked before.</summary>
    /// <param name="assembly">With nothing missing.</param>
    /// <param name="block">What it came to.</param>
    /// <param name="genesis">The chain that it must be for.</param>
    /// <param name="prepared">Null where it is refused.</param>
    /// <param name="refusal">Why it is.</param>
    public static bool TryPrepare(BlockAssembly assembly, Block block, GenesisHash genesis, [NotNullWhen(true)] out PreparedBlock? prepared, out BlockRefusal refusal)
    {
        refusal = assembly.Prepare(block, genesis, out var transactions);
        prepared = refusal.IsNone ? new PreparedBlock(block, transactions) : null;
        return prepared is not null;
    }
}
