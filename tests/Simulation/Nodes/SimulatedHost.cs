using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// What the host does for a node in production, in virtual time: turns, timers, the network, answers to those who catch up; and its end at any
/// boundary.
/// </summary>
public sealed class SimulatedHost
{
    private const int TurnInputsMax = 256;

    private readonly Cluster _cluster;
    private readonly CrashPlan _crashes;
    private readonly Queue<EngineInput> _inbox = [];
    private readonly TransactionIntake _intake;
    private readonly ulong _turnDelay;
    private bool _isTurnPlanned;

    /// <param name="cluster">Where it lives.</param>
    /// <param name="node">Its machine.</param>
    /// <param name="crashes">How its turns end.</param>
    /// <param name="turnDelay">Milliseconds that inputs wait for others to share their turn; 0 makes a turn of each.</param>
    public SimulatedHost(Cluster cluster, SimulatedNode node, CrashPlan crashes, ulong turnDelay)
    {
        _cluster = cluster;
        Node = node;
        _crashes = crashes;
        _turnDelay = turnDelay;
        // It remembers what it found of which bytes: shared, only the first who is sent a transaction would check its signature.
        _intake = cluster.Options.RealSignatures ? new TransactionIntake(cluster.GenesisHash) : cluster.Intake;
    }

    public SimulatedNode Node { get; }

    /// <summary>The disk cannot be used any more, or the node has met a fork and stopped: nobody starts it again.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The validator's part in training; null where nothing is trained.</summary>
    public TrainingAgent? Agent { get; set; }

    private Timestamp Now => Node.Clock.At(_cluster.Events.Now);

    public void Start()
    {
        if (Node.IsUp || IsLost) return;
        _inbox.Clear();
        _isTurnPlanned = false;
        if (_cluster.MayCrash(Node) && _crashes.DiesAgain()) Node.CrashSoon(_crashes.Draw);
        try
        {
            Node.Start(Now, CommitsTo);
        }
        catch (SimulatedCrashException)
        {
            Die(isMachine: true);
            return;
        }
        catch (StoreFailedException)
        {
            DieOfAFullDisk();
            return;
        }
        catch (OperatorException) when (Node.IsHarmed)
        {
            _cluster.Log.Record('l', Node.Index);
            IsLost = true;
            Node.Kill();
            return;
        }

        _cluster.Log.Record('s', Node.Index, Node.Engine!.State.Height.Value);
        foreach (var checker in _cluster.Checkers) checker.Started(Node);
        Agent?.Wake();
        if (Node.Accomplice is { } accomplice) accomplice.Engine = Node.Engine;
        foreach (var other in _cluster.Hosts)
        {
            if (other == this || !other.Node.IsUp || _cluster.Network[Node.Index, other.Node.Index].IsDown) continue;
            _inbox.Enqueue(new EngineInput.PeerConnected(other.Node.Address));
            other.Tell(new EngineInput.PeerConnected(Node.Address));
        }

        Turn(static _ => { });
    }

    /// <summary>Hands over an input, now or with others that come soon.</summary>
    public void Tell(EngineInput input)
    {
        if (!Node.IsUp) return;
        _inbox.Enqueue(input);
        if (_turnDelay == 0)
        {
            Turn(static _ => { });
            return;
        }

        if (_isTurnPlanned) return;
        _isTurnPlanned = true;
        InThisLife(_turnDelay, () =>
        {
            _isTurnPlanned = false;
            Turn(static _ => { });
        });
    }

