using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>As leader gives its blocks whatever time it likes, up to an hour ahead.</summary>
public sealed class ClockLiar : IBehaviour
{
    private const ulong Hour = 3_600_000;

    public string Name => "clock-liar";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        if (message is not PeerMessage.ProposalMessage { Proposal: { Proposal: { ValidRound: null } proposal } signed } p || signed.Proposer != me.Address) return Accomplice.AsItIs(to, message);
        if (me.Open(p) is not { } block) return Accomplice.AsItIs(to, message);
        return Accomplice.AsItIs(to, me.Propose(proposal.Round, Accomplice.Variant(block, me.Draw.NextBelow(Hour)), null));
    }
}
