using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What the watcher wants next.</summary>
/// <param name="Ask">All at once; none where the pass has ended.</param>
/// <param name="Found">To be stored before anything is asked.</param>
/// <param name="Alarms">In the order in which they arose.</param>
public sealed record WatcherStep(ImmutableArray<Question> Ask, ScanFinding? Found, ImmutableArray<WatcherAlarm> Alarms);

/// <summary>
/// A validator's view of Ethereum as a state machine: answers in, questions and findings out. It has no socket, clock or store. A pass is
///
///   survey      chain, genesis, newest and final block of every endpoint       -> how far a quorum is final
///   agree       the header of one number, from every endpoint that is counted  -> the last block of a range, by a quorum
///   headers     those before it, from one endpoint                             -> proven by their hashes, back to the cursor
///   receipts    of blocks whose bloom may hold the vault, from one endpoint    -> proven by the receipts root
///   proof       of the vault's storage, at a heartbeat, from one endpoint      -> proven by the state root
///
/// and again from "agree" until all that is final is scanned. What one endpoint gives and no hash proves is asked of the next one that agreed.
/// Whoever is not counted is asked nothing, and below the quorum nothing is believed.
/// </summary>
public sealed class EthereumWatcher
{
    private readonly WatcherOptions _options;
    private readonly EndpointQuorum _quorum;
    private readonly List<WatcherAlarm> _alarms = [];
    private QuorumMemory _memory;
    private int _rangeMax, _heartbeatTries;
    private ulong _heartbeatBlocks;

    // Of a pass.
    private ImmutableArray<Question> _asked = [];
    private Func<IReadOnlyList<Said>, WatcherStep>? _next;
    private ImmutableArray<int> _counted = [];
    private RangeScan _scan = null!;

    /// <exception cref="OperatorException">The options cannot stand, or the state was begun with others.</exception>
    public EthereumWatcher(WatcherOptions options, WatcherState state)
    {
        options.Check();
        if (state.Identity != options.Identity)
            throw new OperatorException("what is stored of Ethereum is of another vault, token, chain or start than is configured: configure that one, or begin with an empty store");
        (_options, State, _rangeMax, _heartbeatBlocks) = (options, state, options.RangeMax, options.HeartbeatBlocks);
        _quorum = new EndpointQuorum(options.Quorum);
        _memory = QuorumMemory.Of(options.Quorum.Endpoints);
    }

    public WatcherState State { get; private set; }

    /// <summary>Number of the newest block that a quorum calls final, as of the last survey; null below the quorum.</summary>
    public ulong? Finalized { get; private set; }

    /// <summary>The newest block that the required number of endpoints knew at the last survey.</summary>
    public ulong Head { get; private set; }

    /// <summary>Why each endpoint did not count at the last survey, by its place; empty before the first.</summary>
    public ImmutableArray<EndpointRefusal> Standings { get; private set; } = [];

    /// <summary>A vote may change how often reserves are proven. From any thread.</summary>
    public ulong HeartbeatBlocks
    {
        get => Volatile.Read(ref _heartbeatBlocks);
        set => Volatile.Write(ref _heartbeatBlocks, value);
    }

    /// <summary>Endpoints that count, by their last answers.</summary>
    public int Counted => _counted.Length;

    /// <summary>Begins a pass; one that was not ended is forgotten, and nothing of it is lost but its answers.</summary>
    public WatcherStep BeginPass()
    {
        _alarms.Clear();
        if (State.Halt is { } halt) return End(WatcherAlarmKind.Halted, halt.Reason.ToString(), halt.Detail);
        return Ask(TakeSurveys, Enumerable.Range(0, _options.Quorum.Endpoints).Select(endpoint => new Question.Survey(endpoint)));
    }

    /// <param name="said">An answer to each question of the last step, in their order.</param>
    public WatcherStep Take(IReadOnlyList<Said> said)
    {
        Invariant.Check(_next is not null && said.Count == _asked.Length, "each question has an answer");
        for (var i = 0; i < said.Count; i++)
            if (said[i] is Said.Failed failed)
                Alarm(WatcherAlarmKind.EndpointFailed, _asked[i].Endpoint, failed.Fault.ToString(), failed.Detail);
        return _next(said);
    }