    /// <summary>One turn: what waits in the inbox, then what is given, then whatever the engine lets out.</summary>
    public void Turn(Action<Engine> act)
    {
        if (Node.Engine is not { } engine) return;
        var end = _cluster.MayCrash(Node) ? _crashes.Next() : TurnEnd.Lives;
        if (end == TurnEnd.DiesInside) Node.CrashSoon(_crashes.Draw);
        try
        {
            for (var i = 0; i < TurnInputsMax && _inbox.TryDequeue(out var input); i++) Handle(engine, input);
            act(engine);
            if (end is TurnEnd.DiesBefore or TurnEnd.KilledBefore)
            {
                _cluster.Faults.Add(end == TurnEnd.DiesBefore ? "died_before_the_flush" : "killed_before_the_flush");
                Die(end == TurnEnd.DiesBefore);
                return;
            }

            var outputs = engine.EndTurn();
            var isCut = end is TurnEnd.DiesAfter or TurnEnd.KilledAfter;
            foreach (var output in outputs.Take(isCut ? _crashes.Let(outputs.Count) : outputs.Count))
            {
                Perform(output);
                if (output is not EngineOutput.OwnKeyElsewhere) continue;
                IsLost = true; // the process ends there, and whoever runs it has something to look into
                Die(isMachine: false);
                return;
            }

            if (!isCut) return;
            _cluster.Faults.Add(end == TurnEnd.DiesAfter ? "died_between_outputs" : "killed_between_outputs");
            Die(end == TurnEnd.DiesAfter);
        }
        catch (SimulatedCrashException)
        {
            _cluster.Faults.Add("died_inside_a_write");
            Die(isMachine: true);
        }
        catch (StoreFailedException)
        {
            DieOfAFullDisk(); // its outputs unsaid
        }
        catch (InvariantException) when (_cluster.Forks is { IsForked: true })
        {
            // More than two thirds decided what this node knows to be wrong: it stops, as it should. Its disks stay as they are.
            _cluster.Log.Record('z', Node.Index);
            _cluster.Faults.Add("halted_by_a_fork");
            IsLost = true;
            Node.Kill();
            _inbox.Clear();
        }
    }

    /// <summary>Stops the process and starts it with another key.</summary>
    public void Rekey(PrivateKey key)
    {
        _cluster.Log.Record('y', Node.Index);
        var height = Node.Engine!.State.Height.Next();
        Die(isMachine: false);
        Node.Rekey(key, height);
    }

    /// <summary>Does something later, if the process then still lives.</summary>
    public void Later(ulong after, Action happening) => InThisLife(after, happening);

    private void Handle(Engine engine, EngineInput input)
    {
        engine.Handle(input, Now);
        foreach (var checker in _cluster.Checkers) checker.Handled(Node, input);
    }

    /// <summary>The machine is gone and nobody starts it again.</summary>
    public void Remove()
    {
        IsLost = true;
        Die(isMachine: true);
    }

    public void Die(bool isMachine)
    {
        _cluster.Log.Record(isMachine ? 'x' : 'k', Node.Index);
        _cluster.Crashes++;
        _cluster.Faults.Add(isMachine ? "machines_died" : "processes_killed");
        if (isMachine) Node.Crash(_crashes.Draw);
        else Node.Kill();
        foreach (var checker in _cluster.Checkers) checker.Died(Node, isMachine);
        Agent?.Died(isMachine);
        _inbox.Clear();
        _cluster.Disks.AfterCrash(Node);
        foreach (var other in _cluster.Hosts)
            if (other != this && !_cluster.Network[Node.Index, other.Node.Index].IsDown)
                _cluster.Events.After(1, () => other.Tell(new EngineInput.PeerDisconnected(Node.Address)));
        _cluster.Events.After(_cluster.MayCrash(Node) ? _crashes.Away() : 100, Start);
    }

    // No other store fails in a run.
    private void DieOfAFullDisk()
    {
        _cluster.Faults.Add("killed_by_a_full_disk");
        Die(isMachine: false);
    }

    private void Perform(EngineOutput output)
    {
        foreach (var checker in _cluster.Checkers) checker.Output(Node, output);
        switch (output)
        {
            case EngineOutput.Send send:
                Send(send);
                break;
            case EngineOutput.SetTimer set:
                InThisLife((ulong)set.After.TotalMilliseconds, () =>
                {
                    _cluster.Log.Record('t', Node.Index);
                    Tell(new EngineInput.TimerElapsed(set.Timer));
                });
                break;
            case EngineOutput.FetchBlocks fetch:
                Fetch(fetch);
                break;
            case EngineOutput.Committed committed:
                _cluster.Log.Record('c', Node.Index, committed.Block.Block.Height.Value, committed.Block.Block.Hash.Value);
                _cluster.Note(committed);
                Agent?.Wake();
                break;
            case EngineOutput.RoundStarted started:
                _cluster.Log.Record('r', Node.Index, started.Round.Value);
                break;
            default:
                _cluster.Log.Record('o', Node.Index);
                break;
        }
    }

