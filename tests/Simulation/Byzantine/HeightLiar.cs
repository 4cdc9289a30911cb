using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Claims to have decided heights that are far off, and votes in them: whoever believes it has much to ask for and nothing to get.</summary>
public sealed class HeightLiar : IBehaviour
{
    public string Name => "height-liar";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        foreach (var parcel in Accomplice.AsItIs(to, message is PeerMessage.StatusMessage ? new PeerMessage.StatusMessage(Far(me)) : message)) yield return parcel;
        if (me.Draw.NextChance(1, 16)) foreach (var parcel in Accomplice.AsItIs(to, me.Prevote(Far(me), Round.Zero, null, null))) yield return parcel;
    }

    private static Height Far(Accomplice me) => me.Draw.NextBelow(4) switch
    {
        0 => new Height(ulong.MaxValue - me.Draw.NextBelow(2)),
        1 => me.Engine!.State.Height.Plus(me.Draw.NextBelow(1_000_000)),
        2 => me.Engine!.State.Height.Plus(2 + me.Draw.NextBelow(5)),
        _ => me.Engine!.State.Height.MinusOrGenesis(me.Draw.NextBelow(5)),
    };
}
