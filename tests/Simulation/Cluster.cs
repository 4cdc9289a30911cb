using System.Security.Cryptography;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>What a run came to. Two runs of one seed have one hash.</summary>
public sealed record SimulationResult(ulong Seed, Height Height, int Crashes, long Messages, Hash256 EventHash);

/// <summary>
/// Some validators in one thread: virtual time, a network that delays, loses, doubles and reorders, processes that crash at the boundary
/// of any turn. First the faults, in which nothing wrong may happen; then health, in which the chain must move on.
/// </summary>
public sealed class Cluster
{
    private const ulong Epoch = 1_700_000_000_000;

    private readonly SimulationOptions _options;
    private readonly SeededStream _draw;
    private readonly EventQueue _events = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<PrivateKey> _holders = [];
    private readonly GenesisDocument _genesis;
    private readonly AgreementChecker _agreement = new();
    private readonly StateChecker _states = new();
    private readonly EvidenceChecker _evidence = new();
    private readonly IncrementalHash _eventHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TransactionIntake _intake;
    private bool _isFaulty = true;
    private int _crashes;
    private long _messages;

    public Cluster(SimulationOptions options)
    {
        _options = options;
        _draw = new SeededStream(options.Seed);
        var keys = Enumerable.Range(0, options.Validators).Select(_ => PrivateKey.FromSeed(_draw.NextHash())).ToList();
        for (var i = 0; i < 3; i++) _holders.Add(PrivateKey.FromSeed(_draw.NextHash()));
        _genesis = new GenesisDocument
        {
            ChainName = "simulation",
            TimeMs = Epoch - 1000,
            Validators = [.. keys.Select((key, i) => new GenesisValidator(key.Address, key.Address, options.WeightedPower ? 10 + _draw.NextBelow(5) : 10))],
            Allocations = [.. _holders.Select(holder => new GenesisAllocation(holder.Address, Amount.FromNtk(1_000)))],
        };
        _intake = new TransactionIntake(_genesis.Hash);
        foreach (var key in keys) _nodes.Add(new SimulatedNode(_genesis, key, options.ClockSkewMax == 0 ? 0 : _draw.NextBelow(options.ClockSkewMax)));
    }

    /// <exception cref="SimulationFailedException">A rule was broken; the message says which.</exception>
    public SimulationResult Run()
    {
        foreach (var node in _nodes) Restart(node);
        if (_options.TransfersPerSecond > 0) _events.After(500, OfferTransfer);
        RunUntil(_options.FaultyFor);

        _isFaulty = false;
        foreach (var node in _nodes.Where(node => node.Engine is null)) Restart(node);
        var reached = _agreement.Highest;
        RunUntil(_options.FaultyFor + _options.HealthyFor);
        foreach (var node in _nodes)
            if (node.Engine!.State.Height < reached.Plus(3))
                throw new SimulationFailedException($"liveness: node {node.Address} is at {node.Engine.State.Height}, {reached.Plus(3)} was to be reached");
        return new SimulationResult(_options.Seed, _agreement.Highest, _crashes, _messages, Hash256.FromBytes(_eventHash.GetHashAndReset()));
    }

    private void RunUntil(ulong time)
    {
        while (_events.RunNext(time)) { }
    }

    private void Restart(SimulatedNode node)
    {
        node.Start(ClockOf(node));
        foreach (var other in _nodes.Where(other => other != node && other.Engine is not null))
        {
            Tell(node, new EngineInput.PeerConnected(other.Address));
            Tell(other, new EngineInput.PeerConnected(node.Address));
        }

        EndTurn(node);
    }

    private void Turn(SimulatedNode node, EngineInput input)
    {
        if (node.Engine is null) return;
        Tell(node, input);
        EndTurn(node);
    }

    private void Tell(SimulatedNode node, EngineInput input) => node.Engine!.Handle(input, ClockOf(node));

    private void EndTurn(SimulatedNode node)
    {
        // A crash comes before the turn is durable, or after it and before all of it got out.
        var crashes = _isFaulty && _draw.NextChance(_options.CrashPerTurn, 100_000);
        if (crashes && _draw.NextChance(1, 2))
        {
            Crash(node);
            return;
        }

        var outputs = node.Engine!.EndTurn();
        var let = crashes ? (int)_draw.NextBelow((ulong)outputs.Count + 1) : outputs.Count;
        for (var i = 0; i < outputs.Count; i++)
            if (i < let || outputs[i] is EngineOutput.Committed)
                Perform(node, outputs[i]);
        if (crashes) Crash(node);
    }

    private void Crash(SimulatedNode node)
    {
        _crashes++;
        Record(node, 'x', []);
        node.Crash(_draw);
        foreach (var other in _nodes.Where(other => other != node && other.Engine is not null)) Tell(other, new EngineInput.PeerDisconnected(node.Address));
        _events.After(50 + _draw.NextBelow(_options.DownMax), () =>
        {
            if (node.Engine is null) Restart(node);
        });
    }

