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

    public static bool TryPrepare(ReadOnlySpan<byte> bytes, GenesisHash genesis, [NotNullWhen(true)] out PreparedBlock? prepared, out BlockRefusal refusal)
    {
        prepared = null;
        if (!Block.TryDecode(bytes, out var block, out var fault))
        {
            refusal = new BlockRefusal(fault, "the block's bytes");
            return false;
        }

        refusal = BlockTransactions.Decode(block, genesis, NoTransactions.Instance, out var transactions);
        if (!refusal.IsNone) return false;
        prepared = new PreparedBlock(block, transactions);
        return true;
    }
}
