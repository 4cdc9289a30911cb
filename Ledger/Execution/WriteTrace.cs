using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Ledger;

/// <summary>Which transaction of a block first wrote a record, and in which place of the order of all first writes.</summary>
/// <param name="Order">Counts from 0.</param>
/// <param name="Transaction">Index of the transaction; null for the beginning and the end of the block.</param>
public readonly record struct FirstWrite(int Order, int? Transaction);

/// <summary>
/// Watches the execution of one block and remembers who wrote each record first: for whoever looks for the transaction with which two
/// nodes began to differ. It changes nothing of what is executed.
/// </summary>
public sealed class WriteTrace
{
    private readonly Dictionary<StateKey, FirstWrite> _first = [];

    /// <summary>False where the block wrote no such record.</summary>
    public bool TryGet(StateKey key, [NotNullWhen(true)] out FirstWrite? write)
    {
        write = _first.TryGetValue(key, out var found) ? found : null;
        return write is not null;
    }

    internal void Add(int? transaction, IEnumerable<StateKey> written)
    {
        foreach (var key in written) _first.TryAdd(key, new FirstWrite(_first.Count, transaction));
    }
}
