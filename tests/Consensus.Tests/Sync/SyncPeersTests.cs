using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>
/// A planner among random peers: liars, silent ones, slow ones, some that go away, some with holes and false claims. Where one of them is
/// honest, every height is delivered, and within a time that follows from the patience.
/// </summary>
public sealed class SyncPeersTests
{
    private const ulong PatienceMs = 1_000;
    private const ulong Target = 400;

    [Fact]
    public void OneHonestPeerIsEnough()
    {
        for (ulong seed = 1; seed <= 400; seed++) Run(seed, honest: 1);
    }

    [Fact]
    public void AmongHonestPeersNobodyIsBanned()
    {
        for (ulong seed = 1; seed <= 50; seed++) Assert.Equal(0, Run(seed, honest: 6));
    }

    // Six peers of one vote each. Gives how many were banned.
    private static int Run(ulong seed, int honest)
    {
        var draw = new SeededStream(seed);
        var world = new World(seed, draw, Enumerable.Range(0, 6).Select(i => i < honest ? Kind.Honest : (Kind)(1 + draw.NextBelow(6))).ToArray());
        world.Run();
        return world.Banned;
    }

    private enum Kind
    {
        Honest,

        /// <summary>Claims the end of time and says nothing.</summary>
        Silent,

        /// <summary>Says at once that it has nothing.</summary>
        Empty,

        /// <summary>Leaves blocks out.</summary>
        Gaps,

        /// <summary>Sends old blocks, or the same ones again.</summary>
        Old,

        /// <summary>Sends blocks whose certificates do not hold: that is found when it is their turn.</summary>
        False,

        /// <summary>Comes and goes, and sends a few blocks each time.</summary>
        Flickering,
    }

    private sealed class World(ulong seed, SeededStream draw, Kind[] kinds)
    {
        private const ulong Liars = 1UL << 60;

        private readonly SyncPlanner _planner = new();
        private readonly SortedDictionary<Height, (int Peer, bool IsGood)> _held = [];
        private readonly PriorityQueue<Action, (ulong At, ulong Number)> _events = new();
        private Height _applied;
        private ulong _now = 1_700_000_000_000;
        private ulong _number;

        public int Banned { get; private set; }

        public void Run()
        {
            _planner.Weigh(Enumerable.Range(0, kinds.Length).ToDictionary(AddressOf, _ => 1UL), (ulong)kinds.Length);
            var end = _now + 600_000;
            for (var i = 0; i < kinds.Length; i++) Say(i);
            Rebroadcast();
            while (_applied.Value < Target && _events.TryDequeue(out var act, out var due) && due.At <= end)
            {
                _now = due.At;
                act();
            }

            Assert.True(_applied.Value == Target, $"seed {seed}: stuck at {_applied} among {string.Join(' ', kinds)}");
        }

        private static Address AddressOf(int peer) => SyncPlannerTests.AddressOf((char)('A' + peer));

        private void After(ulong milliseconds, Action act) => _events.Enqueue(act, (_now + milliseconds, _number++));

        private void Say(int peer)
        {
            var claim = kinds[peer] switch { Kind.Honest => Target, Kind.Silent => Liars, _ => draw.NextChance(1, 2) ? Target : Target + draw.NextBelow(Liars) };
            _planner.Heard(AddressOf(peer), new Height(claim), new Timestamp(_now));
            if (kinds[peer] == Kind.Honest) return;
            After(100 + draw.NextBelow(2_000), () => Say(peer));
            if (kinds[peer] == Kind.Flickering && draw.NextChance(1, 4)) _planner.Forget(AddressOf(peer), new Timestamp(_now));
        }

        private void Rebroadcast()
        {
            Ask();
            After(1_000, Rebroadcast);
        }

        private void Ask()
        {
            foreach (var request in _planner.Next(_applied, 200, _held.ContainsKey, new Timestamp(_now)))
            {
                var peer = request.Peer.ToArray()[0] - 'A';
                Assert.True(request.From > _applied && request.To >= request.From && request.To.Value - request.From.Value < SyncPlanner.RangeMax);
                Answer(peer, request);
                After(PatienceMs, () => PatienceOver(request.Attempt));
            }
        }

        private void PatienceOver(ulong attempt)
        {
            if (_planner.TimedOut(attempt, new Timestamp(_now)) == SyncWait.GoesOn) After(PatienceMs, () => PatienceOver(attempt));
            else Ask();
        }

        private void Answer(int peer, SyncRequest request)
        {
            if (kinds[peer] == Kind.Silent) return;
            List<Height> heights = [];
            for (var height = request.From; height <= request.To && height.Value <= Target; height = height.Next()) heights.Add(height);
            if (kinds[peer] == Kind.Empty) heights.Clear();
            if (kinds[peer] == Kind.Gaps && heights.Count > 1) heights.RemoveAt((int)draw.NextBelow((ulong)heights.Count - 1));
            if (kinds[peer] == Kind.Old) heights = [.. heights.Take(1), .. heights.Select(h => h.MinusOrGenesis(1 + draw.NextBelow(3)))];
            if (kinds[peer] == Kind.Flickering) heights = heights[..(int)draw.NextBelow((ulong)heights.Count + 1)];
            var at = 1 + draw.NextBelow(50);
            foreach (var height in heights)
            {
                at += draw.NextBelow(40);
                After(at, () => Arrive(peer, request.Attempt, height));
            }

            After(at + 1, () =>
            {
                _planner.Ended(request.Attempt, new Timestamp(_now));
                Ask();
            });
        }

        private void Arrive(int peer, ulong attempt, Height height)
        {
            switch (_planner.Received(attempt, height))
            {
                case SyncVerdict.Gap or SyncVerdict.Unasked:
                    Ban(peer);
                    break;
                case SyncVerdict.Wanted when height > _applied:
                    _held.TryAdd(height, (peer, kinds[peer] != Kind.False || draw.NextChance(1, 2)));
                    break;
            }

            while (_held.Remove(_applied.Next(), out var next))
            {
                if (next.IsGood) _applied = _applied.Next();
                else Ban(next.Peer);
            }

            Ask();
        }

        private void Ban(int peer)
        {
            Assert.True(kinds[peer] is not (Kind.Honest or Kind.Empty or Kind.Flickering), $"seed {seed}: {kinds[peer]} was banned");
            Banned++;
            foreach (var height in _held.Where(held => held.Value.Peer == peer).Select(held => held.Key).ToList()) _held.Remove(height);
            _planner.Ban(AddressOf(peer), new Timestamp(_now));
        }
    }
}
