using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Forgets what it is locked on: precommits one block and prevotes whatever is proposed in the rounds after, with the validRound that the
/// proposal has or with none.
/// </summary>
public sealed class Amnesiac : IBehaviour
{
    public string Name => "amnesiac";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        if (message is not PeerMessage.VoteMessage { Vote: { Vote: var vote } signed } || signed.Validator != me.Address || vote.BlockHash is not null) return Accomplice.AsItIs(to, message);
        var proposed = me.ProposalsOf(vote.Height).LastOrDefault(p => p.Proposal.Proposal.Round == vote.Round);
        if (proposed is null) return Accomplice.AsItIs(to, message);
        // A precommit for a block that it has not seen a polka for makes a lock that nobody else has; the prevote follows any other.
        if (vote is Precommit) return Accomplice.AsItIs(to, me.Draw.NextChance(1, 2) ? me.Precommit(vote.Height, vote.Round, proposed.Block.Ref) : message);
        return Accomplice.AsItIs(to, me.Prevote(vote.Height, vote.Round, proposed.Block.Hash, proposed.Proposal.Proposal.ValidRound));
    }
}
