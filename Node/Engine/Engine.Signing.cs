using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

// What this node says itself: signed after the log is durable, and taken in like anybody's message.
public sealed partial class Engine
{
    private Height? _silenceNoted;
    private bool _isKeyElsewhere;

    /// <summary>Why what consensus asked for last was not said: it waits. None where it was.</summary>
    public SignRefusal Silence { get; private set; }

    // What had to wait is said only where it is still of use: in its own height, and in no round that was left since.
    private void Sign()
    {
        if (_isKeyElsewhere) _toSign.Clear();
        if (_toSign.Count == 0) return;
        var why = _gate!.Check(State.Next.Validators, Current, _sync.Best);
        if (why != SignRefusal.None || Silence != SignRefusal.None)
        {
            NoteSilence();
            DropStale();
            if (_toSign.Count == 0 && why == SignRefusal.None) return; // whether the next thing can be said is not known yet
        }

        if (why == SignRefusal.None) why = SignAll();
        if (why != Silence) _outputs.Add(new EngineOutput.SilenceChanged(Current, why));
        Silence = why;
    }

    private SignRefusal SignAll()
    {
        while (_toSign.TryPeek(out var effect))
        {
            _wal.Flush(); // a replay must come to the same message, or the signer would be asked for another one
            var refusal = effect is Effect.Propose propose ? SignProposal(propose.Proposal) : SignVote(((Effect.CastVote)effect).Vote);
            if (refusal is SignRefusal.NoLease or SignRefusal.Unavailable)
            {
                NoteSilence();
                return refusal;
            }

            _toSign.Dequeue();
        }

        return SignRefusal.None;
    }

    // Of verified messages of the height in progress alone: whose memory was lost, and who waited until all that it may have signed was decided,
    // meets its old precommits in certificates of the past.
    private bool IsForeign(VerifiedVote vote) => vote.Validator == _signer?.Address && IsForeign(SignRequest.Of(vote.Vote, State.GenesisHash));

    private bool IsForeign(SignedProposal signed) => signed.Proposer == _signer?.Address && IsForeign(SignRequest.Of(signed.Proposal, State.GenesisHash));

    private bool IsForeign(SignRequest seen)
    {
        if (!SignerRules.IsForeign(_signer!.State, seen)) return false;
        if (!_isKeyElsewhere) _outputs.Add(new EngineOutput.OwnKeyElsewhere(seen));
        return _isKeyElsewhere = true;
    }

    private void DropStale()
    {
        Effect[] asked = [.. _toSign];
        _toSign.Clear();
        foreach (var effect in asked)
            if (PlaceOf(effect) is var (height, round) && height == Current && round >= _driver.Round)
                _toSign.Enqueue(effect);
    }

    // So that a replay does not take what was not said for a fault.
    private void NoteSilence()
    {
        if (_silenceNoted == Current || !_toSign.Any(effect => PlaceOf(effect).Height == Current)) return;
        _wal.Append(new WalRecord.SilenceRecord(_now));
        _silenceNoted = Current;
    }

    private static (Height Height, Round Round) PlaceOf(Effect effect) => effect switch
    {
        Effect.Propose propose => (propose.Proposal.Height, propose.Proposal.Round),
        Effect.CastVote cast => (cast.Vote.Height, cast.Vote.Round),
        _ => throw new UnreachableException(),
    };

    private SignRefusal SignProposal(Proposal proposal)
    {
        if (proposal.Height != Current || !_blocks.TryGet(proposal.Block, out var validated)) return SignRefusal.None;
        if (TrySign(SignRequest.Of(proposal, State.GenesisHash), out var refusal) is not { } signature) return refusal;
        var signed = new SignedProposal(proposal, _signer!.Address, signature);
        FeedProposal(signed, validated.Block, isValid: true, _now);
        _outputs.Add(new EngineOutput.Send(null, Compact(signed, validated)));
        return SignRefusal.None;
    }

    private SignRefusal SignVote(Vote vote)
    {
        if (TrySign(SignRequest.Of(vote, State.GenesisHash), out var refusal) is not { } signature) return refusal;
        var signed = new SignedVote(vote, _signer!.Address, signature);
        var verified = signed.Verify(State.GenesisHash);
        Invariant.Check(verified is not null, "the signer signs with the key that it names");
        FeedVote(verified, _now);
        // Also where the height was decided meanwhile: the precommit shows that this validator was there.
        if (vote.Height < Current) _precommits.Add(verified);
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.VoteMessage(signed)));
        return SignRefusal.None;
    }

    // A signer that is not to be had is no refusal: it is asked again.
    private Signature? TrySign(SignRequest request, out SignRefusal refusal)
    {
        var signature = _signer!.TrySign(request, out refusal);
        if (signature is null && refusal is not (SignRefusal.NoLease or SignRefusal.Unavailable)) _outputs.Add(new EngineOutput.SignerRefused(request, refusal));
        return signature;
    }
}
