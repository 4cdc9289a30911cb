using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Nothing that a sound validator signed and that left any node following the rules contradicts anything that it signed before, across all
/// crashes: one vote of each kind and one proposal in a round, and no prevote against a lock.
/// </summary>
/// <param name="failing">Those whose word is worth nothing.</param>
public sealed class SaidOnceChecker(IReadOnlySet<Address> failing) : IChecker
{
    private readonly Dictionary<(Address Validator, Height Height, Round Round, Step Step), object> _said = [];
    private readonly Dictionary<(Address Validator, Height Height), List<(Round Round, Round? ValidRound, bool IsPrecommit)>> _blocks = [];

    public string Name => "said once";

    public void Left(SimulatedNode from, Address? to, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.VoteMessage vote:
                Voted(vote.Vote.Validator, vote.Vote.Vote);
                break;
            case PeerMessage.ProposalMessage proposal:
                Said(proposal.Proposal.Proposer, proposal.Proposal.Proposal.Height, proposal.Proposal.Proposal.Round, Step.Propose, proposal.Proposal.Proposal);
                break;
            case PeerMessage.RoundMessage round:
                foreach (var vote in round.Certificate.Votes) Voted(vote.Validator, vote.Vote);
                break;
        }
    }

    public void Voted(Address validator, Vote vote)
    {
        if (failing.Contains(validator)) return;
        var isPrecommit = vote is Precommit;
        if (!Said(validator, vote.Height, vote.Round, isPrecommit ? Step.Precommit : Step.Prevote, vote) || vote.BlockHash is null) return;
        var validRound = (vote as Prevote)?.ValidRound;
        if (!_blocks.TryGetValue((validator, vote.Height), out var votes)) _blocks[(validator, vote.Height)] = votes = [];
        foreach (var (round, otherValidRound, otherIsPrecommit) in votes)
        {
            var isAmnesia = isPrecommit
                ? !otherIsPrecommit && round > vote.Round && (otherValidRound is not { } other || other < vote.Round)
                : otherIsPrecommit && round < vote.Round && (validRound is not { } own || own < round);
            if (isAmnesia) throw new SimulationFailedException($"said once: {validator} voted against its own lock at height {vote.Height}, rounds {round} and {vote.Round}");
        }

        votes.Add((vote.Round, validRound, isPrecommit));
    }

    // Whether it is new.
    private bool Said(Address validator, Height height, Round round, Step step, object what)
    {
        if (failing.Contains(validator) || _said.TryAdd((validator, height, round, step), what)) return !failing.Contains(validator);
        if (!_said[(validator, height, round, step)].Equals(what))
            throw new SimulationFailedException($"said once: {validator} said two things as {step} of round {round} at height {height}: {_said[(validator, height, round, step)]} and {what}");
        return false;
    }
}
