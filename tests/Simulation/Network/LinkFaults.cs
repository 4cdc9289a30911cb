namespace NeuroChain.Simulation;

/// <summary>One direction between two nodes: how slow it is, and what is wrong with it now.</summary>
public sealed class LinkFaults
{
    private readonly ulong[] _lastArrival = new ulong[2];

    /// <summary>Milliseconds that every message takes.</summary>
    public ulong Latency { get; set; }

    /// <summary>Whatever is sent is lost.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whatever is sent waits, and comes when the link is free again.</summary>
    public bool IsClogged { get; set; }

    /// <summary>Counts connections: what was on its way when one broke is lost.</summary>
    public ulong Connection { get; private set; }

    public bool IsDown { get; private set; }

    public Queue<Action> Held { get; } = [];

    public void Break()
    {
        Connection++;
        IsDown = true;
        Held.Clear();
    }

    public void Mend() => IsDown = false;

    /// <summary>When a message arrives that may not pass the ones before it in its lane.</summary>
    public ulong InOrder(bool isGossip, ulong wanted)
    {
        ref var last = ref _lastArrival[isGossip ? 1 : 0];
        return last = Math.Max(last, wanted);
    }
}
