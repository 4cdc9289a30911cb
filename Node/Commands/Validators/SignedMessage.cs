using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Signs a message, sends it and follows it into a block: what every command that changes the chain does.</summary>
internal static class SignedMessage
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A message that pays; null takes the fee that the next block asks, with a margin.</summary>
    public static async Task<int> PayAsync(NodeClient client, PrivateKey signer, Amount? fee, Action<TransactionBody> fill, CancellationToken cancellationToken) =>
        await SendAsync(client, await client.SignAsync(signer, fee, fill, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>An operation of a validator: no fee and no nonce.</summary>
    public static async Task<int> OperateAsync(NodeClient client, PrivateKey signer, Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
        var body = new TransactionBody { Genesis = genesis.Hash.Value.ToByteString() };
        fill(body);
        return await SendAsync(client, Transaction.Sign(body, signer), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is signed already.</summary>
    public static async Task<int> SendAsync(NodeClient client, Transaction transaction, CancellationToken cancellationToken)
    {
        var hash = await client.SubmitAsync(transaction, cancellationToken).ConfigureAwait(false);
        Console.WriteLine(hash);
        var placed = await client.WaitAsync(hash, Patience, cancellationToken).ConfigureAwait(false);
        Console.WriteLine(placed.Code == 0 ? $"in block {placed.Height}" : $"failed in block {placed.Height}: {placed.Reason}");
        return placed.Code == 0 ? 0 : 1;
    }
}
