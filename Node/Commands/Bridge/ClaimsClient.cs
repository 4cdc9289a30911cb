using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The claims service of a node as the command line uses it.</summary>
internal sealed class ClaimsClient(RpcChannel channel)
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Claims = ClaimsReflection.Descriptor.Services[0];

    private static readonly RpcMethod<GetClaimsRequest, GetClaimsResponse> GetClaims = new(Claims, "GetClaims");
    private static readonly RpcMethod<GetClaimRequest, ClaimDetail> GetClaim = new(Claims, "GetClaim");

    public Task<GetClaimsResponse> AllAsync(CancellationToken cancellationToken) => channel.UnaryAsync(GetClaims, new GetClaimsRequest(), null, cancellationToken);

    public Task<ClaimDetail> OneAsync(Address holder, CancellationToken cancellationToken) =>
        channel.UnaryAsync(GetClaim, new GetClaimRequest { Holder = holder.ToByteString() }, null, cancellationToken);
}
