using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>A few holders who pay each other, through whichever node is up.</summary>
public sealed class TransferLoad(SeededStream draw, IReadOnlyList<PrivateKey> holders, ulong perSecond) : ILoad
{
    public ulong? Step(Cluster cluster)
    {
        var host = cluster.Hosts[(int)draw.NextBelow((ulong)cluster.Hosts.Count)];
        var from = holders[(int)draw.NextBelow((ulong)holders.Count)];
        var to = holders[(int)draw.NextBelow((ulong)holders.Count)];
        var amount = new Amount(1 + draw.NextBelow(1000));
        if (host.Node.Engine is { } engine)
        {
            var body = new TransactionBody
            {
                Genesis = ByteString.CopyFrom(engine.State.GenesisHash.Value.ToArray()),
                Nonce = Ledger.AccountsModule.Get(engine.State, from.Address).Nonce + draw.NextBelow(2),
                Fee = ByteString.CopyFrom(cluster.Genesis.Parameters.FeeMin.ToArray()),
                Transfer = new Transfer { To = ByteString.CopyFrom(to.Address.ToArray()), Amount = ByteString.CopyFrom(amount.ToArray()) },
            };
            var transaction = Transaction.Sign(body, from);
            cluster.Offered.Add(Hash256.Sha256(transaction.Bytes.Span));
            host.Turn(e => _ = e.Submit(transaction));
        }

        return 1000 / perSecond;
    }
}
