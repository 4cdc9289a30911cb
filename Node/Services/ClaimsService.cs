using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>How far the claims of the snapshot are.</summary>
internal sealed class ClaimsService(NodeServices node)
{
    public RpcService Create() =>
        new RpcService(ClaimsReflection.Descriptor.Services[0])
            .Unary<GetClaimsRequest, GetClaimsResponse>("GetClaims", (_, _) => Task.FromResult(All()))
            .Unary<GetClaimRequest, ClaimDetail>("GetClaim", (request, _) => Task.FromResult(One(request)));

    private GetClaimsResponse All()
    {
        var state = node.View.State;
        var (claims, status) = Require(state);
        return new GetClaimsResponse
        {
            Height = state.Height.Value,
            EthereumChainId = claims.EthereumChainId,
            Token = claims.Token.ToByteString(),
            BlockNumber = claims.BlockNumber,
            BlockHash = claims.BlockHash.ToByteString(),
            Root = claims.Root.ToByteString(),
            Total = claims.Total.ToByteString(),
            Claimed = status.Claimed.ToByteString(),
            Leaves = status.Leaves,
            FromPot = state.Genesis.SupplyMode == GenesisDocument.BridgedSupply,
            Pot = status.Pot.ToByteString(),
            ClosingHeight = status.ClosingHeight.Value,
        };
    }

    private ClaimDetail One(GetClaimRequest request)
    {
        var holder = request.Holder.RequireAddress("holder");
        var state = node.View.State;
        _ = Require(state);
        var detail = new ClaimDetail { Height = state.Height.Value };
        if (ClaimRecord.Get(state, holder) is not { } record) return detail;
        (detail.Claimed, detail.Recipient, detail.ClaimedHeight) = (true, record.Recipient.ToByteString(), record.Height.Value);
        return detail;
    }

    private static (GenesisClaims Claims, ClaimsStatus Status) Require(LedgerState state) =>
        state.Genesis.Claims is { } claims && ClaimsStatus.Get(state) is { } status
            ? (claims, status)
            : throw new RpcException(StatusCode.FailedPrecondition, "the genesis of this chain names no snapshot");
}
