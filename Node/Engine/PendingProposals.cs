using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Proposals of the height in progress whose blocks lack transactions: two of a round, which is as many as count, and of a bounded number of
/// rounds, of which the earliest goes. So nobody's phantom blocks keep the block of a later leader from being completed.
/// </summary>
internal sealed class PendingProposals
{
    /// <summary>Each may come to hold a whole block.</summary>
    public const int CountMax = 6;

    private const int PerRound = 2;

    /// <summary>
    /// How many peers are asked for one block at a time: who has it sends the same transactions as anybody else, in front of its votes. More than one,
    /// for one of them may lie.
    /// </summary>
    private const int AskedAtOnce = 2;

    // What is remembered of questions.
    private const int QuestionsMax = 1024;

    private readonly List<Pending> _all = [];
    private readonly SortedDictionary<(BlockHash Block, Address Peer), MissingQuestion> _questions = [];

    public bool IsEmpty => _all.Count == 0;

    /// <returns>False where there is no place for it.</returns>
    public bool TryAdd(Address peer, SignedProposal signed, BlockAssembly assembly, Timestamp receivedAt)
    {
        if (_all.Count(pending => pending.Signed.Proposal.Round == signed.Proposal.Round) == PerRound) return false;
        if (_all.Count == CountMax)
        {
            var earliest = _all.MinBy(pending => pending.Signed.Proposal.Round)!;
            if (earliest.Signed.Proposal.Round > signed.Proposal.Round) return false;
            _all.Remove(earliest);
        }

        _all.Add(new Pending(peer, signed, assembly, receivedAt));
        return true;
    }

    public bool Contains(Proposal proposal) => _all.Exists(pending => pending.Signed.Proposal == proposal);

    /// <summary>The block that is being put together; null where it is not.</summary>
    public BlockAssembly? AssemblyOf(BlockHash block) => _all.Find(pending => pending.Signed.Proposal.Block == block)?.Assembly;

    /// <summary>Whether to ask this peer now for what a block lacks, which is then taken as done. Its own answer may be on its way, or that of others.</summary>
    public bool IsToAsk(Address peer, BlockHash block, Timestamp now)
    {
        var isAsked = _questions.TryGetValue((block, peer), out var question);
        if (isAsked && question.IsOpen(now)) return false;
        if (_questions.Count(other => other.Key.Block == block && other.Value.KeepsOthersWaiting(now)) >= AskedAtOnce) return false;
        if (_questions.Count == QuestionsMax) _questions.Clear();
        _questions[(block, peer)] = new MissingQuestion(now, now, isAsked ? question.Times + 1 : 1);
        return true;
    }

    /// <summary>A peer sent some of what a block lacked.</summary>
    public void Supplied(Address peer, BlockHash block, Timestamp now)
    {
        if (_questions.TryGetValue((block, peer), out var question)) _questions[(block, peer)] = question with { Heard = now };
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

    public void Clear()
    {
        _all.Clear();
        _questions.Clear();
    }

    /// <param name="Peer">Who said it first, and answers for its block.</param>
    /// <param name="Signed">Authentic, and of the leader.</param>
    /// <param name="Assembly">Shared by proposals of the same block.</param>
    /// <param name="ReceivedAt">When the proposal came, which is what makes it timely, however long its transactions take.</param>
    public sealed record Pending(Address Peer, SignedProposal Signed, BlockAssembly Assembly, Timestamp ReceivedAt);
}
