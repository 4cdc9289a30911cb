using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

// What this node says itself: signed after the log is durable, and taken in like anybody's message.
public sealed partial class Engine
{
    private void SignProposal(Proposal proposal)
    {
        if (proposal.Height != Current || !_blocks.TryGet(proposal.Block, out var validated)) return;
        if (TrySign(SignRequest.Of(proposal, State.GenesisHash)) is not { } signature) return;
        var signed = new SignedProposal(proposal, _signer!.Address, signature);
        FeedProposal(signed, validated.Block, isValid: true, _now);
        _outputs.Add(new EngineOutput.Send(null, Compact(signed, validated)));
    }

    private void SignVote(Vote vote)
    {
        if (TrySign(SignRequest.Of(vote, State.GenesisHash)) is not { } signature) return;
        var signed = new SignedVote(vote, _signer!.Address, signature);
        var verified = signed.Verify(State.GenesisHash);
        Invariant.Check(verified is not null, "the signer signs with the key that it names");
        FeedVote(verified, _now);
        // Also where the height was decided meanwhile: the precommit shows that this validator was there.
        if (vote.Height < Current) _precommits.Add(verified);
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.VoteMessage(signed)));
    }

    private Signature? TrySign(SignRequest request)
    {
        var signature = _signer!.TrySign(request, out var refusal);
        if (signature is null) _outputs.Add(new EngineOutput.SignerRefused(request, refusal));
        return signature;
    }
}
