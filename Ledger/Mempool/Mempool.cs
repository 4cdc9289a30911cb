using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// Transactions that wait for a block. A pure object with one owner: no clock and no lock; heights come with the states that are passed in.
/// Everything in it was decoded with its signature checked, so that blocks find it here.
/// </summary>
public sealed class Mempool : ITransactionLookup
{
    private readonly Dictionary<TransactionHash, Transaction> _byHash = [];
    private readonly Dictionary<Hash256, Transaction> _byLeafHash = [];
    private readonly ProtocolLane _protocol;
    private readonly PaidLanes _paid;
    private readonly ClaimsLane _claims;

    public Mempool(MempoolOptions? options = null)
    {
        var bounds = options ?? new MempoolOptions();
        _protocol = new ProtocolLane(bounds);
        _paid = new PaidLanes(bounds);
        _claims = new ClaimsLane(bounds);
    }

    public int Count => _byHash.Count;

    /// <summary>Bytes that the transactions that pay would take in blocks.</summary>
    public long Bytes => _paid.Bytes;

    public bool TryGet(TransactionHash hash, [NotNullWhen(true)] out Transaction? transaction) => _byHash.TryGetValue(hash, out transaction);

    /// <inheritdoc/>
    public bool TryGet(Hash256 leafHash, [NotNullWhen(true)] out Transaction? transaction) => _byLeafHash.TryGetValue(leafHash, out transaction);

    public bool Contains(TransactionHash hash) => _byHash.ContainsKey(hash);

    /// <summary>None where it waits here from now on; what had to leave for it is gone then.</summary>
    public MempoolRejection TryAdd(Transaction transaction, LedgerState state)
    {
        if (_byHash.ContainsKey(transaction.Hash)) return MempoolRejection.AlreadyKnown;
        if (FeesModule.IsExpired(transaction, state.Height.Next())) return MempoolRejection.Expired;
        var gone = new List<Transaction>();
        var rejection = IsClaim(transaction) ? _claims.TryAdd(transaction, state)
            : transaction.IsProtocolMessage ? _protocol.TryAdd(transaction, state) : _paid.TryAdd(transaction, state, gone);
        Forget(gone);
        if (rejection != MempoolRejection.None) return rejection;
        _byHash.Add(transaction.Hash, transaction);
        _byLeafHash.Add(transaction.LeafHash, transaction);
        return MempoolRejection.None;
    }

    /// <summary>
    /// What to offer to a block that follows the state, of the last <see cref="OnBlock"/>: lane by lane, nonces of a sender in order. To be
    /// read before anything else is done here.
    /// </summary>
    public IEnumerable<Transaction> Candidates(LedgerState state)
    {
        foreach (var message in _protocol.Transactions)
            if (!FeesModule.IsExpired(message, state.Height.Next()))
                yield return message;
        // Claims are the last of their lane: what pays goes before them.
        var isBeforeClaims = true;
        foreach (var transaction in _paid.Candidates(state))
        {
            if (isBeforeClaims && Lanes.Of(transaction) > Lane.Bridge)
            {
                isBeforeClaims = false;
                foreach (var claim in _claims.Transactions) yield return claim;
            }

            yield return transaction;
        }

        if (!isBeforeClaims) yield break;
        foreach (var claim in _claims.Transactions) yield return claim;
    }

    /// <summary>The nonce that the sender's next transaction needs, counting what waits here without a gap.</summary>
    public ulong NextNonce(LedgerState state, Address sender) => _paid.NextNonce(state, sender);

    /// <summary>Takes out what a block committed and what its state leaves behind. To be called for every block, in order.</summary>
    /// <param name="state">The state after the block.</param>
    /// <param name="committed">What was in it.</param>
    /// <param name="changed">Records that the block changed: an account may lose money without sending anything.</param>
    public void OnBlock(LedgerState state, IReadOnlyList<Transaction> committed, IEnumerable<StateKey>? changed = null)
    {
        foreach (var message in committed.Where(transaction => transaction.IsProtocolMessage && !IsClaim(transaction))) Forget(_protocol.Settle(message, state.Height));
        Forget(_protocol.Age(state.Height));
        Forget(_claims.OnBlock(state));
        var senders = committed.Where(transaction => !transaction.IsProtocolMessage).Select(transaction => transaction.Sender);
        Forget(_paid.OnBlock(state, senders.Concat(AccountsAmong(changed ?? []))));
    }

    private static bool IsClaim(Transaction transaction) => transaction.Kind == TransactionBody.MessageOneofCase.ClaimSnapshot;

    private static IEnumerable<Address> AccountsAmong(IEnumerable<StateKey> keys)
    {
        var prefix = AccountsModule.Key(default);
        var prefixLength = prefix.Bytes.Length - Address.Size;
        foreach (var key in keys)
            if (key.Bytes.Length == prefix.Bytes.Length && key.Bytes[..prefixLength].SequenceEqual(prefix.Bytes[..prefixLength]))
                yield return Address.FromBytes(key.Bytes[prefixLength..]);
    }

    private void Forget(IReadOnlyList<Transaction> gone)
    {
        foreach (var transaction in gone)
        {
            _byHash.Remove(transaction.Hash);
            _byLeafHash.Remove(transaction.LeafHash);
        }
    }
}
