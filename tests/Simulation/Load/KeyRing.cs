using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>Whose machine a key signs on: keys come as they are drawn, and none goes, for evidence may name an old one.</summary>
public sealed class KeyRing
{
    private readonly Dictionary<Address, (PrivateKey Key, int Owner)> _keys = [];

    /// <summary>Twins share a key: it belongs to the first of them.</summary>
    public void Add(PrivateKey key, int owner) => _keys.TryAdd(key.Address, (key, owner));

    /// <summary>The number of the node that signs with it; null for a stranger's.</summary>
    public int? OwnerOf(Address address) => _keys.TryGetValue(address, out var found) ? found.Owner : null;

    public PrivateKey? Find(Address address) => _keys.TryGetValue(address, out var found) ? found.Key : null;
}
