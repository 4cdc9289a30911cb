using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// A node without sockets and clock: consensus, ledger, mempool and sync wired together in one single-threaded object. The host and the
/// simulator both run this very code.
/// </summary>
/// <remarks>
/// A turn is any number of <see cref="Handle"/> and one <see cref="EndTurn"/>. Every input of consensus goes into the write-ahead log before
/// it is acted on; <see cref="EndTurn"/> makes the log durable before each signature and, once, before it lets anything out. So whatever
/// left this node can be derived again after a crash.
/// </remarks>
public sealed partial class Engine
{
    private readonly ChainStore _store;
    private readonly IBlockCommits _commits;
    private readonly Wal _wal;
    private readonly ISigner? _signer;
    private readonly SigningGate? _gate;
    private readonly EngineSettings _settings;
    private readonly Driver _driver;
    private readonly PrecommitPool _precommits = new();
    private readonly DecidedVotes _decided = new();
    private readonly EvidencePool _evidence;
    private readonly EarlyMessages _early = new();
    private readonly AheadVotes _ahead = new();
    private readonly ProposedBlocks _blocks;
    private readonly List<EngineOutput> _outputs = [];
    private readonly Queue<Effect> _toSign = [];
    private readonly OpenEffects _open = new();
    private readonly EffectHash _effects = new();
    private readonly TransactionGossip _gossip;
    private bool _isGossipTimed;
    private Timestamp _now;
    private Timestamp _heightStarted;
    private bool _isReplaying;
    private bool _isUnsealed;
    private bool _isOpen;

    public Engine(LedgerState state, ChainStore store, IBlockCommits commits, Wal wal, ISigner? signer, Mempool mempool, EngineSettings settings)
    {
        State = state;
        Stored = state;
        Mempool = mempool;
        _store = store;
        _evidence = new EvidencePool(store.Evidence);
        _commits = commits;
        _wal = wal;
        _signer = signer;
        _gate = signer is null ? null : new SigningGate(signer.Address);
        _settings = settings;
        _blocks = new ProposedBlocks(mempool);
        _supply = new BlockSupply(_blocks);
        _gossip = new TransactionGossip(mempool, settings.Node ?? signer?.Address ?? default);
        _driver = new Driver(signer?.Address, settings.Timeouts);
    }

    /// <summary>The state after the last decided block; a value that any thread may read.</summary>
    public LedgerState State { get; private set; }

    /// <summary>The same as of the last turn that was made durable: its block is on the disk, and whoever reads the store finds it there.</summary>
    public LedgerState Stored { get; private set; }

    public Mempool Mempool { get; }

    public Round Round => _driver.Round;

    /// <summary>Whether peers have decided blocks that this node has not, beyond the one in progress.</summary>
    /// <remarks>Believed only of peers with more than a third of the power, or of a certificate; no single peer can make it true.</remarks>
    public bool IsCatchingUp => _sync.Best > State.Height.Next();

    private Height Current => State.Height.Next();

    private bool IsStarted => _driver.Height == Current;

