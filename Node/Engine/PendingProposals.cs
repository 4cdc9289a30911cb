using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Proposals of the height in progress whose blocks lack transactions. Bounded in number; where there are too many, that of the latest round
/// goes: it is the least likely to be needed.
/// </summary>
internal sealed class PendingProposals
{
    /// <summary>Each may come to hold a whole block.</summary>
    public const int CountMax = 6;

    /// <summary>Who says the proposal again before this is over is not asked again: the answer may be on its way.</summary>
    private const ulong AskAgainMs = 300;

    private readonly List<Pending> _all = [];

    public bool IsEmpty => _all.Count == 0;

    public void Add(Address peer, SignedProposal signed, BlockAssembly assembly, Timestamp receivedAt)
    {
        _all.Add(new Pending(peer, signed, assembly, receivedAt));
        if (_all.Count > CountMax) _all.Remove(_all.MaxBy(pending => pending.Signed.Proposal.Round)!);
    }

    public bool Contains(Proposal proposal) => _all.Exists(pending => pending.Signed.Proposal == proposal);

    /// <summary>The block that is being put together; null where it is not.</summary>
    public BlockAssembly? AssemblyOf(BlockHash block) => _all.Find(pending => pending.Signed.Proposal.Block == block)?.Assembly;

    /// <summary>Whether to ask now for what the block lacks; true at most once in a while.</summary>
    public bool IsToAsk(BlockHash block, Timestamp now)
    {
        var isToAsk = false;
        foreach (var pending in _all.Where(pending => pending.Signed.Proposal.Block == block))
        {
            if (pending.AskedAt is { } at && now >= at && now.Milliseconds - at.Milliseconds < AskAgainMs) return false;
            pending.AskedAt = now;
            isToAsk = true;
        }

        return isToAsk;
    }

    /// <summary>A transaction has come; true where some block lacks none any more.</summary>
    public bool Offer(Transaction transaction)
    {
        var isWhole = false;
        foreach (var pending in _all) isWhole |= pending.Assembly.Offer(transaction) && pending.Assembly.Missing.Count == 0;
        return isWhole;
    }

    /// <summary>Takes out those that lack nothing.</summary>
    public IReadOnlyList<Pending> TakeWhole()
    {
        var whole = _all.Where(pending => pending.Assembly.Missing.Count == 0).ToList();
        _all.RemoveAll(whole.Contains);
        return whole;
    }

    public void Clear() => _all.Clear();

    /// <param name="peer">Who said it first, and answers for the block: not who supplies a transaction of it.</param>
    /// <param name="signed">Authentic, and of the leader.</param>
    /// <param name="assembly">Shared by proposals of the same block.</param>
    /// <param name="receivedAt">When the proposal came, which is what makes it timely, however long its transactions take.</param>
    public sealed class Pending(Address peer, SignedProposal signed, BlockAssembly assembly, Timestamp receivedAt)
    {
        public Address Peer { get; } = peer;

        public SignedProposal Signed { get; } = signed;

        public BlockAssembly Assembly { get; } = assembly;

        public Timestamp ReceivedAt { get; } = receivedAt;

        public Timestamp? AskedAt { get; set; }
    }
}