    private WatcherStep TakeSurveys(IReadOnlyList<Said> said)
    {
        EndpointSurvey?[] surveys = [.. said.Select(one => (one as Said.Survey)?.Value)];
        var verdict = _quorum.Assess(_memory, surveys, State.Cursor.Number);
        (_memory, Finalized, Head, _counted, Standings) = (verdict.Memory, verdict.Finalized, verdict.Head, [.. verdict.Counted], verdict.Standings);
        foreach (var (endpoint, refusal) in verdict.Standings.Index())
            if (refusal is not EndpointRefusal.None and not EndpointRefusal.Silent)
                Alarm(WatcherAlarmKind.EndpointRefused, endpoint, refusal.ToString(), $"latest {surveys[endpoint]!.Latest}, finalized {surveys[endpoint]!.Finalized}");
        return Finalized is null ? BelowQuorum(_counted.Length) : Advance();
    }

    // The cursor's own hash is compared where nothing is new; otherwise the first new block names it.
    private WatcherStep Advance()
    {
        var (cursor, final) = (State.Cursor.Number, Finalized!.Value);
        if (final == cursor) return Agree(cursor, TakeSame);
        var heartbeat = final - (final % HeartbeatBlocks);
        return Agree(Math.Min(cursor + (ulong)_rangeMax, heartbeat > cursor ? heartbeat : final), BeginRange);
    }

    private WatcherStep Agree(ulong number, Func<BlockVerdict, WatcherStep> then)
    {
        var counted = _counted;
        return Ask(TakeNamed, counted.Select(endpoint => new Question.HeaderAt(endpoint, number)));

        WatcherStep TakeNamed(IReadOnlyList<Said> said)
        {
            var headers = new RpcHeader?[_options.Quorum.Endpoints];
            foreach (var (i, endpoint) in counted.Index()) headers[endpoint] = (said[i] as Said.Header)?.Value;
            // Whoever is silent is waited for once in a pass, which may have thousands of ranges.
            _counted = [.. counted.Where(endpoint => headers[endpoint] is not null)];
            var verdict = _quorum.Agree(headers);
            if (verdict.Fault is QuorumFault.None or QuorumFault.UnknownHeaderLayout)
                foreach (var endpoint in verdict.Dissenting)
                    Alarm(WatcherAlarmKind.Disagreement, endpoint, "Header", $"block {headers[endpoint]!.Id}{(headers[endpoint]!.Header is null ? " of other fields" : "")}");
            return verdict.Fault switch
            {
                QuorumFault.None => then(verdict),
                QuorumFault.UnknownHeaderLayout => HaltAt(
                    HaltReason.UnknownHeaderLayout, headers[verdict.Agreeing[0]]!.Id, "the fields of a block that a quorum names do not hash to its hash", verdict.Agreeing),
                QuorumFault.BelowQuorum => BelowQuorum(verdict.Dissenting.Length),
                _ => End(WatcherAlarmKind.NoAgreement, nameof(QuorumFault.NoAgreement), string.Join(", ", verdict.Dissenting.Select(endpoint => $"{endpoint}: {headers[endpoint]!.Id}"))),
            };
        }
    }

    private WatcherStep TakeSame(BlockVerdict verdict) =>
        verdict.Block!.Id == State.Cursor ? End() : Violation(verdict.Block.Id, verdict.Block.Header!, verdict.Agreeing);

    private WatcherStep BeginRange(BlockVerdict verdict)
    {
        _scan = new RangeScan(State.Cursor.Number + 1, verdict.Block!, verdict.Agreeing);
        var index = _counted.Select(Question (endpoint) => new Question.LogIndex(endpoint, _options.Vault, _scan.From, _scan.To));
        return Ask(TakeHeaders, index.Concat(HeadersWanted()));
    }

    private IEnumerable<Question> HeadersWanted() =>
        _scan.Headers.IsEmpty ? [new Question.Headers(_scan.Server(_scan.Last, _scan.Tries), _scan.From, _scan.To)] : [];

