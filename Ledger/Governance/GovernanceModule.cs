using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// Validators decide together: one opens a proposal, more than two thirds of the power accept it, and after a delay it is carried out if it
/// still can be. Votes count by the power that their senders have when they are counted; who is jailed has none here.
/// </summary>
public sealed class GovernanceModule : LedgerModule
{
    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.GovernanceProposal, MessageOneofCase.GovernanceVote];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "governance.proposed", "governance.voted", "governance.accepted", "governance.rejected", "governance.carried_out",
        "governance.failed", "treasury.paid",
    ];

    // A vote is compared with each one before it, which may be as many as there are validators; a proposal with each that is open.
    public override uint CostOf(Transaction transaction) => 160;

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var sender = transaction.Sender;
        if (!ValidatorsModule.Members(context.State).Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(context.State, sender)) return TransactionRejection.Jailed;
        return transaction.Kind == MessageOneofCase.GovernanceProposal
            ? Open(context, sender, transaction.Body.GovernanceProposal)
            : Vote(context, sender, transaction.Body.GovernanceVote);
    }

    public override void EndBlock(BlockContext context)
    {
        foreach (var proposal in OpenProposals.All(context.State).ToList())
        {
            if (proposal.Effect is { } effect)
            {
                if (context.Height >= effect) Carry(context, proposal);
            }
            else
            {
                Count(context, proposal);
            }
        }
    }

    private static TransactionRejection Open(BlockContext context, Address sender, GovernanceProposal message)
    {
        var record = ValidatorRecord.Get(context.State, sender)!;
        if (message.Sequence != record.Sequence) return TransactionRejection.WrongSequence;
        var open = OpenProposals.Get(context.State);
        // A new key neither opens the count anew nor votes a second time.
        var own = OpenProposals.All(context.State).Count(proposal => KeyRotations.IsSame(context.State, proposal.Proposer, sender));
        if (own >= context.Parameters.Governance.OpenPerValidatorMax || open.Ids.Length >= Limits.OpenProposalsMax) return TransactionRejection.TooManyProposals;
        var rejection = GovernanceActions.Check(context, message.Action);
        if (rejection != TransactionRejection.None) return rejection;

        // Whoever proposes approves.
        var proposal = new ProposalRecord(open.NextId, sender, context.Height, null, [new ProposalVote(sender, true)], message.Reason, message.Action);
        proposal.Store(context.State);
        new OpenProposals(open.NextId + 1, open.Ids.Add(open.NextId)).Store(context.State);
        (record with { Sequence = record.Sequence + 1 }).Store(context.State, sender);
        context.Emit("governance.proposed", [.. About(proposal), ("proposer", sender), ("reason", message.Reason)]);
        return TransactionRejection.None;
    }

    private static TransactionRejection Vote(BlockContext context, Address sender, GovernanceVote message)
    {
        if (ProposalRecord.Get(context.State, message.Proposal) is not { } proposal) return TransactionRejection.UnknownProposal;
        if (proposal.IsAccepted) return TransactionRejection.ProposalNotOpen;
        if (proposal.Votes.Any(vote => KeyRotations.IsSame(context.State, vote.Validator, sender))) return TransactionRejection.AlreadySent;
        (proposal with { Votes = proposal.Votes.Add(new ProposalVote(sender, message.Approve)) }).Store(context.State);
        context.Emit("governance.voted", [.. About(proposal), ("validator", sender), ("approves", message.Approve ? "yes" : "no")]);
        return TransactionRejection.None;
    }

    private static void Count(BlockContext context, ProposalRecord proposal)
    {
        var state = context.State;
        var members = ValidatorsModule.Members(state);
        var total = members.Validators.Where(member => !ValidatorRecord.IsJailedAt(state, member.Address)).Aggregate(0UL, (sum, member) => sum + member.Power);
        if (VotingPower.IsQuorum(proposal.Power(state, members, approving: true), total))
        {
            var accepted = proposal with { Effect = context.Height.Plus(context.Parameters.Governance.DelayBlocks) };
            accepted.Store(state);
            context.Emit("governance.accepted", [.. About(proposal), ("effect_height", accepted.Effect.Value)]);
            return;
        }

        // With a third against it, or its time over, it cannot be accepted any more.
        var isHopeless = proposal.Power(state, members, approving: false) * (UInt128)3 >= total;
        if (!isHopeless && context.Height < proposal.Opened.Plus(context.Parameters.Governance.VotingBlocks)) return;
        OpenProposals.Remove(state, proposal.Id);
        context.Emit("governance.rejected", [.. About(proposal), ("cause", isHopeless ? "votes" : "time")]);
    }

    private static void Carry(BlockContext context, ProposalRecord proposal)
    {
        OpenProposals.Remove(context.State, proposal.Id);
        var rejection = context.Try(() => GovernanceActions.Carry(context, proposal.Action));
        if (rejection == TransactionRejection.None) context.Emit("governance.carried_out", About(proposal));
        else context.Emit("governance.failed", [.. About(proposal), ("cause", rejection.ToString())]);
    }

    private static (string Key, EventValue Value)[] About(ProposalRecord proposal) =>
        [("proposal", proposal.Id), ("action", proposal.Action.ActionCase.ToString())];
}
