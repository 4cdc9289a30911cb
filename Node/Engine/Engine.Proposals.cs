using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

// Proposals: those of other leaders, and the block that this node builds where it leads.
public sealed partial class Engine
{
    private void OnProposal(Address peer, PeerMessage.ProposalMessage message)
    {
        var (signed, bytes) = message;
        var height = signed.Proposal.Height;
        if (height < Current) return;
        if (height > Current || !IsStarted)
        {
            KeepEarly(peer, height, message);
            return;
        }

        if (_driver.Knows(signed.Proposal)) return;
        if (State.Next.Schedule.Leader(signed.Proposal.Round) != signed.Proposer) Refuse(peer, "proposal of another than the leader");
        else if (!signed.IsAuthentic(State.GenesisHash)) Refuse(peer, "proposal with a wrong signature");
        else FeedProposal(peer, signed, bytes);
    }

    private void FeedProposal(Address peer, SignedProposal signed, ReadOnlyMemory<byte> bytes)
    {
        if (!Block.TryDecode(bytes.Span, out var block, out var fault))
        {
            Refuse(peer, $"proposed block: {fault}");
            return;
        }

        if (block.Hash != signed.Proposal.Block)
        {
            Refuse(peer, "proposal with another block");
            return;
        }

        var isValid = _blocks.IsValid(State, signed.Proposal, block, out var reason);
        if (!isValid) Refuse(peer, $"proposed block: {reason}");
        Feed(new Input.ProposalReceived(signed, block.Ref, isValid), new WalRecord.ProposalRecord(_now, signed, isValid, bytes));
    }

    private void BuildValue(Round round)
    {
        var template = new BlockTemplate
        {
            Author = _signer!.Address,
            BuiltRound = round,
            Time = _now,
            LastCommit = _precommits.CertificateOf(State.Height),
            LatePrecommits = _precommits.Before(State.Height),
        };
        var built = BlockBuilder.Build(State, template, Mempool.Candidates(State));
        _blocks.Add(built);
        Feed(new Input.ValueBuilt(Current, round, built.Block.Ref), new WalRecord.ValueRecord(_now, round, built.Block.Bytes));
    }
}
