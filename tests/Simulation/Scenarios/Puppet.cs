using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;
using Timeout = NeuroChain.Consensus.Timeout;

namespace NeuroChain.Simulation;

/// <summary>A production engine whose every message and timer is in the hands of a story: what it says is kept, and nothing arrives by itself.</summary>
public sealed class Puppet
{
    private readonly SimulatedNode _node;
    private readonly IReadOnlyList<IChecker> _checkers;
    private readonly List<PeerMessage> _said = [];
    private readonly List<EngineTimer> _timers = [];
    private readonly List<CommittedBlock> _committed = [];
    private readonly List<EngineOutput.FetchBlocks> _fetches = [];
    private readonly List<Address> _refused = [];
    private readonly List<FaultProof> _found = [];
    private ulong _now;

    public Puppet(int index, string name, GenesisDocument genesis, PrivateKey key, IReadOnlyList<IChecker> checkers)
    {
        Name = name;
        _checkers = checkers;
        _node = new SimulatedNode(index, genesis, key, new EngineSettings { Node = key.Address }, new NodeClock(Cluster.Epoch, 0, 0));
        _node.Start(_node.Clock.At(0), chain => new DirectCommits(chain));
        // It hears from everybody that nothing is decided yet: else it would say nothing.
        foreach (var validator in genesis.Validators) _node.Engine!.Handle(new EngineInput.MessageArrived(validator.Node, new PeerMessage.StatusMessage(Height.Genesis)), _node.Clock.At(0));
        EndTurn();
    }

    public string Name { get; }

    public Address Address => _node.Address;

    public Height Decided => _node.Engine!.State.Height;

    public Round Round => _node.Engine!.Round;

    /// <summary>The height begins, the pause before it being over.</summary>
    public void BeginHeight() => Fire(_timers.OfType<EngineTimer.StartHeight>().LastOrDefault(), "the start of the height");

    /// <summary>Its timer of that kind elapses in the round that it is in.</summary>
    public void TimeOut(TimeoutKind kind) => Fire(TimerOf(kind), $"timeout {kind} of round {Round}");

    /// <summary>Whether it waits for a timer of that kind in the round that it is in.</summary>
    public bool Awaits(TimeoutKind kind) => TimerOf(kind) is not null;

    public void Rebroadcast() => Fire(_timers.OfType<EngineTimer.Rebroadcast>().LastOrDefault(), "rebroadcast");

    public void Hear(Address from, params IEnumerable<PeerMessage> messages)
    {
        foreach (var message in messages) Handle(new EngineInput.MessageArrived(from, message));
    }

    /// <summary>Its vote of that kind in a round.</summary>
    /// <exception cref="SimulationFailedException">It has not voted so far.</exception>
    public PeerMessage.VoteMessage VoteOf<TVote>(uint round)
        where TVote : Vote =>
        _said.OfType<PeerMessage.VoteMessage>().FirstOrDefault(m => m.Vote.Validator == Address && m.Vote.Vote is TVote vote && vote.Height == Decided.Next() && vote.Round.Value == round)
            ?? throw new SimulationFailedException($"{Name} was to cast a {typeof(TVote).Name} in round {round}, and has not");

    /// <summary>Whether it has voted so in a round.</summary>
    public bool HasCast<TVote>(uint round)
        where TVote : Vote =>
        _said.OfType<PeerMessage.VoteMessage>().Any(m => m.Vote.Validator == Address && m.Vote.Vote is TVote vote && vote.Height == Decided.Next() && vote.Round.Value == round);

    /// <summary>What it proposed in a round.</summary>
    /// <exception cref="SimulationFailedException">Nothing so far.</exception>
    public PeerMessage.ProposalMessage ProposalOf(uint round) =>
        _said.OfType<PeerMessage.ProposalMessage>().FirstOrDefault(m => m.Proposal.Proposer == Address && m.Proposal.Proposal.Round.Value == round)
            ?? throw new SimulationFailedException($"{Name} was to propose in round {round}, and has not");

    /// <summary>What it has decided, with the certificates by which it did.</summary>
    public IReadOnlyList<CommittedBlock> Committed => _committed;

    /// <summary>Whom it would hear no more, in the order in which that came about.</summary>
    public IReadOnlyList<Address> Refused => _refused;

    /// <summary>What it asks of a peer while it catches up; null where it asks nothing.</summary>
    public EngineOutput.FetchBlocks? FetchFrom(Address peer) => _fetches.LastOrDefault(fetch => fetch.Peer == peer);

    /// <summary>One after the other, as they come over a line.</summary>
    public void Answer(EngineOutput.FetchBlocks fetch, IReadOnlyList<FetchedBlock> blocks)
    {
        _fetches.Remove(fetch);
        for (var i = 0; i < blocks.Count; i++) Handle(new EngineInput.BlocksArrived(fetch.Peer, fetch.Attempt, [blocks[i]], More: i + 1 < blocks.Count));
        while (_timers.OfType<EngineTimer.SyncApply>().FirstOrDefault() is { } more)
        {
            _timers.Remove(more);
            Handle(new EngineInput.TimerElapsed(more));
        }
    }

    /// <summary>The polkas that it has passed on.</summary>
    public IEnumerable<PeerMessage> Polkas => _said.OfType<PeerMessage.PolkaMessage>();

    /// <summary>Whom it has convicted by what it heard.</summary>
    public IReadOnlyList<FaultProof> Found => _found;

    /// <summary>How it decided a height, and the polkas that it stored of it, as its operator would give them to another; null where it has not.</summary>
    public HeightCertificates? Stored(GenesisHash genesis, Height height) => HeightCertificates.Of(genesis, _node.Chain, height);

    private EngineTimer? TimerOf(TimeoutKind kind)
    {
        var wanted = new Timeout(kind, Decided.Next(), Round);
        return _timers.OfType<EngineTimer.Consensus>().LastOrDefault(timer => timer.Timeout == wanted);
    }

    private void Fire(EngineTimer? timer, string what)
    {
        if (timer is null) throw new SimulationFailedException($"{Name} was to have a timer for {what}, and has none");
        Handle(new EngineInput.TimerElapsed(timer));
    }

    private void Handle(EngineInput input)
    {
        _node.Engine!.Handle(input, _node.Clock.At(++_now));
        EndTurn();
    }

    private void EndTurn()
    {
        foreach (var output in _node.Engine!.EndTurn())
        {
            foreach (var checker in _checkers) checker.Output(_node, output);
            if (output is EngineOutput.SetTimer set) _timers.Add(set.Timer);
            if (output is EngineOutput.FetchBlocks fetch) _fetches.Add(fetch);
            if (output is EngineOutput.Refused refused) _refused.Add(refused.Peer);
            if (output is EngineOutput.FoundEvidence found) _found.Add(found.Evidence);
            if (output is EngineOutput.Committed committed) _committed.Add(committed.Block);
            if (output is not EngineOutput.Send send) continue;
            foreach (var checker in _checkers) checker.Left(_node, send.Peer, send.Message);
            _said.Add(send.Message);
        }
    }
}
