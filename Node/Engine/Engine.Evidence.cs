using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Who broke the rules: what comes late, who leads where another does, decisions that contradict ours; and how it gets on the chain.
public sealed partial class Engine
{
    private readonly SeenPolkas _polkas = new();
    private readonly HashSet<Address> _toldCommit = [];
    private FaultFinder? _proposed;
    private LedgerState? _previous;

    // Whoever still votes on a height that is decided here lags, unless this is the precommit that we did not wait for.
    private void OnLateVote(Address peer, SignedVote vote)
    {
        var isExpected = _precommits.Wants(vote);
        TakeLateVote(peer, vote);
        if (vote.Vote.Height.Next() < Current) Tell(peer, new PeerMessage.StatusMessage(State.Height));
        else if (!isExpected) TellCommit(peer);
    }

    private void OnLateVotes(Address peer, IReadOnlyList<SignedVote> votes)
    {
        foreach (var vote in votes) TakeLateVote(peer, vote);
        if (votes.Count > 0 && votes[0].Vote.Height == State.Height) TellCommit(peer);
    }

    private void TakeLateVote(Address peer, SignedVote vote)
    {
        if (!_precommits.Wants(vote) && _decided.Knows(vote, State.GenesisHash)) return;
        if (vote.Verify(State.GenesisHash) is not { } verified)
        {
            Refuse(peer, "late vote with a wrong signature", PeerFault.WrongSignature);
            return;
        }

        _precommits.Add(verified);
        if (_decided.Add(verified, State.GenesisHash) is { } proof) Found(proof);
    }

    private void OnLateProposal(Address peer, SignedProposal signed)
    {
        if (signed.Proposal.Height == State.Height) TellCommit(peer);
        if (_decided.Knows(signed, State.GenesisHash)) return;
        if (!signed.IsAuthentic(State.GenesisHash)) Refuse(peer, "late proposal with a wrong signature", PeerFault.WrongSignature);
        else if (_decided.Add(signed, State.GenesisHash) is { } proof) Found(proof);
    }

    // How our last height was decided; once a second to each peer.
    private void TellCommit(Address peer)
    {
        if (_precommits.CertificateOf(State.Height) is { } certificate && _toldCommit.Add(peer)) Tell(peer, new PeerMessage.CommitMessage(certificate));
    }

    private void OnLateCommit(Address peer, CommitCertificate theirs)
    {
        if (_decided.CertificateOf(theirs.Height) is not { } ours || ours.Block.Hash == theirs.Block.Hash) return;
        var validators = _decided.ValidatorsOf(theirs.Height);
        if (!theirs.TryVerify(State.GenesisHash, validators, out var verified, out var fault))
        {
            Refuse(peer, $"commit certificate: {fault}");
            return;
        }

        if (!_decided.NoteFork(theirs.Height)) return;
        _outputs.Add(new EngineOutput.ForkFound(ours, theirs));
        Tell(peer, new PeerMessage.CommitMessage(ours));
        foreach (var vote in theirs.Votes(verified, validators))
            if (_decided.Add(vote, State.GenesisHash) is { } proof)
                Found(proof);
    }

    // A block that was decided on top of another than our last one: the certificate in it shows the fork. It is not ours to apply.
    private bool IsOnAnotherSide(Address peer, Block block)
    {
        if (block.Header.Parent == State.LastBlock.Hash) return false;
        if (block.LastCommit is { } theirs && theirs.Height == State.Height) OnLateCommit(peer, theirs);
        return true;
    }

    // Two proposals of one round convict by their signatures, also where their blocks never come whole or their round never begins; the driver
    // hears of neither then.
    private void NoteProposed(SignedProposal authentic)
    {
        if (_proposed?.Height != Current) _proposed = new FaultFinder(Current, State.Next.Validators);
        if (_proposed.Add(authentic) is { } proof) Found(proof);
    }

    private void OnWrongLeader(Address peer, SignedProposal signed, Header header)
    {
        Refuse(peer, "proposal of another than the leader");
        if (!_evidence.Wants(signed.Proposer, signed.Proposal.Height) || !State.Next.Validators.Contains(signed.Proposer)) return;
        if (header.Hash != signed.Proposal.Block) return;
        if (ProofOf(signed, header) is { } proof && proof.Check(State.GenesisHash) == EvidenceFault.None) Found(proof);
    }

    // Null at the first height, before which there is no header, and for a block that does not build on our last one.
    private WrongLeaderProof? ProofOf(SignedProposal signed, Header header)
    {
        if (State.Height == Height.Genesis || header.Parent != State.LastBlock.Hash || !signed.IsAuthentic(State.GenesisHash)) return null;
        if (_store.GetRecent(State.Height) is not { } parent || Previous() is not { } previous) return null;
        var key = ScheduleRecord.Key(Current);
        var found = ScheduleRecord.TryDecode(previous.Get(StateKey.FromBytes(key)), out var record);
        Invariant.Check(found, $"the state after height {previous.Height} says who leads at {Current}");
        return new WrongLeaderProof(signed, header, parent.Block.Header, record!, previous.Prove(StateKey.FromBytes(key)), State.Next.Validators);
    }

    // The state under the root that the last header has: it says who leads now. After a start it is made from the newest one.
    private LedgerState? Previous()
    {
        if (_previous is not null || State.Height == Height.Genesis) return _previous;
        var before = State.Height.MinusOrGenesis(1);
        if (_store.MarkOf(before) is not { } mark || _store.EarliestState > before) return null;
        return State.TryRewind(mark, _store.UndoBetween(State.Height, before), out _previous, out _) ? _previous : null;
    }

    // The height in progress is decided; what was heard in it is held against what comes late.
    private void Remember(VerifiedCommit commit)
    {
        var validators = State.Next.Validators;
        _precommits.Decided(commit.Certificate, validators);
        _toldCommit.Clear();
        if (!IsStarted) _decided.CaughtUp(commit.Certificate, validators);
        else foreach (var proof in _decided.Decided(commit, validators, _driver.Faults!)) Found(proof);
    }

    private void Found(FaultProof proof)
    {
        if (_evidence.Has(proof.Guilty, proof.Height)) return;
        _outputs.Add(new EngineOutput.FoundEvidence(proof));
        _evidence.Add(proof, State.Height);
        SubmitEvidence();
    }

    private void SubmitEvidence()
    {
        if (_isReplaying || IsCatchingUp) return;
        _evidence.Forget(State);
        if (_signer is null) return;
        try
        {
            foreach (var report in _evidence.Due(State, _signer)) _ = Admit(report, null); // known already, most of the time
        }
        catch (SignerUnavailableException)
        {
            // It is in the pool, and due again with the next block.
        }
    }

    private void KeepPolkas()
    {
        if (_polkas.Count == 0) return;
        _store.KeepPolkas(Current, _polkas.All);
        _polkas.Clear();
    }
}
