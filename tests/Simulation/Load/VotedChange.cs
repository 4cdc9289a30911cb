using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.GovernanceAction;

namespace NeuroChain.Simulation;

/// <summary>One proposal, until it is carried out or turned down: the proposer opens it, the validators vote one by one.</summary>
public sealed class VotedChange : IChange
{
    // Blocks in which the proposal may be opened: when they are over and it was not, it never will be.
    private const ulong OpensWithin = 15;

    private readonly GovernanceAction _action;
    private readonly PrivateKey _proposer;
    private readonly ulong _sequence;
    private readonly Height _until;
    private readonly bool _isWanted;
    private readonly Transaction _proposal;

    /// <param name="state">The newest.</param>
    /// <param name="action">What is proposed.</param>
    /// <param name="proposer">A validator that is not jailed.</param>
    /// <param name="isWanted">Whether those who follow the rules vote for it.</param>
    public VotedChange(LedgerState state, GovernanceAction action, PrivateKey proposer, bool isWanted)
    {
        (_action, _proposer, _isWanted) = (action, proposer, isWanted);
        _sequence = ValidatorRecord.Get(state, proposer.Address)!.Sequence;
        _until = state.Height.Plus(OpensWithin);
        _proposal = Transaction.Sign(
            new TransactionBody
            {
                Genesis = state.GenesisHash.Value.ToByteString(),
                ExpiryHeight = _until.Value,
                GovernanceProposal = new GovernanceProposal { Sequence = _sequence, Action = action, Reason = "a drawn change" },
            },
            proposer);
    }

    public bool GoOn(Cluster cluster, SeededStream draw)
    {
        var state = cluster.Newest;
        if (ValidatorRecord.Get(state, _proposer.Address)!.Sequence == _sequence)
        {
            if (state.Height >= _until) return false;
            cluster.Submit(draw, _proposal);
            return true;
        }

        var open = OpenProposals.All(state).FirstOrDefault(proposal => proposal.Proposer == _proposer.Address && proposal.Action.Equals(_action));
        if (open is null) return false;
        if (open.IsAccepted) return true;
        foreach (var member in ValidatorsModule.Members(state).Validators)
            if (!open.Votes.Any(vote => vote.Validator == member.Address) && draw.NextChance(2, 3) && cluster.Ring.Find(member.Address) is { } key)
                cluster.Submit(draw, Vote(state, open.Id, key, cluster.IsFailing(member.Address) ? draw.NextChance(1, 2) : _isWanted));
        return true;
    }

    public ValidatorSet Result(LedgerState state, ValidatorSet members) => Result(state, _action, members) ?? members;

    /// <summary>What the action makes of a set; null where that is none.</summary>
    public static ValidatorSet? Result(LedgerState state, GovernanceAction action, ValidatorSet members)
    {
        var changed = action.ActionCase switch
        {
            ActionOneofCase.AdmitValidator => members.Validators.Add(new Validator(Of(action.AdmitValidator.Address), action.AdmitValidator.Power)),
            ActionOneofCase.RemoveValidator => members.Validators.RemoveAll(member => member.Address == Of(action.RemoveValidator.Address)),
            ActionOneofCase.ChangePower => [.. members.Validators.Select(member => member.Address == Of(action.ChangePower.Address) ? member with { Power = action.ChangePower.Power } : member)],
            ActionOneofCase.UnjailValidator when ValidatorRecord.Get(state, Of(action.UnjailValidator.Address)) is { FormerPower: > 0 and var power } => members.Validators.Add(new Validator(Of(action.UnjailValidator.Address), power)),
            _ => members.Validators,
        };
        return ValidatorSet.TryCreate(changed, out var set) ? set : null;
    }

    private static Address Of(ByteString address) => Address.FromBytes(address.Span);

    private static Transaction Vote(LedgerState state, ulong proposal, PrivateKey key, bool approve) => Transaction.Sign(
        new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), GovernanceVote = new GovernanceVote { Proposal = proposal, Approve = approve } }, key);
}