    /// <summary>Takes up where the log ends, or waits for the first height to begin.</summary>
    public void Start(Timestamp now)
    {
        _now = now;
        RestorePrecommits();
        OpenHeight(TimeSpan.Zero);
        SubmitEvidence();
        _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Rebroadcast(), _settings.RebroadcastEvery));
    }

    public void Handle(EngineInput input, Timestamp now)
    {
        _now = now;
        switch (input)
        {
            case EngineInput.MessageArrived m:
                OnMessage(m.Peer, m.Message, m.ReceivedAt ?? now);
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
                _sync.Forget(d.Peer, _now);
                break;
        }

        TakeLaterProposals();
        GoOn();
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
        if (IsCatchingUp && _outputs.Count < HeldMax && _commits.HasPending) return TakeRequests(); // who is behind signs nothing
        _commits.Flush();
        Stored = State;
        Sign();
        SealEffects();
        _wal.Flush();
        FlushGossip();
        EngineOutput[] outputs = [.. TakeRequests(), .. _outputs];
        _outputs.Clear();
        return outputs;
    }

    private void OnMessage(Address peer, PeerMessage message, Timestamp at)
    {
        switch (message)
        {
            case PeerMessage.VoteMessage m:
                OnVote(peer, m.Vote, at);
                break;
            case PeerMessage.ProposalMessage m:
                OnProposal(peer, m, at);
                break;
            case PeerMessage.MissingMessage m:
                foreach (var answer in _supply.Answer(peer, m)) Tell(peer, answer);
                break;
            case PeerMessage.SuppliedMessage m:
                OnSupplied(peer, m);
                break;
            case PeerMessage.PolkaMessage m:
                OnPolka(peer, m.Certificate, at);
                break;
            case PeerMessage.RoundMessage m:
                OnRound(peer, m.Certificate, at);
                break;
            case PeerMessage.CommitMessage m:
                OnCommit(peer, m.Certificate, at);
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
            case EngineTimer.Build b when IsStarted && b.Height == Current:
                BuildValue(b.Round);
                break;
            case EngineTimer.Gossip:
                _isGossipTimed = false;
                SendGossip();
                break;
            case EngineTimer.Rebroadcast:
                Rebroadcast();
                _supply.Tick();
                _gossip.Tick();
                _outputs.Add(new EngineOutput.SetTimer(timer, _settings.RebroadcastEvery));
                break;
            case EngineTimer.SyncRetry r:
                OnPatienceOver(r.Attempt);
                break;
            case EngineTimer.SyncApply:
                _isApplyTimed = false;
                ApplyFetched();
                if (_sync.Claimed > Current) Fetch();
                break;
        }
    }

    private void StartHeight()
    {
        _heightStarted = _now;
        Feed(new Input.StartHeight(Current, State.Next.Schedule), new WalRecord.StartRecord(_now, _signer?.Address, _settings.Timeouts));
        foreach (var (peer, message, at) in _early.Take(Current)) OnMessage(peer, message, at);
    }

    private void Feed(Input input, WalRecord record)
    {
        if (!_isReplaying) _wal.Append(record);
        if (record is WalRecord.StartRecord) _effects.GoOnFrom(Hash256.Zero);
        var effects = _driver.Step(input);
        _effects.Add(effects);
        _isUnsealed = !_isReplaying;
        Run(effects);
    }

    // Once in a turn, and before the log goes: whoever replays it can tell whether consensus answers as it did.
    private void SealEffects()
    {
        if (_isUnsealed) _wal.Append(new WalRecord.EffectsRecord(_now, _effects.Value));
        _isUnsealed = false;
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
                    Found(found.Evidence);
                    break;
                case Effect.PolkaSeen seen:
                    _polkas.Add(seen.Certificate);
                    break;
                case Effect.Decide decide:
                    Decide(decide.Commit);
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

    private void Decide(VerifiedCommit commit)
    {
        var found = _blocks.TryGet(commit.Certificate.Block.Hash, out var validated);
        Invariant.Check(found, "only a block that was validated is decided");
        Apply(validated!, commit);
        Advance();
    }

    private void Apply(ValidatedBlock validated, VerifiedCommit commit)
    {
        var (block, transactions, result) = validated;
        Invariant.Check(commit.Certificate.Block == block.Ref, "a block is applied with its own certificate");
        Invariant.Check(commit.ValidatorsRoot == State.Next.Validators.Root, "a certificate is of the validators of its height");
        SealEffects();
        var committed = new CommittedBlock(block, commit.Certificate);
        var outcome = new BlockOutcome(result.Receipts, result.Events);
        KeepPolkas();
        _commits.Commit(State, validated, commit);
        // The log of a height goes when the next one opens: what it decided must be durable before. A height that was only caught up with has none.
        var isCaughtUp = !IsStarted;
        if (!isCaughtUp) _commits.Flush();
        Remember(commit);
        (_previous, State) = (State, result.Next);
        Mempool.OnBlock(State, transactions, result.Changes.Select(c => c.Key));
        _blocks.Clear();
        _later.Clear();
        _ahead.Clear();
        _pending.Clear();
        _supply.Decided(block);
        _blocks.Parent = commit;
        _open.Clear();
        _isReplaying = false;
        _isOpen = false;
        _outputs.Add(new EngineOutput.Committed(committed, outcome, State, isCaughtUp));
    }

    // Says where this node is and begins with the next height.
    private void Advance()
    {
        _outputs.Add(new EngineOutput.Send(null, new PeerMessage.StatusMessage(State.Height)));
        OpenHeight(Pause());
        SubmitEvidence();
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
        _toldCommit.Clear();
        if (_sync.Claimed > State.Height) Fetch();
        if (_sync.HasPeers) _gate?.Waited(Current, _sync.Credible);
        Tell(null, new PeerMessage.StatusMessage(State.Height));
        if (!IsStarted || _driver.Liveness is not { } liveness) return;
        foreach (var proposal in liveness.Proposals)
            if (_blocks.TryGet(proposal.Proposal.Block, out var validated))
                Tell(null, Compact(proposal, validated));
        foreach (var vote in liveness.OwnVotes) Tell(null, new PeerMessage.VoteMessage(vote));
        if (liveness.ValidPolka is { } polka) Tell(null, new PeerMessage.PolkaMessage(polka));
        if (liveness.PreviousRound is { } previous) Tell(null, new PeerMessage.RoundMessage(previous));
        if (liveness.CurrentRound is { } current) Tell(null, new PeerMessage.RoundMessage(current));
    }

    private void Tell(Address? peer, PeerMessage message) => _outputs.Add(new EngineOutput.Send(peer, message));

    private void Refuse(Address peer, string reason, PeerFault fault = PeerFault.BrokenRule) => _outputs.Add(new EngineOutput.Refused(peer, reason, fault));
}
