using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Lives in the past and in the future: repeats votes and certificates of earlier rounds and heights, and votes in rounds that nobody has begun.</summary>
public sealed class StaleVoter : IBehaviour
{
    public string Name => "stale-voter";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        foreach (var parcel in Accomplice.AsItIs(to, message)) yield return parcel;
        if (message is not PeerMessage.VoteMessage { Vote.Vote: var vote } || !me.Draw.NextChance(1, 4)) yield break;
        var round = new Round(vote.Round.Value + 1 + (uint)me.Draw.NextBelow(me.Draw.NextChance(1, 2) ? 3UL : 1_000_000UL));
        var height = me.Draw.NextChance(1, 4) ? vote.Height.Plus(1 + me.Draw.NextBelow(3)) : vote.Height;
        PeerMessage ahead = me.Draw.NextChance(1, 2) ? me.Prevote(height, round, null, null) : me.Precommit(height, round, null);
        foreach (var parcel in Accomplice.AsItIs(to.Where(_ => me.Draw.NextChance(1, 2)), ahead)) yield return parcel;
    }

    public IEnumerable<Parcel> Hear(Address from, PeerMessage message, Accomplice me)
    {
        if (!me.Draw.NextChance(1, 8)) return [];
        var old = me.Pick(me.Heard);
        return old is PeerMessage.VoteMessage or PeerMessage.PolkaMessage or PeerMessage.RoundMessage or PeerMessage.ProposalMessage ? Accomplice.AsItIs([me.SomePeer()], old) : [];
    }
}
