using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Balances and the supply.</summary>
internal sealed class AccountService(NodeServices node)
{
    public RpcService Create() =>
        new RpcService(AccountReflection.Descriptor.Services[0])
            .Unary<GetAccountRequest, GetAccountResponse>("GetAccount", (request, _) => GetAsync(request))
            .Unary<GetSupplyRequest, GetSupplyResponse>("GetSupply", (_, _) => Task.FromResult(Supply()));

    private async Task<GetAccountResponse> GetAsync(GetAccountRequest request)
    {
        var address = request.Address.RequireAddress("address");
        var (state, next) = await node.Host.AskAsync(engine => (engine.State, engine.Mempool.NextNonce(engine.State, address))).ConfigureAwait(false);
        var account = AccountsModule.Get(state, address);
        return new GetAccountResponse { Height = state.Height.Value, Balance = account.Balance.ToByteString(), Nonce = account.Nonce, NextNonce = next };
    }

    private GetSupplyResponse Supply()
    {
        var state = node.View.State;
        var supply = SupplyRecord.Get(state);
        return new GetSupplyResponse
        {
            Height = state.Height.Value,
            GenesisTotal = supply.GenesisTotal.ToByteString(),
            Reserve = supply.Reserve.ToByteString(),
            Escrow = supply.Escrow.ToByteString(),
            Burned = supply.Burned.ToByteString(),
            Treasury = supply.Treasury.ToByteString(),
            Balances = supply.Balances.ToByteString(),
            Credited = supply.Credited.ToByteString(),
            Refunded = supply.Refunded.ToByteString(),
            Withdrawn = supply.Withdrawn.ToByteString(),
            Quarantine = supply.Quarantine.ToByteString(),
        };
    }
}
