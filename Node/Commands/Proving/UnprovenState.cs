using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The same queries on the node's word alone: records as it shows them, no proof asked for.</summary>
internal sealed class UnprovenState : IStateReader
{
    private readonly Dictionary<StateKey, byte[]?> _records = [];

    public byte[]? Get(StateKey key) => _records.TryGetValue(key, out var value) ? value : throw new RecordWantedException(key);

    public static async Task<T> AskAsync<T>(RpcChannel channel, Func<IStateReader, T> query, CancellationToken cancellationToken)
    {
        var node = new ProofClient(channel);
        var state = new UnprovenState();
        while (true)
        {
            try
            {
                return query(state);
            }
            catch (RecordWantedException wanted)
            {
                var (_, record) = await node.StateAsync(wanted.Key, null, cancellationToken).ConfigureAwait(false);
                state._records[wanted.Key] = record.Exists ? record.Value.ToByteArray() : null;
            }
        }
    }
}