    private WatcherStep TakeHeaders(IReadOnlyList<Said> said)
    {
        for (var i = 0; i < said.Count; i++)
        {
            if (said[i] is Said.LogIndex index) _scan.Indexes[_asked[i].Endpoint] = index.Value;
            if (said[i] is Said.Headers headers && !_scan.TryTakeHeaders(headers.Value))
                Alarm(WatcherAlarmKind.Disagreement, _asked[i].Endpoint, "Headers", $"blocks {_scan.From} to {_scan.To} do not lead to {_scan.Last.Id}");
        }

        if (_scan.Headers.IsEmpty) return ++_scan.Tries < _scan.Servers.Length ? Ask(TakeHeaders, HeadersWanted()) : NotServed("Headers", $"blocks {_scan.From} to {_scan.To}");
        var first = _scan.Headers[0];
        if (first.ParentHash != State.Cursor.Hash) return Violation(new EthereumBlockId(State.Cursor.Number, first.ParentHash), first.Header!, _scan.Servers);
        _scan.FindCandidates(_options.Vault);
        return ReceiptsOrOn();
    }

    private WatcherStep ReceiptsOrOn()
    {
        if (_scan.Pending.Count == 0) return HeartbeatOrCommit();
        return Ask(TakeReceipts, _scan.Pending.Take(_options.ReceiptsAtOnce).Select(wanted => new Question.Receipts(_scan.Server(wanted.Block, wanted.Tries), wanted.Block.Id)));
    }

    private WatcherStep TakeReceipts(IReadOnlyList<Said> said)
    {
        var wanted = _scan.Pending[..said.Count];
        _scan.Pending.RemoveRange(0, said.Count);
        foreach (var (i, (block, tries)) in wanted.Index())
        {
            if (said[i] is Said.Receipts receipts)
            {
                if (_scan.TryTakeReceipts(block, receipts.Value, _options.Vault)) continue;
                Alarm(WatcherAlarmKind.Disagreement, _asked[i].Endpoint, "Receipts", $"those of block {block.Id} do not rebuild its root");
            }

            if (tries + 1 < _scan.Servers.Length) _scan.Pending.Insert(0, (block, tries + 1));
            else if (_scan.SameWrongReceipts(block.Id.Number) < _options.Quorum.Required) return NotServed("Receipts", $"block {block.Id}");
            else return HaltAt(HaltReason.UnknownReceiptLayout, block.Id, "receipts that a quorum gives do not rebuild the receipts root", _scan.Servers, block.Header);
        }

        return ReceiptsOrOn();
    }

    private WatcherStep HeartbeatOrCommit()
    {
        // Of several heartbeats at once the newest says all: the others' states are gone from most endpoints.
        var every = HeartbeatBlocks;
        if (_scan.To % every != 0 || _scan.To + every <= Finalized) return Commit();
        _scan.Tries = 0;
        return AskProof();
    }

    private WatcherStep AskProof()
    {
        var server = _scan.Server(_scan.Last, _scan.Tries);
        return Ask(TakeProof,
        [
            new Question.Proof(server, _options.Token, Heartbeat.TokenSlots(_options), _scan.To),
            new Question.Proof(server, _options.Vault, Heartbeat.VaultSlots, _scan.To),
        ]);
    }

    private WatcherStep TakeProof(IReadOnlyList<Said> said)
    {
        if (said is [Said.Proof token, Said.Proof vault])
        {
            var heartbeat = new Heartbeat(_scan.Last.Header!, _scan.Last.Id.Hash, token.Value, vault.Value);
            if (heartbeat.TryRead(out _)) _scan.Heartbeat = heartbeat;
            else Alarm(WatcherAlarmKind.Disagreement, _asked[0].Endpoint, "Proof", $"it proves nothing under the state root of block {_scan.Last.Id}");
        }

        if (_scan.Heartbeat is null && ++_scan.Tries < _scan.Servers.Length) return AskProof();
        if (_scan.Heartbeat is null && ++_heartbeatTries < _options.HeartbeatTries) return End(WatcherAlarmKind.NotServed, "Proof", $"block {_scan.Last.Id}");
        if (_scan.Heartbeat is null) Alarm(WatcherAlarmKind.HeartbeatMissed, null, "Proof", $"block {_scan.Last.Id}");
        _heartbeatTries = 0;
        return Commit();
    }

