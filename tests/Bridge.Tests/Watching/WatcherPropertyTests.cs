using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Random histories, endpoints that fail and lie at random, and crashes between any two steps.</summary>
public sealed class WatcherPropertyTests
{
    [Fact]
    public void FewerLiarsThanAQuorumChangeNothing() =>
        Prop.ForAll<ulong>(seed =>
        {
            var run = new RandomRun(seed);
            for (var pass = 0; pass < 12; pass++) run.PassAmongLiars();
            run.EndAmongTheHonest();
        }).QuickCheckThrowOnFailure();

    private sealed class RandomRun
    {
        private readonly SeededStream _stream;
        private readonly PaperEthereum _truth = new();
        private readonly PaperEthereum _lie;
        private readonly PaperWatch _watch;
        private readonly int _liars;

        public RandomRun(ulong seed)
        {
            _stream = new SeededStream(seed);
            var endpoints = 3 + (int)_stream.NextBelow(4);
            var required = (endpoints / 2) + 1 + (int)_stream.NextBelow((ulong)((endpoints - 1) / 2));
            _liars = (int)_stream.NextBelow((ulong)required);
            Grow(_truth, 30);
            _lie = _truth.ForkAt(_stream.NextBelow(20));
            Grow(_lie, 60);
            _watch = new PaperWatch(_truth.Options(endpoints, required), new Func<Question, Said>[endpoints]);
        }

        public void PassAmongLiars()
        {
            Grow(_truth, 1 + (int)_stream.NextBelow(20));
            for (var i = 0; i < _watch.Endpoints.Length; i++) _watch.Endpoints[i] = i < _liars ? Lie : Unsteady;
            _watch.Pass(stepsMax: _stream.NextChance(1, 3) ? (int)_stream.NextBelow(12) : int.MaxValue);
            if (_stream.NextChance(1, 3))
            {
                _watch.Disk.Crash(_stream);
                _watch.Restart();
            }

            Check();
        }

        // Once enough are honest and answer, all is there, whatever was before.
        public void EndAmongTheHonest()
        {
            Grow(_truth, 60);
            Array.Fill(_watch.Endpoints, _truth.Answer);
            for (var pass = 0; pass < 4; pass++) _watch.Pass();
            Check();
            Assert.Equal(_truth.FinalNumber, _watch.State.Cursor.Number);
        }

        private void Check()
        {
            Assert.Null(_watch.State.Halt);
            Assert.All(_watch.State.Tail, block => Assert.Equal(_truth.Blocks[(int)block.Number].Id, block));
            var cursor = _watch.State.Cursor.Number;
            Assert.True(cursor <= _truth.FinalNumber);
            var expected = _truth.Blocks.Where(block => block.Header.Number <= cursor && PaperEthereum.HasEvents(block)).Select(block => block.Id);
            Assert.Equal(expected, _watch.Blocks.Select(block => new EthereumBlockId(block.Number, block.Hash)));
            Assert.Equal(_truth.Blocks[(int)cursor].Chain, _watch.State.EventChain);
            Assert.All(_watch.Heartbeats, heartbeat => Assert.Equal(_truth.Blocks[(int)heartbeat.Number].Hash, heartbeat.Hash));
        }

        private void Grow(PaperEthereum chain, int blocks)
        {
            for (var i = 0; i < blocks; i++)
                if (_stream.NextChance(1, 4)) chain.Mine(1 + _stream.NextBelow(100), events: 1 + (int)_stream.NextBelow(4));
                else chain.MineEmpty(1, _stream.NextUInt64());
        }

        private Said Unsteady(Question question) => _stream.NextChance(1, 10) ? new Said.Failed(EndpointFault.TimedOut, "") : _truth.Answer(question);

        // Another history, a part of the truth in a wrong place, or nothing at all.
        private Said Lie(Question question) => _stream.NextBelow(6) switch
        {
            0 or 1 => _lie.Answer(question),
            2 => Twist(_truth.Answer(question)),
            3 => Twist(_lie.Answer(question)),
            4 => new Said.Failed(EndpointFault.NotJson, ""),
            _ => _truth.Answer(question),
        };

        private Said Twist(Said said) => said switch
        {
            Said.Survey survey => new Said.Survey(survey.Value with
            {
                Latest = new EthereumBlockId(_stream.NextUInt64(), _stream.NextHash()),
                Finalized = new EthereumBlockId(_stream.NextBelow(_truth.Head.Header.Number), _stream.NextHash()),
            }),
            Said.Header header => new Said.Header(header.Value with { Header = null }),
            Said.Headers headers => new Said.Headers([.. headers.Value.Reverse()]),
            Said.Receipts receipts => new Said.Receipts([.. receipts.Value.Skip(1)]),
            Said.LogIndex => new Said.LogIndex([_stream.NextUInt64()]),
            Said.Proof proof => new Said.Proof(proof.Value with { Nodes = [.. proof.Value.Nodes.Reverse()] }),
            _ => said,
        };
    }
}
