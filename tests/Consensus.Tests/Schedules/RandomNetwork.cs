using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>
/// Drivers, one of them replaced by a liar, in a network that loses, repeats and reorders, with timers that fire whenever they like and clocks
/// that do not agree.
/// Then the network heals: messages arrive, timers fire in their order, the liar keeps silent, and what is re-broadcast must suffice.
/// </summary>
internal sealed class RandomNetwork
{
    private readonly Committee _committee;
    private readonly SeededStream _stream;
    private readonly int _liar;
    private readonly Driver?[] _drivers;
    private readonly List<(Input Input, IReadOnlyList<Effect> Effects)>[] _logs;
    private readonly List<(int To, Input Input)> _pending = [];
    private readonly List<(int Node, Timeout Timeout, TimeSpan At)> _timers = [];
    private readonly List<Proposal> _proposals = [];
    private readonly Dictionary<BlockHash, (BlockRef Block, bool IsValid)> _blocks = [];
    private readonly ulong _lies, _fires, _proposalsLost, _prevotesLost, _precommitsLost;
    private TimeSpan _now;

    public RandomNetwork(Committee committee, int liar, ulong seed)
    {
        _committee = committee;
        _liar = liar;
        _stream = new SeededStream(seed);
        _logs = [.. committee.Keys.Select(_ => new List<(Input, IReadOnlyList<Effect>)>())];
        _drivers = [.. committee.Keys.Select((key, i) => i == liar ? null : new Driver(key.Address, new TimeoutSettings()))];
        Votes = new HonestVotes(committee.Set.Count);
        foreach (var name in new[] { "lie 1", "lie 2", "bad" }) BlockOf(name);
        // Each seed is another kind of network; in percent.
        _lies = 5 + _stream.NextBelow(20);
        _fires = 2 + _stream.NextBelow(15);
        _proposalsLost = 10 * _stream.NextBelow(4);
        _prevotesLost = 10 * _stream.NextBelow(6);
        _precommitsLost = 10 * _stream.NextBelow(10);
    }

    public HonestVotes Votes { get; }

    public List<CommitCertificate> Decisions { get; } = [];

    public int Evidence { get; private set; }

    public uint LastRound => Honest.Max(i => _drivers[i]!.Round.Value);

    private IEnumerable<int> Honest => Enumerable.Range(0, _drivers.Length).Where(i => i != _liar);

    public void Start()
    {
        foreach (var node in Honest) Tell(node, new Input.StartHeight(_committee.Height, _committee.Schedule));
    }

