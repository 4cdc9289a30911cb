using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Answers peers that lack transactions of a proposed block: of those in progress and of the last decided one, a bounded number of bytes to
/// each peer between two ticks.
/// </summary>
internal sealed class BlockSupply(ProposedBlocks blocks)
{
    // A whole block, and the rest of one for whoever asked in two goes.
    private const long BytesMax = 2L * Limits.BlockBytesMax;

    private readonly Dictionary<Address, long> _supplied = [];
    private Block? _decided;

    /// <summary>Who is slower than the rest still wants its block.</summary>
    public void Decided(Block block) => _decided = block;

    public void Tick() => _supplied.Clear();

    public IEnumerable<PeerMessage> Answer(Address peer, PeerMessage.MissingMessage missing)
    {
        var block = blocks.TryGet(missing.Block, out var validated) ? validated.Block : _decided;
        if (block is null || block.Hash != missing.Block || missing.Places[^1] >= block.Transactions.Length) yield break;
        foreach (var message in PeerMessage.SuppliedMessage.Batches(block, missing.Places))
        {
            var before = _supplied.GetValueOrDefault(peer);
            if (before > BytesMax) yield break;
            _supplied[peer] = before + message.Transactions.Sum(item => (long)item.Bytes.Length);
            yield return message;
        }
    }
}
