using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>A supplier who offers sealed sets, so that two of them are there for the most part, and now and then ends one.</summary>
public sealed class SealedLoad(SeededStream draw, SealedShelf shelf) : ILoad
{
    private const int LiveSets = 2;

    private (SealedSetOffer Message, ulong Nonce)? _offer;

    public ulong? Step(Cluster cluster)
    {
        var state = cluster.Newest;
        var live = SealedSets.Live(state, shelf.Task).ToList();
        var account = AccountsModule.Get(state, shelf.Supplier.Address);
        var bond = state.Parameters.HoldOuts.SealedBond;
        if (_offer?.Nonce < account.Nonce) _offer = null; // it came, taken or not
        if (_offer is null && live.Count < LiveSets && account.Balance >= bond + bond) _offer = (shelf.Make(bond, draw), account.Nonce);
        if (_offer is { Message: var offer }) cluster.Submit(draw, Pay(state, account.Nonce, body => body.SealedSetOffer = offer));
        else if (live.Find(set => set.Status == SealedSetStatus.Active) is { Number: var number } && draw.NextChance(1, 100))
            cluster.Submit(draw, Pay(state, account.Nonce, body => body.SealedSetEnd = new SealedSetEnd { Task = shelf.Task.ToByteString(), Set = number }));
        return 20 + cluster.Options.BlockIntervalMs + draw.NextBelow(50);
    }

    private Transaction Pay(LedgerState state, ulong nonce, Action<TransactionBody> fill)
    {
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), Nonce = nonce, Fee = Cluster.AmpleFee.ToByteString() };
        fill(body);
        return Transaction.Sign(body, shelf.Supplier);
    }
}
