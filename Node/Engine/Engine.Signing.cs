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
            if (refusal != SignRefusal.None) NoteSilence();
            if (refusal is SignRefusal.NoLease or SignRefusal.Unavailable) return refusal;
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
        if (!_signer!.IsServed || !SignerRules.IsForeign(_signer.State, seen)) return false;
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
        if (TrySign(SignRequest.Of(vote, State.GenesisHash), out var refusal) is { } signature) return Say(new SignedVote(vote, _signer!.Address, signature));
        NoteSilence();
        // A quorum may need a word of this validator in this very place: the one that it gave, or that it has none to give.
        if (refusal == SignRefusal.Conflict && SaidBefore(vote) is { } said) return Say(said);
        if (refusal == SignRefusal.AgainstLock) return SignVote(new Prevote(vote.Height, vote.Round, null, null));
        return refusal;
    }

    // Another node with this signer, or this one before it lost its log, signed something else here and may have died before anybody heard it.
    private SignedVote? SaidBefore(Vote vote)
    {
        if (vote.Height != Current || SignerRules.Remembered(_signer!.State, vote) is not { } remembered) return null;
        var (height, round) = (vote.Height, vote.Round);
        var proposals = (_driver.Liveness?.Proposals ?? []).Select(signed => signed.Proposal).Where(proposal => proposal.Round == round);
        IEnumerable<Vote> candidates = vote is Prevote
            ? [new Prevote(height, round, null, null), .. proposals.Select(proposal => new Prevote(height, round, proposal.Block, proposal.ValidRound))]
            : [new Precommit(height, round, null), .. _blocks.All.Select(block => new Precommit(height, round, block.Block.Ref))];
        var said = candidates.FirstOrDefault(candidate => candidate.Digest(State.GenesisHash) == remembered.Digest);
        return said is null ? null : new SignedVote(said, _signer.Address, remembered.Signature);
    }

    private SignRefusal Say(SignedVote signed)
    {
        var vote = signed.Vote;
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
