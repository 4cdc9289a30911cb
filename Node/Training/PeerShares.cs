using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// How many chunks may be under way to each peer at a time, over all blobs. A peer's line does not grow with what is asked of it: four requests share
/// what one would have, and where none of them ends within its time nothing has come at all. So a peer begins with four; a request that was not
/// answered in time halves that, and some good answers in a row give one back: up slowly and down fast, the rule of TCP (RFC 5681). Safe to call
/// from any thread.
/// </summary>
internal sealed class PeerShares
{
    /// <summary>A quarter of what a peer answers one node at a time: block sync and other blobs need places too.</summary>
    public const int Most = 4;

    /// <summary>Good answers until one more is tried: where it is one too many, what is under way then comes to nothing.</summary>
    private const int GoodPerPlace = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, (int UnderWay, int Share, int Good)> _peers = [];

    /// <summary>Chunks under way to a peer.</summary>
    public int UnderWay(Address peer)
    {
        lock (_gate) return Of(peer).UnderWay;
    }

    /// <summary>Whether one more may be asked of a peer now.</summary>
    public bool HasPlace(Address peer)
    {
        lock (_gate)
        {
            var (underWay, share, _) = Of(peer);
            return underWay < share;
        }
    }

    /// <summary>Takes a place, to be given back by <see cref="Release"/>; false where another blob has the last one.</summary>
    public bool TryTake(Address peer)
    {
        lock (_gate)
        {
            var (underWay, share, good) = Of(peer);
            if (underWay >= share) return false;
            _peers[peer] = (underWay + 1, share, good);
            return true;
        }
    }

    public void Release(Address peer)
    {
        lock (_gate)
        {
            var (underWay, share, good) = Of(peer);
            Invariant.Check(underWay > 0, "only a place that was taken is given back");
            _peers[peer] = (underWay - 1, share, good);
        }
    }

    /// <summary>It answered in time.</summary>
    public void Grow(Address peer)
    {
        lock (_gate)
        {
            var (underWay, share, good) = Of(peer);
            _peers[peer] = good + 1 < GoodPerPlace ? (underWay, share, good + 1) : (underWay, Math.Min(share + 1, Most), 0);
        }
    }

    /// <summary>It did not answer in time.</summary>
    /// <returns>False where it had no more than one place.</returns>
    public bool TryHalve(Address peer)
    {
        lock (_gate)
        {
            var (underWay, share, _) = Of(peer);
            _peers[peer] = (underWay, Math.Max(share / 2, 1), 0);
            return share > 1;
        }
    }

    private (int UnderWay, int Share, int Good) Of(Address peer) => _peers.TryGetValue(peer, out var known) ? known : (0, Most, 0);
}
