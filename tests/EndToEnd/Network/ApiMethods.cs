using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.EndToEnd;

/// <summary>The methods of the API one by one, for calls that the command line's own client would never make.</summary>
internal static class ApiMethods
{
    private static readonly ServiceDescriptor Chain = ChainReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Accounts = AccountReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Proofs = ProofReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Transactions = TransactionReflection.Descriptor.Services[0];

    public static readonly RpcMethod<GetStatusRequest, GetStatusResponse> GetStatus = new(Chain, "GetStatus");
    public static readonly RpcMethod<GetBlockRequest, Node.V1.Block> GetBlock = new(Chain, "GetBlock");
    public static readonly RpcMethod<StreamBlocksRequest, Node.V1.Block> StreamBlocks = new(Chain, "StreamBlocks");
    public static readonly RpcMethod<GetValidatorsRequest, GetValidatorsResponse> GetValidators = new(Chain, "GetValidators");
    public static readonly RpcMethod<GetAccountRequest, GetAccountResponse> GetAccount = new(Accounts, "GetAccount");
    public static readonly RpcMethod<GetSupplyRequest, GetSupplyResponse> GetSupply = new(Accounts, "GetSupply");
    public static readonly RpcMethod<SubmitRequest, SubmitResponse> Submit = new(Transactions, "Submit");
    public static readonly RpcMethod<SubmitBatchRequest, SubmitBatchResponse> SubmitBatch = new(Transactions, "SubmitBatch");
    public static readonly RpcMethod<GetTransactionRequest, GetTransactionResponse> GetTransaction = new(Transactions, "Get");
    public static readonly RpcMethod<GetLightBlockRequest, LightBlockMessage> GetLightBlock = new(Proofs, "GetLightBlock");
    public static readonly RpcMethod<ProveStateRequest, ProveStateResponse> ProveState = new(Proofs, "ProveState");
    public static readonly RpcMethod<ProveTransactionRequest, ProveTransactionResponse> ProveTransaction = new(Proofs, "ProveTransaction");
    public static readonly RpcMethod<ProveBridgeLeafRequest, ProveBridgeLeafResponse> ProveBridgeLeaf = new(Proofs, "ProveBridgeLeaf");
    public static readonly RpcMethod<GetValidatorSetRequest, GetValidatorSetResponse> GetValidatorSet = new(Proofs, "GetValidatorSet");
    public static readonly RpcMethod<GetCertificatesRequest, GetCertificatesResponse> GetCertificates = new(Proofs, "GetCertificates");
    public static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Check = new(HealthReflection.Descriptor.Services[0], "Check");
}
