using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// Receipts of a block under its receipts root. One proof may show several, which share their upper nodes; their places ascend, so that one
/// statement has one proof.
/// </summary>
public static class ReceiptProof
{
    /// <summary>Receipts of one proof: what a message of a bounded size can hold many times over.</summary>
    public const int ReceiptsMax = 256;

    /// <param name="receiptsRoot">Of an attested header.</param>
    /// <param name="indexes">Places of the transactions in the block, ascending.</param>
    /// <param name="nodes">All of them are used here.</param>
    /// <param name="receipts">As many as places.</param>
    /// <param name="fault">Why nothing is proven.</param>
    public static bool TryRead(
        Hash256 receiptsRoot, ReadOnlySpan<ulong> indexes, IReadOnlyList<ReadOnlyMemory<byte>> nodes, out ImmutableArray<EthereumReceipt> receipts, out ProofFault fault)
    {
        receipts = [];
        fault = ProofFault.KeysOutOfOrder;
        if (indexes.IsEmpty || indexes.Length > ReceiptsMax || !Ascend(indexes)) return false;
        if (!ProofNodes.TryCreate(nodes, out var set, out fault)) return false;
        var read = ImmutableArray.CreateBuilder<EthereumReceipt>(indexes.Length);
        foreach (var index in indexes)
        {
            if (!PatriciaProof.TryRead(receiptsRoot, PatriciaTrie.ListKey(index), set, out var value, out fault)) return false;
            fault = ProofFault.Absent;
            if (value.IsEmpty) return false;
            fault = ProofFault.MalformedValue;
            if (!EthereumReceipt.TryDecode(value, out var receipt, out _)) return false;
            read.Add(receipt);
        }

        fault = set.AreAllUsed ? ProofFault.None : ProofFault.UnusedNode;
        if (fault == ProofFault.None) receipts = read.MoveToImmutable();
        return fault == ProofFault.None;
    }

    /// <summary>The nodes that show the receipts at the places, which ascend.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> Create(PatriciaTrie receipts, params IEnumerable<ulong> indexes) =>
        receipts.Prove(indexes.Select(index => (ReadOnlyMemory<byte>)PatriciaTrie.ListKey(index)));

    private static bool Ascend(ReadOnlySpan<ulong> indexes)
    {
        for (var i = 1; i < indexes.Length; i++)
            if (indexes[i] <= indexes[i - 1])
                return false;
        return true;
    }
}
