using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>A bond that is put down or asked back: one transaction of the validator's own account.</summary>
public sealed class BondChange : IChange
{
    private const ulong InBlockWithin = 15;

    private readonly Address _owner;
    private readonly ulong _nonce;
    private readonly Height _until;
    private readonly Transaction _transaction;

    /// <param name="state">The newest.</param>
    /// <param name="owner">Whose bond.</param>
    /// <param name="amount">How much.</param>
    /// <param name="isBack">Whether it is asked back.</param>
    public BondChange(LedgerState state, PrivateKey owner, Amount amount, bool isBack)
    {
        _owner = owner.Address;
        _nonce = AccountsModule.Get(state, _owner).Nonce;
        _until = state.Height.Plus(InBlockWithin);
        var body = new TransactionBody
        {
            Genesis = state.GenesisHash.Value.ToByteString(),
            Nonce = _nonce,
            Fee = Cluster.AmpleFee.ToByteString(),
            ExpiryHeight = _until.Value,
        };
        if (isBack) body.Unbond = new Unbond { Amount = amount.ToByteString() };
        else body.Bond = new Bond { Amount = amount.ToByteString() };
        _transaction = Transaction.Sign(body, owner);
    }

    public bool GoOn(Cluster cluster, SeededStream draw)
    {
        if (AccountsModule.Get(cluster.Newest, _owner).Nonce > _nonce || cluster.Newest.Height >= _until) return false;
        cluster.Submit(draw, _transaction);
        return true;
    }
}
