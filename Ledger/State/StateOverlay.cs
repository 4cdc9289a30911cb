namespace NeuroChain.Ledger;

/// <summary>
/// Changes on top of a state that stays as it is: a block's over the last state, a transaction's over its block. Merged or thrown away whole.
/// </summary>
public sealed class StateOverlay(IStateReader below) : IStateReader
{
    private readonly SortedDictionary<StateKey, byte[]?> _changes = [];

    /// <summary>What was set or deleted (null), ascending by key.</summary>
    public IEnumerable<KeyValuePair<StateKey, byte[]?>> Changes => _changes;

    public IStateReader Below => below;

    public byte[]? Get(StateKey key) => _changes.TryGetValue(key, out var value) ? value : below.Get(key);

    public void Set(StateKey key, byte[] value) => _changes[key] = value;

    public void Delete(StateKey key) => _changes[key] = null;

    /// <summary>Takes over the changes of an overlay that stands on this one.</summary>
    public void Merge(StateOverlay above)
    {
        foreach (var (key, value) in above._changes) _changes[key] = value;
    }
}
