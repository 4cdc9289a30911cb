using NeuroChain.Chain;
using NeuroChain.Node;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Simulation;

/// <summary>
/// Sends again what validators sent before, word for word, one message of each kind at a time, through whichever node is up: they have no nonce and cost
/// nothing, so anybody who has kept them may. That none comes into a second block is for <see cref="ValidityChecker"/> to say.
/// </summary>
public sealed class ReplayLoad(SeededStream draw) : ILoad
{
    private const ulong PauseMs = 300;
    private const int EachMax = 64;

    private readonly SortedDictionary<MessageOneofCase, List<Transaction>> _kept = [];
    private Height _read = Height.Genesis;

    public ulong? Step(Cluster cluster)
    {
        var host = cluster.Hosts[(int)draw.NextBelow((ulong)cluster.Hosts.Count)];
        if (host.Node.Engine is not null)
        {
            Read(host.Node.Chain, cluster.Newest.GenesisHash);
            foreach (var messages in _kept.Values)
            {
                var message = messages[(int)draw.NextBelow((ulong)messages.Count)];
                host.Turn(engine => _ = engine.Submit(message));
            }
        }

        return PauseMs;
    }

    private void Read(ChainStore chain, GenesisHash genesis)
    {
        for (; chain.Get(_read.Next()) is { } next; _read = next.Block.Height)
        {
            foreach (var bytes in next.Block.Transactions)
            {
                if (!Transaction.TryDecode(bytes.Span, genesis, out var message, out _) || !message.IsProtocolMessage) continue;
                if (!_kept.TryGetValue(message.Kind, out var messages)) _kept[message.Kind] = messages = [];
                if (messages.Count < EachMax) messages.Add(message);
                else messages[(int)draw.NextBelow(EachMax)] = message;
            }
        }
    }
}
