using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Speaks in the name of others: votes with its own signature under their addresses, their signatures under what they have not said, proposals
/// of the leader, and certificates that are filled up with any of it.
/// </summary>
public sealed class Impersonator : IBehaviour
{
    public string Name => "impersonator";

    public IEnumerable<Parcel> Hear(Address from, PeerMessage message, Accomplice me)
    {
        if (!me.Draw.NextChance(1, 6)) return [];
        var forged = message switch
        {
            PeerMessage.VoteMessage { Vote: var vote } => Forge(vote, me),
            PeerMessage.ProposalMessage { Proposal: var signed } proposal => new PeerMessage.ProposalMessage(
                signed with { Signature = me.SignAny(signed.Proposal.Digest(me.Genesis)) }, proposal.Block),
            PeerMessage.PolkaMessage { Certificate: var polka } => new PeerMessage.PolkaMessage(polka with { Signatures = Filled(polka.Prevote.Digest(me.Genesis), polka.Signatures, me) }),
            _ => null,
        };
        return forged is null ? [] : Accomplice.AsItIs(me.Peers.Where(_ => me.Draw.NextChance(1, 2)), forged);
    }

    private static PeerMessage? Forge(SignedVote vote, Accomplice me)
    {
        var other = vote.Vote is Prevote ? (Vote)new Prevote(vote.Vote.Height, vote.Vote.Round, null, null) : new Precommit(vote.Vote.Height, vote.Vote.Round, null);
        switch (me.Draw.NextBelow(5))
        {
            case 0: // another's name, my signature
                return new PeerMessage.VoteMessage(vote with { Signature = me.SignAny(vote.Vote.Digest(me.Genesis)) });
            case 1: // their name and signature under what they did not say
                return new PeerMessage.VoteMessage(vote with { Vote = other });
            case 2: // a vote that contradicts theirs
                return new PeerMessage.VoteMessage(new SignedVote(other, vote.Validator, me.SignAny(other.Digest(me.Genesis))));
            case 3: // their vote as mine
                return new PeerMessage.VoteMessage(vote with { Validator = me.Address });
            default: // a polka of forged votes
                if (vote.Vote is not Prevote { Block: { } block } prevote) return null;
                return new PeerMessage.PolkaMessage(new PolkaCertificate(prevote.Height, prevote.Round, prevote.ValidRound, block, Filled(prevote.Digest(me.Genesis), [], me)));
        }
    }

    // As many signatures as there are validators, those that are missing being mine.
    private static ImmutableArray<IndexedSignature> Filled(Hash256 digest, ImmutableArray<IndexedSignature> signatures, Accomplice me)
    {
        var known = signatures.ToDictionary(s => s.Index, s => s.Signature);
        return [.. Enumerable.Range(0, me.Context.Validators.Count).Select(i => new IndexedSignature((ushort)i, known.GetValueOrDefault((ushort)i) ?? me.SignAny(digest)))];
    }
}
