using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Transactions that were decoded, and their signatures checked, before: a proposal mostly holds what the mempool has.</summary>
public interface ITransactionLookup
{
    /// <param name="leafHash">See <see cref="Transaction.LeafHash"/>: the same body with another signature is another transaction here.</param>
    /// <param name="transaction">Null where it is not known.</param>
    bool TryGet(Hash256 leafHash, [NotNullWhen(true)] out Transaction? transaction);
}

/// <summary>Knows none: every transaction of a block is decoded and checked.</summary>
public sealed class NoTransactions : ITransactionLookup
{
    public static readonly NoTransactions Instance = new();

    private NoTransactions()
    {
    }

    public bool TryGet(Hash256 leafHash, [NotNullWhen(true)] out Transaction? transaction)
    {
        transaction = null;
        return false;
    }
}