    private void Send(EngineOutput.Send send)
    {
        IReadOnlyList<Address> to = send.Peer is { } peer ? [peer] : [.. _cluster.Hosts.Where(other => other != this).Select(other => other.Node.Address)];
        if (Node.Accomplice is { } accomplice)
        {
            foreach (var parcel in accomplice.Send(to, send.Message)) Carry(parcel);
            return;
        }

        foreach (var checker in _cluster.Checkers) checker.Left(Node, send.Peer, send.Message);
        var letter = new Letter(send.Message);
        foreach (var address in to) Carry(new Parcel(address, letter));
    }

    private void Carry(Parcel parcel)
    {
        if (!_cluster.TryFind(parcel.To, out var receiver) || receiver == this) return;
        _cluster.Network.Carry(
            Node.Index, receiver.Node.Index, parcel.Letter.Message?.IsGossip ?? false, () => receiver.Receive(this, parcel.Letter), parcel.Letter.Bytes.Length);
    }

    private void Receive(SimulatedHost from, Letter letter)
    {
        if (!Node.IsUp) return;
        _cluster.Messages++;
        _cluster.Log.Record('m', Node.Index, (ulong)from.Node.Index, letter.Digest);
        if (letter.Message is not { } message)
        {
            if (from.Node.IsHonest) throw new SimulationFailedException($"honest {from.Node.Address} sent {letter.Bytes.Length} bytes that are no message");
            return;
        }

        if (Node.Accomplice is { } accomplice)
            foreach (var parcel in accomplice.Hear(from.Node.Address, message))
                Carry(parcel);
        Tell(message is PeerMessage.TransactionsMessage t ? _intake.TakeAll(from.Node.Address, t) : new EngineInput.MessageArrived(from.Node.Address, message, Now));
    }

    // Asked in one message; answered block by block, as the node's own host hands them over: one is held back, so that the last is known as such.
    private void Fetch(EngineOutput.FetchBlocks fetch)
    {
        if (!_cluster.TryFind(fetch.Peer, out var peer)) return;
        var life = Node.Life;
        var isAnswered = false;
        _cluster.Network.Carry(Node.Index, peer.Node.Index, true, () =>
        {
            if (!peer.Node.IsUp || isAnswered) return;
            isAnswered = true; // a link may double a message, but a call has one answer
            _cluster.Log.Record('q', peer.Node.Index, fetch.From.Value);
            var blocks = peer.Serve(fetch.From, fetch.To);
            List<Action> parts = [.. blocks.SkipLast(1).Select(block => new Action(() => Answered(block, more: true))), () => Answered(blocks.Count > 0 ? blocks[^1] : null, more: false)];
            _cluster.Network.CarryAnswer(peer.Node.Index, Node.Index, parts);
        });

        void Answered(FetchedBlock? block, bool more)
        {
            if (Node.Life != life || !Node.IsUp) return;
            _cluster.Log.Record('a', Node.Index, (ulong)peer.Node.Index, block is { } b ? Hash256.Sha256(b.Block.Span) : default);
            var hint = Node.Engine!.State.Next.Validators;
            Tell(new EngineInput.BlocksArrived(peer.Node.Address, fetch.Attempt, block is { } fetched ? [fetched.Prepare(_cluster.GenesisHash, hint)] : [], more));
        }
    }

    private List<FetchedBlock> Serve(Height from, Height to)
    {
        var blocks = new List<FetchedBlock>();
        for (var height = from; blocks.Count < (int)NeuroChain.Consensus.SyncPlanner.RangeMax && height <= to && Node.Chain.Get(height) is { } committed; height = height.Next())
            blocks.Add(new FetchedBlock(committed.Block.Bytes, committed.Certificate.Encode()));
        return Node.Accomplice is { } accomplice ? accomplice.Serve(from, to, blocks) : blocks;
    }

    private IBlockCommits CommitsTo(ChainStore chain)
    {
        if (_cluster.Options.BackgroundCommitMs == 0) return new DirectCommits(chain);
        SimulatedCommits? commits = null;
        return commits = new SimulatedCommits(chain, () => InThisLife(1 + _crashes.Draw.NextBelow(_cluster.Options.BackgroundCommitMs), () =>
        {
            _cluster.Log.Record('w', Node.Index);
            Turn(_ => commits!.Flush());
        }));
    }

    private void InThisLife(ulong after, Action happening)
    {
        var life = Node.Life;
        _cluster.Events.After(after, () =>
        {
            if (Node.Life == life && Node.IsUp) happening();
        });
    }
}
