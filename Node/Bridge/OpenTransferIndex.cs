using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Withdrawals and locks in quarantine that are open after the newest block. Found by one walk over the state, and kept by the events of the blocks
/// since. Safe from any thread.
/// </summary>
/// <param name="events">Events of a block by kind and a named attribute each; null where they are not kept.</param>
internal sealed class OpenTransferIndex(Func<Height, IEnumerable<Types.V1.Event>?> events)
{
    // Beyond so many blocks a walk costs less.
    private const ulong FollowedMax = 256;

    private readonly Lock _gate = new();
    private OpenTransfers? _open;
    private Height _height;

    /// <summary>Both after the state's block, as lists that nobody changes.</summary>
    public (IReadOnlyList<Hash256> Withdrawals, IReadOnlyList<ulong> Quarantined) After(LedgerState state)
    {
        lock (_gate)
        {
            // What was asked for by an older state is answered by a newer one: who reads the records sees what is gone.
            if (_open is null || (state.Height > _height && !TryFollow(state.Height))) (_open, _height) = (OpenTransfers.Find(state), state.Height);
            return ([.. _open.Withdrawals], [.. _open.Quarantined]);
        }
    }

    private bool TryFollow(Height to)
    {
        if (to > _height.Plus(FollowedMax)) return false;
        for (var height = _height.Next(); height <= to; height = height.Next())
        {
            if (events(height) is not { } happened) return false;
            foreach (var one in happened) Apply(one);
            _height = height;
        }

        return true;
    }

    private void Apply(Types.V1.Event happened)
    {
        switch (happened.Kind)
        {
            case "bridge.withdrawal": _open!.Withdrawals.Add(HashOf("burn_id")); break;
            case "bridge.released" or "bridge.refunded": _open!.Withdrawals.Remove(HashOf("burn_id")); break;
            case "bridge.quarantined": _open!.Quarantined.Add(NonceOf()); break;
            case "bridge.redirected": _open!.Quarantined.Remove(NonceOf()); break;
        }

        string Attribute(string key) => happened.Attributes.First(attribute => attribute.Key == key).Value;

        Hash256 HashOf(string key)
        {
            var isHash = Hash256.TryParse(Attribute(key), out var hash);
            Invariant.Check(isHash, "the chain's events are as it wrote them");
            return hash;
        }

        ulong NonceOf() => ulong.Parse(Attribute("nonce"), System.Globalization.CultureInfo.InvariantCulture);
    }
}
