using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Leaves out of its own blocks whatever trainers send who do not name it as their producer, so that it alone leads for what is learned. In all
/// else it does as it should: nothing convicts it, and only the rule by which windows close stands against it.
/// </summary>
public sealed class TermCensor : IBehaviour
{
    public string Name => "term-censor";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        if (message is not PeerMessage.ProposalMessage { Proposal: var signed } proposal || signed.Proposer != me.Address || signed.Proposal.ValidRound is not null)
            return Accomplice.AsItIs(to, message);
        if (me.Open(proposal) is not { } block) return Accomplice.AsItIs(to, message);
        var others = block.Transactions.Select(bytes => SenderOfAnother(bytes, me)).OfType<Address>().ToHashSet();
        if (others.Count == 0) return Accomplice.AsItIs(to, message);
        // All of a sender's, since what it sends later hangs on what it sent before.
        var kept = block.Transactions.Where(bytes => Decode(bytes, me) is not { } transaction || !others.Contains(transaction.Sender));
        var censored = Block.Build(block.Header, block.LastCommit, block.LatePrecommits, block.TrainingProof, [.. kept]);
        return Accomplice.AsItIs(to, me.Propose(signed.Proposal.Round, censored, null));
    }

    private static Address? SenderOfAnother(ReadOnlyMemory<byte> bytes, Accomplice me)
    {
        if (Decode(bytes, me) is not { } transaction) return null;
        if (transaction.Body.CandidateCommit is { } commit && Address.FromBytes(commit.Producer.Span) != me.Address) return transaction.Sender;
        if (transaction.Body.CandidateReveal is not { } reveal) return null;
        var round = TrainingQueries.Round(me.Engine!.State, Hash256.FromBytes(reveal.Task.Span));
        var isOwn = round?.Candidates.Any(candidate => candidate.Trainer == transaction.Sender && candidate.Producer == me.Address) == true;
        return isOwn ? null : transaction.Sender;
    }

    private static Transaction? Decode(ReadOnlyMemory<byte> bytes, Accomplice me) =>
        Transaction.TryDecode(bytes.Span, me.Genesis, out var transaction, out _) ? transaction : null;
}
