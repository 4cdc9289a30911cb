using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Validators with their bonds and faults, what they vote on, the parameters and the upgrades.</summary>
internal sealed class ValidatorService(NodeServices node)
{
    public RpcService Create() =>
        new RpcService(ValidatorReflection.Descriptor.Services[0])
            .Unary<ListValidatorsRequest, ListValidatorsResponse>("ListValidators", (_, _) => Task.FromResult(Validators()))
            .Unary<GetValidatorRequest, ValidatorDetail>("GetValidator", (request, _) => Task.FromResult(One(request)))
            .Unary<ListProposalsRequest, ListProposalsResponse>("ListProposals", (_, _) => Task.FromResult(Proposals()))
            .Unary<GetParametersRequest, GetParametersResponse>("GetParameters", (_, _) => Task.FromResult(Parameters()))
            .Unary<ListUpgradesRequest, ListUpgradesResponse>("ListUpgrades", (_, _) => Task.FromResult(Upgrades()))
            .Unary<ListFaultsRequest, ListFaultsResponse>("ListFaults", (_, _) => Task.FromResult(Faults()));

    private ListValidatorsResponse Validators()
    {
        var state = node.View.State;
        var members = ValidatorsModule.Members(state);
        return new ListValidatorsResponse
        {
            Height = state.Height.Value,
            Validators = { members.Validators.Select(member => Detail(state, members, member.Address)) },
        };
    }

    private ValidatorDetail One(GetValidatorRequest request)
    {
        var address = request.Address.RequireAddress("address");
        var state = node.View.State;
        if (ValidatorRecord.Get(state, address) is null && BondRecord.Get(state, address) == BondRecord.None) throw RequestChecks.NotFound("no validator, and no bond");
        return Detail(state, ValidatorsModule.Members(state), address);
    }

    private static ValidatorDetail Detail(LedgerState state, ValidatorSet members, Address address)
    {
        var record = ValidatorRecord.Get(state, address);
        var bond = BondRecord.Get(state, address);
        return new ValidatorDetail
        {
            Address = address.ToByteString(),
            Node = (record?.Node ?? Address.Zero).ToByteString(),
            Power = members.PowerOf(address),
            Absent = members.Contains(address) && AttendanceModule.IsAbsent(state, members, address),
            Jailed = record?.IsJailed ?? false,
            Sequence = record?.Sequence ?? 0,
            Bonded = bond.Bonded.ToByteString(),
            Unbondings = { bond.Unbondings.Select(u => new UnbondingDetail { Amount = u.Amount.ToByteString(), ReleaseHeight = u.Release.Value }) },
        };
    }

    private ListProposalsResponse Proposals()
    {
        var state = node.View.State;
        return new ListProposalsResponse { Height = state.Height.Value, Proposals = { OpenProposals.All(state).Select(proposal => Detail(state, proposal)) } };
    }

    private static ProposalDetail Detail(LedgerState state, ProposalRecord proposal)
    {
        var members = ValidatorsModule.Members(state);
        return new ProposalDetail
        {
            Id = proposal.Id,
            Proposer = proposal.Proposer.ToByteString(),
            OpenedHeight = proposal.Opened.Value,
            ClosingHeight = proposal.Opened.Plus(state.Parameters.Governance.VotingBlocks).Value,
            EffectHeight = proposal.Effect?.Value ?? 0,
            Action = proposal.Action,
            Reason = proposal.Reason,
            Votes = { proposal.Votes.Select(vote => new ProposalVoteDetail { Validator = vote.Validator.ToByteString(), Approves = vote.Approves }) },
            ApprovingPower = proposal.Power(state, members, approving: true),
            RejectingPower = proposal.Power(state, members, approving: false),
            TotalPower = members.Validators.Where(member => !ValidatorRecord.IsJailedAt(state, member.Address)).Aggregate(0UL, (sum, member) => sum + member.Power),
        };
    }

    private GetParametersResponse Parameters()
    {
        var state = node.View.State;
        return new GetParametersResponse
        {
            Height = state.Height.Value,
            Json = Google.Protobuf.ByteString.CopyFrom(state.Parameters.Encode()),
            BaseFee = FeesModule.BaseFee(state).ToByteString(),
        };
    }

    private ListUpgradesResponse Upgrades()
    {
        var state = node.View.State;
        return new ListUpgradesResponse
        {
            Height = state.Height.Value,
            Upgrades =
            {
                UpgradeRecord.Get(state).Upgrades.Select(upgrade => new UpgradeDetail
                {
                    Name = upgrade.Name,
                    Height = upgrade.Height.Value,
                    Known = state.Rules.Find(upgrade.Name) is not null,
                }),
            },
        };
    }

    private ListFaultsResponse Faults()
    {
        var state = node.View.State;
        return new ListFaultsResponse
        {
            Height = state.Height.Value,
            Faults = { CountedFaults.All(state).Select(fault => new FaultDetail { Guilty = fault.Guilty.ToByteString(), Height = fault.Height.Value, InBlock = fault.InBlock.Value }) },
        };
    }
}