    // What stands before the first thing that is wrong is kept, and only then that is looked at.
    private WatcherStep Commit()
    {
        CheckIndexes();
        var state = State;
        var blocks = ImmutableArray.CreateBuilder<VaultBlock>();
        var wrong = _scan.Malformed;
        foreach (var (number, block) in _scan.VaultBlocks)
        {
            if (wrong is not null && wrong.Value.Number < number) break;
            if (TryFollow(state, block) is not { } after)
            {
                wrong = new EthereumBlockId(number, block.Hash);
                break;
            }

            state = after;
            blocks.Add(block);
        }

        EthereumBlockId[] scanned = [.. _scan.Scanned.Where(block => wrong is null || block.Number < wrong.Value.Number)];
        if (scanned.Length == 0) return wrong == _scan.Malformed ? HaltAt(HaltReason.MalformedEvent, wrong!.Value, "the vault logged what is none of its events", _scan.Servers, _scan.Headers[0].Header) : Gap(wrong!.Value);
        if (wrong is null && _scan.Heartbeat is { } heartbeat && Compare(state, heartbeat) is { } mismatch) return mismatch;
        // One more at a time: doubled at once, every second question would be refused by endpoints that have a bound.
        _rangeMax = Math.Min(_rangeMax + 1, _options.RangeMax);
        var found = Store(state.After(scanned, _options.TailMax), blocks.ToImmutable(), wrong is null ? _scan.Heartbeat : null);
        return State.Cursor.Number < Finalized || wrong is not null ? Advance() with { Found = found } : End() with { Found = found };
    }

    // eth_getLogs is nobody's evidence: but whoever answers it otherwise than the receipts do is not to be relied on.
    private void CheckIndexes()
    {
        foreach (var (endpoint, index) in _scan.Indexes)
            if (!index.AsSpan().SequenceEqual(_scan.VaultBlocks.Keys.ToArray()) && _scan.Malformed is null)
                Alarm(WatcherAlarmKind.Disagreement, endpoint, "LogIndex", $"blocks {_scan.From} to {_scan.To}: {string.Join(' ', index)} for {string.Join(' ', _scan.VaultBlocks.Keys)}");
    }

    // The state after a block's events; null where their nonces do not follow.
    private static WatcherState? TryFollow(WatcherState state, VaultBlock block)
    {
        foreach (var read in block.Events)
        {
            if (read.Nonce != state.EventNonce + 1) return null;
            state = state with { EventNonce = read.Nonce, EventChain = read.Fold(state.EventChain), LastEventBlock = new EthereumBlockId(block.Number, block.Hash) };
        }

        return state;
    }

    // Null where the storage says what the events add up to.
    private WatcherStep? Compare(WatcherState state, Heartbeat heartbeat)
    {
        var isProven = heartbeat.TryRead(out var reserves);
        Invariant.Check(isProven, "a heartbeat is kept when it is proven");
        if (!reserves.IsThere) return HaltAt(HaltReason.VaultMissing, _scan.Last.Id, "there is no contract at the vault's address", _scan.Servers, heartbeat.Header);
        if (reserves.EventNonce > state.EventNonce) return Gap(_scan.Last.Id);
        if (reserves.EventNonce == state.EventNonce && reserves.EventChain == state.EventChain) return null;
        return HaltAt(HaltReason.EventChainMismatch, _scan.Last.Id, "the vault's chain of events is not that of its logs", _scan.Servers, heartbeat.Header);
    }

    // Receipts and headers are proven, so that scanning again finds the same unless it was this program or its store that lost an event.
    private WatcherStep Gap(EthereumBlockId at)
    {
        if (State.RescannedNonce == State.EventNonce) return HaltAt(HaltReason.NonceGap, at, $"after nonce {State.EventNonce} events are missing, also when scanned again", _scan.Servers);
        Alarm(WatcherAlarmKind.Rescan, null, nameof(WatcherAlarmKind.Rescan), $"after nonce {State.EventNonce} events are missing before block {at}: scanning again from block {State.LastEventBlock.Number}");
        var found = Store(State.Rescan(), [], null);
        return Advance() with { Found = found };
    }

