namespace NeuroChain.Ledger;

/// <summary>A record that is no longer what it was; null where there is none.</summary>
public readonly record struct StateChange(StateKey Key, byte[]? Before, byte[]? After);
