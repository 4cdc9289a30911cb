using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Where transactions come in: decodes them and checks their signatures before the engine sees them, in the thread of whoever brings them.
/// Bytes that came before cost one hash: what they were found to be is remembered for a while, in two generations of bounded size. Safe from
/// any thread.
/// </summary>
/// <remarks>What was found is known by the leaf hash, of all bytes with the signature, so that a body that was good once does not vouch for another signature.</remarks>
public sealed class TransactionIntake(GenesisHash genesis)
{
    private const int RememberedMax = 16_384;
    private const long RememberedBytesMax = 8 * 1024 * 1024;

    // Fewer than this are checked faster than other threads are woken.
    private const int ParallelFrom = 16;

    private readonly Lock _gate = new();
    private Dictionary<Hash256, Finding> _newer = [];
    private Dictionary<Hash256, Finding> _older = [];
    private long _bytes;
    private long _checks;

    /// <summary>Signatures that were checked so far; repeats are not.</summary>
    public long Checks => Interlocked.Read(ref _checks);

    /// <summary>The transaction where there is no fault.</summary>
    public Transaction? Take(ReadOnlySpan<byte> bytes, out TransactionFault fault)
    {
        fault = TransactionFault.TooLarge;
        if (bytes.Length > Limits.TransactionBytesMax) return null;
        var leafHash = MerkleTree.LeafHash(bytes);
        if (!TryRecall(leafHash, out var finding)) Remember(leafHash, finding = Check(bytes.ToArray(), leafHash));
        fault = finding.Fault;
        return finding.Transaction;
    }

    /// <summary>What a peer sent, checked on all cores; the first fault by place is told, and what is good is taken all the same.</summary>
    public EngineInput.TransactionsArrived TakeAll(Address peer, PeerMessage.TransactionsMessage message)
    {
        var bytes = message.Transactions;
        var taken = new Transaction?[bytes.Length];
        var faults = new TransactionFault[bytes.Length];
        if (bytes.Length < ParallelFrom)
            for (var i = 0; i < bytes.Length; i++) taken[i] = Take(bytes[i].Span, out faults[i]);
        else
            Parallel.For(0, bytes.Length, i => taken[i] = Take(bytes[i].Span, out faults[i]));
        return new EngineInput.TransactionsArrived(peer, [.. taken.OfType<Transaction>()], faults.FirstOrDefault(fault => fault != TransactionFault.None));
    }

    private Finding Check(byte[] bytes, Hash256 leafHash)
    {
        if (!UnverifiedTransaction.TryParse(bytes, leafHash, genesis, out var parsed, out var fault)) return new Finding(null, fault);
        Interlocked.Increment(ref _checks);
        return parsed.TryVerify(out var transaction, out fault) ? new Finding(transaction, TransactionFault.None) : new Finding(null, fault);
    }

    private bool TryRecall(Hash256 leafHash, out Finding finding)
    {
        lock (_gate) return _newer.TryGetValue(leafHash, out finding) || _older.TryGetValue(leafHash, out finding);
    }

    private void Remember(Hash256 leafHash, Finding finding)
    {
        lock (_gate)
        {
            if (_newer.Count >= RememberedMax || _bytes >= RememberedBytesMax)
            {
                (_older, _newer) = (_newer, []);
                _bytes = 0;
            }

            if (_newer.TryAdd(leafHash, finding)) _bytes += finding.Transaction?.Bytes.Length ?? 0;
        }
    }

    private readonly record struct Finding(Transaction? Transaction, TransactionFault Fault);
}
