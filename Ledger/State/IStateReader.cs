namespace NeuroChain.Ledger;

/// <summary>The state as it stands. Null where there is no record.</summary>
public interface IStateReader
{
    byte[]? Get(StateKey key);
}
