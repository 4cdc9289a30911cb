using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Proposes where another leads: a block of its own, on top of the last one, under its own name and signature. Nobody prevotes it, and the
/// schedule that the chain itself keeps convicts it.
/// </summary>
/// <param name="pastAbsent">
/// Whether it waits for a round whose leader in turn is absent and passed over: then the proof must know who was absent. Else it takes any round.
/// </param>
public sealed class Usurper(bool pastAbsent = false) : IBehaviour
{
    private (Height Height, Round Round) _taken;

    public string Name => pastAbsent ? "usurper-past-absent" : "usurper";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        foreach (var parcel in Accomplice.AsItIs(to, message)) yield return parcel;
        // Where it is heard: in the round that it is in itself, once.
        if (message is not PeerMessage.VoteMessage { Vote: { Vote: Prevote { Height: var height, Round: var round } } signed } || signed.Validator != me.Address) yield break;
        if (height != me.Context.Height || height <= Height.First || me.Leads(round) || _taken == (height, round) || (pastAbsent && !IsPassedOver(round, me))) yield break;
        if (OwnBlock(height, round, me) is not { } block) yield break;
        _taken = (height, round);
        foreach (var parcel in Accomplice.AsItIs(me.Peers, me.Propose(round, block, null))) yield return parcel;
    }

    // Who would lead if nobody were absent does not.
    private static bool IsPassedOver(Round round, Accomplice me) =>
        me.Context.Schedule is { } schedule && (schedule with { Absent = [] }).Leader(round) != schedule.Leader(round);

    // An empty one with the header of the latest block that it heard of, of this height or, where its leader is silent, of one before.
    private static Block? OwnBlock(Height height, Round round, Accomplice me)
    {
        var like = me.Heard.OfType<PeerMessage.ProposalMessage>().LastOrDefault(proposal => proposal.Proposal.Proposal.Height <= height)?.Block.Header;
        return like is null ? null : Block.Build(like with { Height = height, Parent = me.Engine!.State.LastBlock.Hash, Author = me.Address, BuiltRound = round }, null, [], null, []);
    }
}
