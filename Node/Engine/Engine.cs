using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// A node without sockets and clock: consensus, ledger, mempool and sync wired together in one single-threaded object. The host and the
/// simulator both run this very code.
/// </summary>
/// <remarks>
/// A turn is any number of <see cref="Handle"/> and one <see cref="EndTurn"/>. Every input of consensus goes into the write-ahead log before
/// it is acted on; <see cref="EndTurn"/> makes the log durable, once, before it signs and before it lets anything out. So whatever left
/// this node can be derived again after a crash.
/// </remarks>
public sealed class Engine
{
    private readonly ChainStore _store;
    private readonly IBlockCommits _commits;
    private readonly Wal _wal;
    private readonly ISigner? _signer;
    private readonly EngineSettings _settings;
    private readonly Driver _driver;
    private readonly SyncPlanner _sync = new();
    private readonly PrecommitPool _precommits = new();
    private readonly EarlyMessages _early = new();
    private readonly ProposedBlocks _blocks;
    private readonly List<EngineOutput> _outputs = [];
    private readonly Queue<Effect> _toSign = [];
    private readonly OpenEffects _open = new();
    private readonly TransactionGossip _gossip;
    private bool _isGossipTimed;
    private Timestamp _now;
    private Timestamp _heightStarted;
    private bool _isReplaying;

    public Engine(LedgerState state, ChainStore store, IBlockCommits commits, Wal wal, ISigner? signer, Mempool mempool, EngineSettings settings)
    {
        State = state;
        Mempool = mempool;
        _store = store;
        _commits = commits;
        _wal = wal;
        _signer = signer;
        _settings = settings;
        _blocks = new ProposedBlocks(mempool);
        _gossip = new TransactionGossip(mempool, settings.Node ?? signer?.Address ?? default);
        _driver = new Driver(signer?.Address, settings.Timeouts);
    }

    /// <summary>The state after the last decided block; a value that any thread may read.</summary>
    public LedgerState State { get; private set; }

    public Mempool Mempool { get; }

    public Round Round => _driver.Round;

    /// <summary>Whether peers have decided blocks that this node has not, beyond the one in progress.</summary>
    public bool IsCatchingUp => _sync.Best > State.Height.Next();

    private Height Current => State.Height.Next();

    private bool IsStarted => _driver.Height == Current;

