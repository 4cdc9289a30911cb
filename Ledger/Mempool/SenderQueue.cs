using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The waiting transactions of one sender by nonce, gaps allowed, over the account as the last block left it.</summary>
internal sealed class SenderQueue
{
    private readonly SortedList<ulong, Waiting> _byNonce = [];

    public int Count => _byNonce.Count;

    public Account Account { get; private set; }

    /// <summary>Sum of all fees; a block may take them all.</summary>
    public Amount Fees { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Ascending by nonce.</summary>
    public IList<Waiting> All => _byNonce.Values;

    /// <summary>What a block may take next; null where its nonce is missing.</summary>
    public Waiting? Head => At(Account.Nonce);

    public Waiting Last => _byNonce.Values[^1];

    /// <summary>Of each lane the last in it before another lane follows, and the last of all.</summary>
    public IEnumerable<Waiting> Ends => All.Where((waiting, i) => IsEnd(i));

    /// <summary>Whether that one, counted from the lowest nonce, is an end.</summary>
    public bool IsEnd(int index) => index == Count - 1 || All[index + 1].Lane != All[index].Lane;

    public Waiting? At(ulong nonce) => _byNonce.GetValueOrDefault(nonce);

    public void Add(Waiting waiting)
    {
        _byNonce.Add(waiting.Transaction.Nonce, waiting);
        Fees += waiting.Transaction.Fee;
        Bytes += waiting.Space.Bytes;
    }

    public void Remove(Waiting waiting)
    {
        Invariant.Check(_byNonce.Remove(waiting.Transaction.Nonce), "what is removed from a queue was in it");
        Fees -= waiting.Transaction.Fee;
        Bytes -= waiting.Space.Bytes;
    }

    /// <summary>Says again of each where it stands, over the given account.</summary>
    public void Place(Account account, Height now)
    {
        Account = account;
        var next = account.Nonce;
        var (lane, rate) = (Lane.Protocol, FeeRate.Highest);
        foreach (var waiting in _byNonce.Values)
        {
            var isReady = waiting.Transaction.Nonce == next;
            if (isReady) next++;
            lane = isReady && waiting.OwnLane <= lane ? lane : isReady ? waiting.OwnLane : Lane.Normal;
            rate = FeeRate.Min(rate, waiting.OwnRate);
            waiting.Place(isReady, lane, rate, now);
        }
    }

    /// <summary>
    /// Up to which nonce the balance covers all fees and all that is spent: what stands there is executed and pays, whatever it does.
    /// </summary>
    public ulong CoveredBefore()
    {
        var rest = Account.Balance;
        var next = Account.Nonce;
        foreach (var waiting in _byNonce.Values)
        {
            if (waiting.Transaction.Nonce != next) break;
            if (!Amount.TryAdd(waiting.Transaction.Fee, waiting.Spends, out var whole) || whole > rest) break;
            rest -= whole;
            next++;
        }

        return next;
    }

    /// <summary>Whether what stands up to and with that nonce is still good for so many heights.</summary>
    public bool LastsTo(ulong nonce, ulong height)
    {
        foreach (var waiting in _byNonce.Values)
        {
            if (waiting.Transaction.Nonce > nonce) break;
            if (waiting.LastHeight < height) return false;
        }

        return true;
    }

    /// <summary>That one and all after it, ascending.</summary>
    public Waiting[] From(ulong nonce) => [.. _byNonce.Values.Where(waiting => waiting.Transaction.Nonce >= nonce)];
}