    private void Perform(SimulatedNode node, EngineOutput output)
    {
        switch (output)
        {
            case EngineOutput.Send send:
                var bytes = send.Message.Encode();
                foreach (var other in _nodes.Where(other => other != node && (send.Peer is null || send.Peer == other.Address))) Carry(node, other, bytes);
                break;
            case EngineOutput.SetTimer set:
                var life = node.Life;
                _events.After((ulong)set.After.TotalMilliseconds, () =>
                {
                    if (node.Life == life) Turn(node, new EngineInput.TimerElapsed(set.Timer));
                });
                break;
            case EngineOutput.FetchBlocks fetch:
                Fetch(node, fetch);
                break;
            case EngineOutput.Committed committed:
                Record(node, 'c', committed.Block.Block.Hash.Value.ToArray());
                _agreement.Decided(node.Address, committed.Block.Block.Height, committed.Block.Block.Hash);
                _states.Reached(node.Address, committed.Block.Block.Height.MinusOrGenesis(1), committed.Block.Block.Header.StateRoot);
                break;
            case EngineOutput.FoundEvidence found:
                _evidence.Found(found.Evidence);
                break;
            case EngineOutput.Refused refused:
                throw new SimulationFailedException($"honest {refused.Peer} was refused by {node.Address}: {refused.Reason}");
        }
    }

    private void Carry(SimulatedNode from, SimulatedNode to, byte[] bytes)
    {
        if (_isFaulty && _draw.NextChance(_options.LossThousandths, 1000)) return;
        var copies = _isFaulty && _draw.NextChance(_options.DuplicateThousandths, 1000) ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            _events.After(Delay(), () =>
            {
                if (to.Engine is null) return;
                _messages++;
                Record(to, 'm', bytes);
                if (!PeerMessage.TryDecode(bytes, out var message)) throw new SimulationFailedException("a message of our own cannot be decoded");
                Turn(to, message is PeerMessage.TransactionsMessage t ? _intake.TakeAll(from.Address, t) : new EngineInput.MessageArrived(from.Address, message));
            });
        }
    }

    private void Fetch(SimulatedNode node, EngineOutput.FetchBlocks fetch)
    {
        var peer = _nodes.First(other => other.Address == fetch.Peer);
        if (_isFaulty && _draw.NextChance(_options.LossThousandths, 1000)) return;
        _events.After(Delay(), () =>
        {
            var blocks = new List<FetchedBlock>();
            if (peer.Engine is not null)
                for (var height = fetch.From; height <= fetch.To && peer.Chain.Get(height) is { } committed; height = height.Next())
                    blocks.Add(new FetchedBlock(committed.Block.Bytes, committed.Certificate.Encode()));
            _events.After(Delay(), () => Turn(node, new EngineInput.BlocksArrived(peer.Address, blocks)));
        });
    }

    private void OfferTransfer()
    {
        var node = _nodes[(int)_draw.NextBelow((ulong)_nodes.Count)];
        if (node.Engine is { } engine)
        {
            var from = _holders[(int)_draw.NextBelow((ulong)_holders.Count)];
            var to = _holders[(int)_draw.NextBelow((ulong)_holders.Count)];
            var body = new TransactionBody
            {
                Genesis = ByteString.CopyFrom(engine.State.GenesisHash.Value.ToArray()),
                Nonce = Ledger.AccountsModule.Get(engine.State, from.Address).Nonce,
                Fee = ByteString.CopyFrom(_genesis.Parameters.FeeMin.ToArray()),
                Transfer = new Transfer { To = ByteString.CopyFrom(to.Address.ToArray()), Amount = ByteString.CopyFrom(new Amount(1 + _draw.NextBelow(1000)).ToArray()) },
            };
            _ = engine.Submit(Transaction.Sign(body, from));
            EndTurn(node);
        }

        _events.After(1000 / _options.TransfersPerSecond, OfferTransfer);
    }

    private ulong Delay() => _options.DelayMin + _draw.NextBelow(_options.DelayMax - Math.Min(_options.DelayMin, _options.DelayMax - 1));

    // With the faults the skews end too: fast clocks are set back.
    private Timestamp ClockOf(SimulatedNode node) =>
        new(Epoch + _events.Now + (_isFaulty ? node.ClockSkew : Math.Min(node.ClockSkew, _options.HealthyClockSkewMax)));

    private void Record(SimulatedNode node, char kind, byte[] content) =>
        _eventHash.AppendData(new ByteWriter().UInt64(_events.Now).Address(node.Address).Byte((byte)kind).Bytes(content).ToArray());
}
