using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Who has which transaction: for each hash one bit per connected peer, and one for this node. Two generations of bounded size: what is
/// forgotten may be said once more. Peers beyond the places are known to have nothing.
/// </summary>
internal sealed class PeerKnowledge
{
    private const int GenerationMax = 64 * 1024;
    private const int Self = 127;

    private readonly Dictionary<Address, int> _slots = [];
    private Dictionary<TransactionHash, UInt128> _newer = [];
    private Dictionary<TransactionHash, UInt128> _older = [];

    public void Add(Address peer)
    {
        for (var slot = 0; slot < Self && !_slots.ContainsKey(peer); slot++)
            if (!_slots.ContainsValue(slot))
                _slots.Add(peer, slot);
    }

    /// <summary>Forgets what the peer had: it may come back without it.</summary>
    public void Remove(Address peer)
    {
        if (!_slots.Remove(peer, out var slot)) return;
        var others = ~(UInt128.One << slot);
        foreach (var generation in new[] { _newer, _older })
            foreach (var hash in generation.Keys.ToArray()) // every one is changed alike: the order does not matter
                generation[hash] &= others;
    }

    public bool Has(Address peer, TransactionHash hash) => _slots.TryGetValue(peer, out var slot) && Has(slot, hash);

    /// <summary>Whether this node has, or had, it.</summary>
    public bool HasSelf(TransactionHash hash) => Has(Self, hash);

    public void Mark(Address peer, TransactionHash hash)
    {
        if (_slots.TryGetValue(peer, out var slot)) Mark(slot, hash);
    }

    /// <summary>The peer lacks it.</summary>
    public void Unmark(Address peer, TransactionHash hash)
    {
        if (_slots.TryGetValue(peer, out var slot) && Has(slot, hash)) _newer[hash] = Bits(hash) & ~(UInt128.One << slot);
    }

    public void MarkSelf(TransactionHash hash) => Mark(Self, hash);

    private bool Has(int slot, TransactionHash hash) => ((Bits(hash) >> slot) & UInt128.One) != UInt128.Zero;

    private void Mark(int slot, TransactionHash hash)
    {
        var bits = Bits(hash) | (UInt128.One << slot);
        if (_newer.Count >= GenerationMax && !_newer.ContainsKey(hash)) (_older, _newer) = (_newer, []);
        _newer[hash] = bits;
    }

    private UInt128 Bits(TransactionHash hash) => _newer.TryGetValue(hash, out var bits) || _older.TryGetValue(hash, out bits) ? bits : UInt128.Zero;
}
