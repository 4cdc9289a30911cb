using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Says nothing to some, drawn anew for every height, and keeps to itself the certificates by which others would follow. What it does say is
/// right: nothing convicts it.
/// </summary>
public sealed class Withholder : IBehaviour
{
    private Height _height;
    private HashSet<Address> _kept = [];

    public string Name => "withholder";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        if (me.Engine!.State.Height != _height)
        {
            _height = me.Engine.State.Height;
            var silent = me.Draw.NextBelow(4);
            _kept = [.. me.Peers.Where(_ => me.Draw.NextBelow(4) < silent)];
        }

        if (message is PeerMessage.PolkaMessage or PeerMessage.RoundMessage && me.Draw.NextChance(7, 8)) return [];
        return Accomplice.AsItIs(to.Where(address => !_kept.Contains(address)), message);
    }
}