    // How deep it goes is asked of those who agree, and proven by hashes too.
    private WatcherStep Violation(EthereumBlockId other, EthereumHeader seen, ImmutableArray<int> agreeing)
    {
        var stored = State.Cursor;
        var from = Math.Max(State.Tail[0].Number, stored.Number - Math.Min(stored.Number, EthereumEndpoint.HeadersMax - 1));
        var tries = 0;
        return AskTail();

        WatcherStep AskTail() => Ask(TakeTail, [new Question.Headers(agreeing[tries], from, stored.Number)]);

        WatcherStep TakeTail(IReadOnlyList<Said> said)
        {
            if (said[0] is Said.Headers headers && RangeScan.Leads(headers.Value, from, other)) return Stop(Changed(headers.Value));
            return ++tries < agreeing.Length ? AskTail() : Stop([other]);
        }

        WatcherStep Stop(ImmutableArray<EthereumBlockId> changed) => Halt(new WatcherHalt(
            HaltReason.FinalityViolation, stored, other, changed, agreeing, seen.Encode(), $"block {stored.Number} was final as {stored.Hash}, and a quorum now names {other.Hash}"));
    }

    private ImmutableArray<EthereumBlockId> Changed(ImmutableArray<RpcHeader> now)
    {
        var known = State.Tail.ToDictionary(block => block.Number, block => block.Hash);
        return [.. now.Select(block => block.Id).Where(block => known.TryGetValue(block.Number, out var hash) && hash != block.Hash)];
    }

    private WatcherStep HaltAt(HaltReason reason, EthereumBlockId seen, string detail, ImmutableArray<int> endpoints, EthereumHeader? header = null) =>
        Halt(new WatcherHalt(reason, State.Cursor, seen, [], endpoints, header?.Encode() ?? [], detail));

    private WatcherStep Halt(WatcherHalt halt)
    {
        var found = Store(State with { Halt = halt }, [], null);
        return End(WatcherAlarmKind.Halted, halt.Reason.ToString(), halt.Detail) with { Found = found };
    }

    // The next pass begins with less, down to a single block, whose header the quorum gives.
    private WatcherStep NotServed(string what, string detail)
    {
        _rangeMax = Math.Max(1, (int)Math.Min((ulong)_rangeMax, _scan.To - _scan.From + 1) / 2);
        Alarm(WatcherAlarmKind.NotServed, null, what, detail);
        return _scan.To > _scan.From ? Advance() : End();
    }

    private ScanFinding Store(WatcherState after, ImmutableArray<VaultBlock> blocks, Heartbeat? heartbeat)
    {
        var found = new ScanFinding(State, after, blocks, heartbeat);
        State = after;
        return found;
    }

    private WatcherStep BelowQuorum(int count) =>
        End(WatcherAlarmKind.BelowQuorum, nameof(QuorumFault.BelowQuorum), $"{count} of {_options.Quorum.Endpoints} endpoints, {_options.Quorum.Required} are required");

    private void Alarm(WatcherAlarmKind kind, int? endpoint, string cause, string detail) => _alarms.Add(new WatcherAlarm(kind, endpoint, cause, detail));

    private WatcherStep Ask(Func<IReadOnlyList<Said>, WatcherStep> next, IEnumerable<Question> questions)
    {
        (_next, _asked) = (next, [.. questions]);
        return new WatcherStep(_asked, null, TakeAlarms());
    }

    private WatcherStep End(WatcherAlarmKind kind, string cause, string detail)
    {
        Alarm(kind, null, cause, detail);
        return End();
    }

    private WatcherStep End()
    {
        (_next, _asked) = (null, []);
        return new WatcherStep([], null, TakeAlarms());
    }

    private ImmutableArray<WatcherAlarm> TakeAlarms()
    {
        ImmutableArray<WatcherAlarm> taken = [.. _alarms];
        _alarms.Clear();
        return taken;
    }
}
