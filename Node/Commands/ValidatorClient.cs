using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>A node's validator service as the command line uses it.</summary>
internal sealed class ValidatorClient(NodeClient node)
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = ValidatorReflection.Descriptor.Services[0];

    private static readonly RpcMethod<ListValidatorsRequest, ListValidatorsResponse> ListValidators = new(Service, "ListValidators");
    private static readonly RpcMethod<GetValidatorRequest, ValidatorDetail> GetValidator = new(Service, "GetValidator");
    private static readonly RpcMethod<ListProposalsRequest, ListProposalsResponse> ListProposals = new(Service, "ListProposals");
    private static readonly RpcMethod<GetParametersRequest, GetParametersResponse> GetParameters = new(Service, "GetParameters");
    private static readonly RpcMethod<ListUpgradesRequest, ListUpgradesResponse> ListUpgrades = new(Service, "ListUpgrades");
    private static readonly RpcMethod<ListFaultsRequest, ListFaultsResponse> ListFaults = new(Service, "ListFaults");

    public Task<ListValidatorsResponse> ValidatorsAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(ListValidators, new ListValidatorsRequest(), null, cancellationToken);

    public Task<ValidatorDetail> ValidatorAsync(Address address, CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(GetValidator, new GetValidatorRequest { Address = address.ToByteString() }, null, cancellationToken);

    public Task<ListProposalsResponse> ProposalsAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(ListProposals, new ListProposalsRequest(), null, cancellationToken);

    public Task<GetParametersResponse> ParametersAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(GetParameters, new GetParametersRequest(), null, cancellationToken);

    public Task<ListUpgradesResponse> UpgradesAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(ListUpgrades, new ListUpgradesRequest(), null, cancellationToken);

    public Task<ListFaultsResponse> FaultsAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(ListFaults, new ListFaultsRequest(), null, cancellationToken);
}