    public void RunWildly(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var draw = _stream.NextBelow(100);
            if (draw < _lies) Lie();
            else if (draw < _lies + _fires && _timers.Count > 0) Fire((int)_stream.NextBelow((ulong)_timers.Count));
            else if (_pending.Count > 0) DeliverOrLose((int)_stream.NextBelow((ulong)_pending.Count));
        }
    }

    /// <summary>False where nobody decided although all was well for long.</summary>
    public bool Heal()
    {
        for (var fired = 0; fired < 150 && Decisions.Count == 0; fired++)
        {
            DeliverAll();
            foreach (var node in Honest) Rebroadcast(node);
            DeliverAll();
            if (Decisions.Count > 0 || _timers.Count == 0) break;
            Fire(_timers.IndexOf(_timers.MinBy(t => (t.At, t.Node, t.Timeout.Kind))));
        }

        return Decisions.Count > 0;
    }

    /// <summary>A new driver that is told the same must ask for the same: this is how a node comes back after a crash.</summary>
    public void Replay()
    {
        foreach (var node in Honest)
        {
            var driver = new Driver(_committee.Keys[node].Address, new TimeoutSettings());
            foreach (var (input, effects) in _logs[node]) Assert.Equal(effects, driver.Step(input));
        }
    }

    private void Tell(int node, Input input)
    {
        var inputs = new Queue<Input>([input]);
        while (inputs.TryDequeue(out var next))
        {
            var effects = _drivers[node]!.Step(next);
            _logs[node].Add((next, effects));
            foreach (var effect in effects)
                if (Do(node, effect) is { } echo)
                    inputs.Enqueue(echo);
        }
    }

    private Input? Do(int node, Effect effect)
    {
        switch (effect)
        {
            case Effect.GetValue get:
                _pending.Add((node, new Input.ValueBuilt(get.Height, get.Round, BlockOf($"{node}/{get.Round}"))));
                return null;
            case Effect.Propose propose:
                Votes.Add(node, _committee.Sign(propose.Proposal, node));
                return Send(node, Message(propose.Proposal, node));
            case Effect.CastVote cast:
                Votes.Add(node, _committee.Sign(cast.Vote, node));
                return Send(node, new Input.VoteReceived(_committee.Sign(cast.Vote, node)));
            case Effect.ScheduleTimeout timer:
                _timers.Add((node, timer.Timeout, _now + timer.After));
                return null;
            case Effect.Decide decide:
                Assert.Equal(CertificateFault.None, decide.Certificate.Check(Committee.Genesis, _committee.Set));
                Assert.True(_blocks[decide.Certificate.Block.Hash].IsValid);
                Decisions.Add(decide.Certificate);
                return null;
            case Effect.FoundEvidence found:
                Assert.Equal(_committee.Set[_liar].Address, found.Evidence.Guilty);
                Evidence++;
                return null;
            default:
                return null;
        }
    }

    private Input Send(int from, Input message)
    {
        foreach (var node in Honest)
            if (node != from)
                _pending.Add((node, message));
        return message;
    }

    private void DeliverOrLose(int index)
    {
        var (to, input) = _pending[index];
        if (_stream.NextChance(1, 20)) Tell(to, input); // and it stays, to come again
        else if (_stream.NextChance(LostOf(input), 100)) Remove(index);
        else Deliver(index, Judged(input));
    }

    // Whether a fresh block's time fits is for each node to say; while the network is wild they disagree.
    private Input Judged(Input input) => input is Input.ProposalReceived proposal ? proposal with { IsTimely = !_stream.NextChance(1, 10) } : input;

    private ulong LostOf(Input input) => input switch
    {
        Input.ProposalReceived => _proposalsLost,
        Input.VoteReceived { Vote.Vote: Prevote } => _prevotesLost,
        Input.VoteReceived => _precommitsLost,
        _ => 0,
    };

    private void Deliver(int index, Input? judged = null)
    {
        var (to, input) = _pending[index];
        Remove(index);
        Tell(to, judged ?? input);
    }

    private void Remove(int index)
    {
        _pending[index] = _pending[^1];
        _pending.RemoveAt(_pending.Count - 1);
    }

    private void DeliverAll()
    {
        while (_pending.Count > 0) Deliver((int)_stream.NextBelow((ulong)_pending.Count));
    }

    private void Fire(int index)
    {
        var (node, timeout, at) = _timers[index];
        _timers.RemoveAt(index);
        if (at > _now) _now = at;
        Tell(node, new Input.TimeoutElapsed(timeout));
    }

    private void Rebroadcast(int node)
    {
        if (_drivers[node]!.Liveness is not { } liveness) return;
        foreach (var proposal in liveness.Proposals) Send(node, Message(proposal.Proposal, _committee.IndexOf(proposal.Proposer)));
        var votes = liveness.OwnVotes.Concat(liveness.CurrentRound?.Votes ?? []).Concat(liveness.PreviousRound?.Votes ?? []).ToList();
        foreach (var vote in votes) Send(node, new Input.VoteReceived(_committee.Sign(vote.Vote, _committee.IndexOf(vote.Validator))));
        if (liveness.ValidPolka is not { } polka) return;
        foreach (var signature in polka.Signatures) Send(node, new Input.VoteReceived(_committee.Sign(polka.Prevote, signature.Index)));
    }

    // Mostly what fits to some proposal, since nonsense alone does no harm; to some nodes only.
    private void Lie()
    {
        var near = _drivers[Honest.ElementAt((int)_stream.NextBelow((ulong)_drivers.Length - 1))]!.Round.Value;
        var about = _proposals.Count > 0 && _stream.NextChance(3, 4)
            ? _proposals[^(int)(1 + _stream.NextBelow((ulong)Math.Min(3, _proposals.Count)))]
            : new Proposal(_committee.Height, new Round(near + (uint)_stream.NextBelow(2)), AnyBlock(), AnyRound(near));
        var message = Lie(about);
        foreach (var node in Honest)
            if (_stream.NextChance(1, 2))
                _pending.Add((node, message));
    }

    private Input Lie(Proposal about)
    {
        if (_committee.LeaderOf(about.Round) == _liar && _stream.NextChance(1, 2)) return Message(about with { Block = AnyBlock() }, _liar);
        var isNil = _stream.NextChance(1, 5);
        Vote vote = _stream.NextChance(1, 2)
            ? new Prevote(about.Height, about.Round, isNil ? null : about.Block, isNil ? null : about.ValidRound)
            : new Precommit(about.Height, about.Round, isNil ? null : _blocks[about.Block].Block);
        return new Input.VoteReceived(_committee.Sign(vote, _liar));
    }

    private Input Message(Proposal proposal, int proposer)
    {
        if (!_proposals.Contains(proposal)) _proposals.Add(proposal);
        var (block, isValid) = _blocks[proposal.Block];
        return new Input.ProposalReceived(_committee.Sign(proposal, proposer), block, isValid, IsTimely: true);
    }

    private BlockHash AnyBlock() => _blocks.Keys.ElementAt((int)_stream.NextBelow((ulong)_blocks.Count));

    private Round? AnyRound(uint below) => below == 0 || _stream.NextChance(1, 2) ? null : new Round((uint)_stream.NextBelow(below));

    private BlockRef BlockOf(string name)
    {
        var block = Committee.Block(name);
        _blocks[block.Hash] = (block, name != "bad");
        return block;
    }
}