    /// <summary>Takes up where the log ends, or waits for the first height to begin.</summary>
    public void Start(Timestamp now)
    {
        _now = now;
        RestorePrecommits();
        OpenHeight(TimeSpan.Zero);
        _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Rebroadcast(), _settings.RebroadcastEvery));
    }

    public void Handle(EngineInput input, Timestamp now)
    {
        _now = now;
        switch (input)
        {
            case EngineInput.MessageArrived m:
                OnMessage(m.Peer, m.Message);
                break;
            case EngineInput.TransactionsArrived t:
                OnTransactions(t);
                break;
            case EngineInput.TimerElapsed t:
                OnTimer(t.Timer);
                break;
            case EngineInput.BlocksArrived b:
                OnBlocks(b);
                break;
            case EngineInput.PeerConnected c:
                _outputs.Add(new EngineOutput.Send(c.Peer, new PeerMessage.StatusMessage(State.Height)));
                _gossip.Connected(c.Peer);
                break;
            case EngineInput.PeerDisconnected d:
                _gossip.Disconnected(d.Peer);
                _sync.Forget(d.Peer);
                break;
        }
    }

    /// <summary>Admits a transaction of this node's own users and passes it on.</summary>
    public MempoolRejection Submit(Transaction transaction) => Admit(transaction, null);

    /// <summary>Makes the turn durable, signs what consensus asked for, and hands out what may leave the node now.</summary>
    /// <remarks>
    /// While the node catches up, blocks are stored behind its back: what follows from them is held until they are durable, and a turn comes
    /// when they are.
    /// </remarks>
    public IReadOnlyList<EngineOutput> EndTurn()
    {
        if (IsCatchingUp && _toSign.Count == 0 && _commits.HasPending) return [];
        _commits.Flush();
        while (_toSign.TryDequeue(out var effect))
        {
            _wal.Flush(); // a replay must come to the same message, or the signer would be asked for another one
            if (effect is Effect.Propose propose) SignProposal(propose.Proposal);
            else SignVote(((Effect.CastVote)effect).Vote);
        }

        _wal.Flush();
        FlushGossip();
        EngineOutput[] outputs = [.. _outputs];
        _outputs.Clear();
        return outputs;
    }

    private void OnMessage(Address peer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.VoteMessage m:
                OnVote(peer, m.Vote);
                break;
            case PeerMessage.ProposalMessage m:
                OnProposal(peer, m);
                break;
            case PeerMessage.PolkaMessage m when IsStarted && m.Certificate.Height == Current:
                if (m.Certificate.Verify(State.GenesisHash, State.Next.Validators) is not { } votes) Refuse(peer, "polka certificate without a polka");
                else foreach (var vote in votes) FeedVote(vote);
                break;
            case PeerMessage.RoundMessage m when IsStarted && m.Certificate.Height == Current:
                foreach (var vote in m.Certificate.Votes) OnVote(peer, vote);
                break;
            case PeerMessage.StatusMessage m:
                OnStatus(peer, m.Height);
                break;
            case PeerMessage.AnnouncementMessage m:
                _gossip.Announced(peer, m.Hashes);
                break;
            case PeerMessage.WantedMessage m:
                _gossip.Wanted(peer, m.Hashes);
                break;
            case PeerMessage.LinksMessage m:
                _gossip.Linked(peer, [.. m.Peers]);
                break;
        }
    }

    private void OnVote(Address peer, SignedVote vote)
    {
        var height = vote.Vote.Height;
        if (height < Current)
        {
            _precommits.Add(vote, State.GenesisHash);
            if (height.Next() < Current) Tell(peer, new PeerMessage.StatusMessage(State.Height)); // it lags: say that there is more
        }
        else if (height == Current && IsStarted)
        {
            if (_driver.Knows(vote)) return;
            if (!State.Next.Validators.Contains(vote.Validator)) Refuse(peer, "vote of a stranger");
            else if (vote.Verify(State.GenesisHash) is not { } verified) Refuse(peer, "vote with a wrong signature");
            else FeedVote(verified);
        }
        else
        {
            KeepEarly(peer, height, new PeerMessage.VoteMessage(vote));
        }
    }

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

    private void OnStatus(Address peer, Height height)
    {
        _sync.Heard(peer, height);
        if (_sync.Best > Current) Fetch(); // one ahead is normal: its precommits are on their way
    }

    private void OnTransactions(EngineInput.TransactionsArrived arrived)
    {
        if (arrived.Fault != TransactionFault.None) Refuse(arrived.Peer, $"transaction: {arrived.Fault}");
        foreach (var transaction in arrived.Transactions)
        {
            _gossip.Has(arrived.Peer, transaction.Hash);
            _ = Admit(transaction, arrived.Peer);
        }
    }

    private MempoolRejection Admit(Transaction transaction, Address? from)
    {
        var rejection = Mempool.TryAdd(transaction, State);
        if (rejection == MempoolRejection.None) _gossip.Admitted(transaction, from);
        return rejection;
    }

    // What comes in a few milliseconds goes in one message, unless it is much or has a window.
    private void FlushGossip()
    {
        if (!_gossip.HasNews) return;
        if (!_gossip.IsDue && !_isGossipTimed)
        {
            _isGossipTimed = true;
            _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Gossip(), _settings.GossipEvery));
        }

        if (_gossip.IsDue) SendGossip();
    }

    private void SendGossip()
    {
        foreach (var (peer, message) in _gossip.Flush()) Tell(peer, message);
    }

    private void OnTimer(EngineTimer timer)
    {
        switch (timer)
        {
            case EngineTimer.Consensus c when IsStarted && c.Timeout.Height == Current:
                Feed(new Input.TimeoutElapsed(c.Timeout), new WalRecord.TimeoutRecord(_now, c.Timeout.Kind, c.Timeout.Round));
                break;
            case EngineTimer.StartHeight s when s.Height == Current && !IsStarted:
                StartHeight();
                break;
            case EngineTimer.Gossip:
                _isGossipTimed = false;
                SendGossip();
                break;
            case EngineTimer.Rebroadcast:
                Rebroadcast();
                _gossip.Tick();
                _outputs.Add(new EngineOutput.SetTimer(timer, _settings.RebroadcastEvery));
                break;
            case EngineTimer.SyncRetry r:
                _sync.TimedOut(r.Attempt);
                Fetch();
                break;
        }
    }

    private void OnBlocks(EngineInput.BlocksArrived arrived)
    {
        var helped = false;
        foreach (var fetched in arrived.Blocks)
        {
            if (!TryApply(fetched, out var reason))
            {
                if (reason is not null) Refuse(arrived.Peer, reason);
                break;
            }

            helped = true;
        }

        if (arrived.More) return;
        _sync.Answered(arrived.Peer, helped);
        if (IsCatchingUp) Fetch();
    }

    // Null as reason: the block is one that we have decided meanwhile.
    private bool TryApply(FetchedBlock fetched, out string? reason)
    {
        reason = "sync: malformed block or certificate";
        var block = fetched.Prepared?.Block;
        if (block is null && !Block.TryDecode(fetched.Block.Span, out block, out _)) return false;
        if (!CommitCertificate.TryDecode(fetched.Certificate.Span, out var certificate)) return false;
        reason = null;
        if (block.Height < Current) return true;
        reason = $"sync: block {block.Height} where {Current} was wanted";
        if (block.Height != Current || certificate.Height != Current || certificate.Block != block.Ref) return false;
        reason = "sync: block without more than two thirds of the power";
        if (!certificate.TryVerify(State.GenesisHash, State.Next.Validators, out var commit, out _)) return false;
        Apply(_blocks.Require(State, block, fetched.Prepared), commit);
        return true;
    }

    private void StartHeight()
    {
        _heightStarted = _now;
        Feed(new Input.StartHeight(Current, State.Next.Schedule), new WalRecord.StartRecord(_now));
        foreach (var (peer, message) in _early.Take(Current)) OnMessage(peer, message);
    }

    private void KeepEarly(Address peer, Height height, PeerMessage message)
    {
        if (height > Current.Next())
        {
            _sync.Heard(peer, new Height(height.Value - 1)); // who votes at a height has decided the one before
            Fetch();
            return;
        }

        _early.Add(peer, height, message);
        // Somebody's pause between the blocks is over: then so is ours, and all keep one pace.
        if (height == Current && !IsStarted && message is PeerMessage.ProposalMessage) StartHeight();
    }

    private void FeedVote(VerifiedVote vote)
    {
        if (!IsStarted || vote.Vote.Height != Current || _driver.Knows(vote.Signed)) return;
        Feed(new Input.VoteReceived(vote), new WalRecord.VoteRecord(_now, vote.Signed));
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

    private void Feed(Input input, WalRecord record)
    {
        if (!_isReplaying) _wal.Append(record);
        Run(_driver.Step(input));
    }

    private void Run(IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.RoundStarted started:
                    _outputs.Add(new EngineOutput.RoundStarted(started.Height, started.Round, started.Leader));
                    break;
                case Effect.FoundEvidence found:
                    _outputs.Add(new EngineOutput.FoundEvidence(found.Evidence));
                    break;
                case Effect.Decide decide:
                    Decide(decide.Certificate);
                    break;
                default:
                    if (_isReplaying) _open.Add(effect);
                    else Perform(effect);
                    break;
            }
        }
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Effect.GetValue get:
                BuildValue(get.Round);
                break;
            case Effect.ScheduleTimeout timeout:
                _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Consensus(timeout.Timeout), timeout.After));
                break;
            default:
                _toSign.Enqueue(effect);
                break;
        }
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

    private void SignProposal(Proposal proposal)
    {
        if (proposal.Height != Current || !_blocks.TryGet(proposal.Block, out var validated)) return;
        if (TrySign(SignRequest.Of(proposal, State.GenesisHash)) is not { } signature) return;
        var signed = new SignedProposal(proposal, _signer!.Address, signature);
        var bytes = validated.Block.Bytes;
        Feed(new Input.ProposalReceived(signed, validated.Block.Ref, true), new WalRecord.ProposalRecord(_now, signed, true, bytes));
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.ProposalMessage(signed, bytes)));
    }

    private void SignVote(Vote vote)
    {
        if (TrySign(SignRequest.Of(vote, State.GenesisHash)) is not { } signature) return;
        var signed = new SignedVote(vote, _signer!.Address, signature);
        var verified = signed.Verify(State.GenesisHash);
        Invariant.Check(verified is not null, "the signer signs with the key that it names");
        FeedVote(verified);
        // Also where the height was decided meanwhile: the precommit shows that this validator was there.
        if (vote.Height < Current) _precommits.Add(signed, State.GenesisHash);
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.VoteMessage(signed)));
    }

    private Signature? TrySign(SignRequest request)
    {
        var signature = _signer!.TrySign(request, out var refusal);
        if (signature is null) _outputs.Add(new EngineOutput.SignerRefused(request, refusal));
        return signature;
    }

    private void Decide(CommitCertificate certificate)
    {
        var found = _blocks.TryGet(certificate.Block.Hash, out var validated);
        Invariant.Check(found, "only a block that was validated is decided");
        var verified = certificate.TryVerify(State.GenesisHash, State.Next.Validators, out var commit, out var fault);
        Invariant.Check(verified, $"the votes that decided make a certificate, this one is {fault}");
        Apply(validated!, commit!);
    }

    private void Apply(ValidatedBlock validated, VerifiedCommit commit)
    {
        var (block, transactions, result) = validated;
        Invariant.Check(commit.Certificate.Block == block.Ref, "a block is applied with its own certificate");
        var committed = new CommittedBlock(block, commit.Certificate);
        var outcome = new BlockOutcome(result.Receipts, result.Events);
        _commits.Commit(State, validated, commit.Certificate);
        // The log of a height goes when the next one opens: what it decided must be durable before. A height that was only caught up with has none.
        if (IsStarted) _commits.Flush();
        _precommits.Decided(commit.Certificate, State.Next.Validators);
        State = result.Next;
        Mempool.OnBlock(State, transactions, result.Changes.Select(c => c.Key));
        _blocks.Clear();
        _open.Clear();
        _isReplaying = false;
        _outputs.Add(new EngineOutput.Committed(committed, outcome));
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.StatusMessage(State.Height)));
        OpenHeight(Pause());
    }

    // What is left of the block interval. The clock may jump: the pause is never longer than the interval.
    private TimeSpan Pause()
    {
        var interval = State.Parameters.BlockIntervalMs;
        var elapsed = _now > _heightStarted ? _now.Milliseconds - _heightStarted.Milliseconds : 0;
        return TimeSpan.FromMilliseconds(IsCatchingUp || elapsed >= interval ? 0 : interval - elapsed);
    }

    private void Rebroadcast()
    {
        if (_sync.Best > State.Height) Fetch();
        if (!IsStarted || _driver.Liveness is not { } liveness) return;
        foreach (var proposal in liveness.Proposals)
            if (_blocks.TryGet(proposal.Proposal.Block, out var validated))
                Tell(null, new PeerMessage.ProposalMessage(proposal, validated.Block.Bytes));
        foreach (var vote in liveness.OwnVotes) Tell(null, new PeerMessage.VoteMessage(vote));
        if (liveness.ValidPolka is { } polka) Tell(null, new PeerMessage.PolkaMessage(polka));
        if (liveness.PreviousRound is { } previous) Tell(null, new PeerMessage.RoundMessage(previous));
        if (liveness.CurrentRound is { } current) Tell(null, new PeerMessage.RoundMessage(current));
        Tell(null, new PeerMessage.StatusMessage(State.Height));
    }

    private void Fetch()
    {
        if (_sync.Next(State.Height) is not { } request) return;
        _outputs.Add(new EngineOutput.FetchBlocks(request.Peer, request.From, request.To));
        _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.SyncRetry(request.Attempt), _settings.SyncPatience));
    }

    private void Tell(Address? peer, PeerMessage message) => _outputs.Add(new EngineOutput.Send(peer, message));

    private void Refuse(Address peer, string reason) => _outputs.Add(new EngineOutput.Refused(peer, reason));

    private void RestorePrecommits()
    {
        if (State.Height == Height.Genesis) return;
        for (var height = State.Height.MinusOrGenesis(Limits.LatePrecommitBlocks); height <= State.Height; height = height.Next())
            if (height > Height.Genesis && _store.Get(height) is { } committed)
                _precommits.Decided(committed.Certificate, State.ContextOf(height).Validators);
    }

    // A log that is there already was left by a crash, or by a node whose store was deleted and that has synced back to where it was.
    private void OpenHeight(TimeSpan pause)
    {
        var records = _wal.Open(Current);
        if (records.Count > 0) Replay(records);
        else _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.StartHeight(Current), pause));
    }

    // Feeds the log to the driver without acting on it, then does what the log does not show as done.
    private void Replay(IReadOnlyList<WalRecord> records)
    {
        _isReplaying = true;
        foreach (var record in records)
        {
            _open.Settle(record, _signer?.Address, Current);
            ReplayOne(record);
            if (!_isReplaying) return; // it held the decision
        }

        _isReplaying = false;
        foreach (var effect in _open.TakeAll()) Perform(effect);
    }

    private void ReplayOne(WalRecord record)
    {
        switch (record)
        {
            case WalRecord.StartRecord start:
                _heightStarted = start.ReceivedAt;
                Feed(new Input.StartHeight(Current, State.Next.Schedule), record);
                break;
            case WalRecord.VoteRecord vote:
                if (vote.Vote.Verify(State.GenesisHash) is { } verified) Feed(new Input.VoteReceived(verified), record);
                break;
            case WalRecord.TimeoutRecord elapsed:
                Feed(new Input.TimeoutElapsed(new NeuroChain.Consensus.Timeout(elapsed.Kind, Current, elapsed.Round)), record);
                break;
            case WalRecord.ValueRecord value:
                Feed(new Input.ValueBuilt(Current, value.Round, _blocks.Restore(State, value.Block, isValid: true)), record);
                break;
            case WalRecord.ProposalRecord p:
                Feed(new Input.ProposalReceived(p.Proposal, _blocks.Restore(State, p.Block, p.IsValid), p.IsValid), record);
                break;
        }
    }
}
