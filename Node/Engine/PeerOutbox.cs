using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What waits to be said to one peer about transactions.</summary>
internal sealed class PeerOutbox
{
    /// <summary>Bytes of transactions that a peer may ask for between two ticks; what it asks for beyond is announced to it again.</summary>
    private const long AnsweredBytesMax = 4 * 1024 * 1024;

    private long _answered;

    public List<Transaction> Transactions { get; } = [];

    public List<TransactionHash> Announced { get; } = [];

    public List<TransactionHash> Wanted { get; } = [];

    /// <summary>False where it has been answered enough for now.</summary>
    public bool TryAnswer(Transaction transaction)
    {
        if (_answered > AnsweredBytesMax) return false;
        _answered += transaction.Bytes.Length;
        Transactions.Add(transaction);
        return true;
    }

    public void Tick() => _answered = 0;

    public void Clear()
    {
        Transactions.Clear();
        Announced.Clear();
        Wanted.Clear();
    }
}
