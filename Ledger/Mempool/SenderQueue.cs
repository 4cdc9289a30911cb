using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The waiting transactions of one sender by nonce, gaps allowed, with the sum of their fees.</summary>
internal sealed class SenderQueue
{
    private readonly SortedDictionary<ulong, Transaction> _byNonce = [];

    public int Count => _byNonce.Count;

    public Amount Fees { get; private set; }

    /// <summary>Ascending by nonce.</summary>
    public IEnumerable<Transaction> Transactions => _byNonce.Values;

    public Transaction? At(ulong nonce) => _byNonce.GetValueOrDefault(nonce);

    /// <summary>The one with the highest nonce.</summary>
    public Transaction Last => _byNonce[_byNonce.Keys.Max()];

    public void Add(Transaction transaction)
    {
        _byNonce.Add(transaction.Nonce, transaction);
        Fees += transaction.Fee;
    }

    public void Remove(Transaction transaction)
    {
        Invariant.Check(_byNonce.Remove(transaction.Nonce), "what is removed from a queue was in it");
        Fees -= transaction.Fee;
    }

    public IReadOnlyList<Transaction> Below(ulong nonce) => [.. _byNonce.Values.TakeWhile(transaction => transaction.Nonce < nonce)];

    public IReadOnlyList<Transaction> From(ulong nonce) => [.. _byNonce.Values.SkipWhile(transaction => transaction.Nonce < nonce)];
}
