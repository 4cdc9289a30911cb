using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// What carries messages between nodes, one link for each direction. Tame links keep the order of each lane, as a TCP connection does, and lose
/// only by breaking; wild ones lose, double and reorder message by message.
/// </summary>
/// <param name="events">Virtual time.</param>
/// <param name="draw">For this network alone.</param>
/// <param name="options">Which faults, and how many.</param>
/// <param name="count">Nodes, known by their number.</param>
/// <param name="faults">Where faults are counted.</param>
public sealed class SimulatedNetwork(EventQueue events, SeededStream draw, SimulationOptions options, int count, Tally? faults = null)
{
    private readonly Tally _faults = faults ?? new Tally();

    private readonly LinkFaults[] _links = [.. Enumerable.Range(0, count * count).Select(_ => new LinkFaults { Latency = options.DelayMin + draw.NextBelow(options.DelayMax + 1) / 2 })];
    private readonly ulong[] _sentUntil = new ulong[count];
    private IReadOnlySet<int>? _core;

    /// <summary>Both ends of a connection hear that it broke, or that there is one again.</summary>
    public event Action<int, int, bool>? Connection;

    public LinkFaults this[int from, int to] => _links[(from * count) + to];

    /// <summary>Whether faults may happen between these two: all links until the core is healed, then those that leave the core.</summary>
    public bool IsFaulty(int from, int to) => _core is null || !_core.Contains(from) || !_core.Contains(to);

    /// <param name="from">Who sends.</param>
    /// <param name="to">Who receives.</param>
    /// <param name="isGossip">Which lane: the order is kept within each.</param>
    /// <param name="arrive">What happens when it comes.</param>
    /// <param name="bytes">What it takes of the sender's line, where that is limited.</param>
    public void Carry(int from, int to, bool isGossip, Action arrive, int bytes = 0)
    {
        var link = this[from, to];
        if (!IsFaulty(from, to))
        {
            var delay = 1 + draw.NextBelow(options.HealthyDelayMax);
            events.At(options.IsWild ? events.Now + delay : link.InOrder(isGossip, events.Now + delay), arrive);
            return;
        }

        if (link.IsCut || link.IsDown)
        {
            _faults.Add("messages_cut_off");
            return;
        }

        if (link.IsClogged) link.Held.Enqueue(() => Carry(from, to, isGossip, arrive, bytes));
        else if (options.IsWild) CarryWildly(link, arrive);
        else CarryInOrder(from, to, isGossip, arrive, bytes);
    }

    /// <summary>
    /// The parts of one answer, which come in their order or, after a first part that was lost, not at all: they travel on one connection,
    /// wild or not.
    /// </summary>
    public void CarryAnswer(int from, int to, IReadOnlyList<Action> parts)
    {
        var link = this[from, to];
        var connection = link.Connection;
        foreach (var arrive in parts)
        {
            var isFaulty = IsFaulty(from, to);
            if (isFaulty && (link.IsCut || link.IsDown || draw.NextChance(options.LossThousandths, 10_000))) return;
            var delay = isFaulty ? link.Latency + draw.NextBelow((options.DelayMax / 4) + 1) : 1 + draw.NextBelow(options.HealthyDelayMax);
            events.At(link.InOrder(true, events.Now + delay), () =>
            {
                if (link.Connection == connection && !(link.IsCut && IsFaulty(from, to))) arrive();
                else connection = ulong.MaxValue; // a gap would be no answer of anybody's
            });
        }
    }

    /// <summary>The core's links are in order from now on; all others keep what is wrong with them.</summary>
    public void Heal(IReadOnlySet<int> core)
    {
        _core = core;
        foreach (var from in core)
            foreach (var to in core)
                if (from != to)
                    Mend(from, to);
    }

    /// <summary>Lets through what waited on a link.</summary>
    public void Unclog(int from, int to)
    {
        var link = this[from, to];
        link.IsClogged = false;
        while (link.Held.TryDequeue(out var waiting)) waiting();
    }

    /// <summary>The connection of two nodes breaks and comes back after a while; both of them notice.</summary>
    public void Break(int a, int b, ulong forMs)
    {
        if (this[a, b].IsDown || this[b, a].IsDown) return;
        _faults.Add("connections_broken");
        this[a, b].Break();
        this[b, a].Break();
        Connection?.Invoke(a, b, false);
        events.After(forMs, () => Reconnect(a, b));
    }

    private void Reconnect(int a, int b)
    {
        if (!this[a, b].IsDown) return;
        this[a, b].Mend();
        this[b, a].Mend();
        Connection?.Invoke(a, b, true);
    }

    private void Mend(int from, int to)
    {
        Reconnect(from, to);
        this[from, to].IsCut = false;
        Unclog(from, to);
    }

    private void CarryWildly(LinkFaults link, Action arrive)
    {
        if (draw.NextChance(options.LossThousandths, 1000))
        {
            _faults.Add("messages_lost");
            return;
        }

        var copies = draw.NextChance(options.DuplicateThousandths, 1000) ? 2 : 1;
        if (copies == 2) _faults.Add("messages_doubled");
        for (var i = 0; i < copies; i++) events.After(link.Latency + draw.NextBelow(options.DelayMax + 1), arrive);
    }

    // A connection breaks far more seldom than a wild network loses a message, and then it loses all that is on the way.
    private void CarryInOrder(int from, int to, bool isGossip, Action arrive, int bytes)
    {
        if (draw.NextChance(options.LossThousandths, 20_000))
        {
            Break(Math.Min(from, to), Math.Max(from, to), 50 + draw.NextBelow(1_500));
            return;
        }

        var link = this[from, to];
        var connection = link.Connection;
        events.At(link.InOrder(isGossip, SentAt(from, bytes) + link.Latency + draw.NextBelow((options.DelayMax / 4) + 1)), () =>
        {
            if (link.Connection == connection) arrive();
        });
    }

    // When the last of the bytes has left the sender, whose one line all that it sends shares, message after message.
    private ulong SentAt(int from, int bytes)
    {
        if (options.UploadBytesPerMs == 0) return events.Now;
        // In microseconds: a vote takes less than a millisecond, a hundred of them do not.
        var begins = Math.Max(events.Now * 1000, _sentUntil[from]);
        return (_sentUntil[from] = begins + ((ulong)bytes * 1000 / options.UploadBytesPerMs)) / 1000;
    }
}
