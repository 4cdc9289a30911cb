using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>
/// A state of which only proved records are known. The ledger's own queries read it: so the keys are derived here and never taken from the node,
/// and what is absent is proved absent.
/// </summary>
/// <remarks>A query that needs a record which is not there yet is broken off with <see cref="RecordWantedException"/>, and run again when it is.</remarks>
internal sealed class ProvenState(Height height, Hash256 root) : IStateReader
{
    private readonly Dictionary<StateKey, byte[]?> _records = [];

    /// <summary>Height of the state.</summary>
    public Height Height { get; } = height;

    public byte[]? Get(StateKey key) => _records.TryGetValue(key, out var value) ? value : throw new RecordWantedException(key);

    /// <exception cref="NotProvedException">The proof does not lead to the root.</exception>
    public void Add(StateKey key, StateRecord record)
    {
        if (!StateProof.TryDecode(record.Proof.Span, out var proof)) throw new NotProvedException($"the state proof of {key} is malformed");
        var isProved = record.Exists ? proof.ProvesInclusion(root, key.Bytes, record.Value.Span) : proof.ProvesExclusion(root, key.Bytes);
        if (!isProved) throw new NotProvedException($"{(record.Exists ? "the value" : "the absence")} of {key} in the state after {Height} does not lead to the state root in header {Height.Next()}");
        _records[key] = record.Exists ? record.Value.ToByteArray() : null;
    }
}

/// <summary>A query needs this record next.</summary>
internal sealed class RecordWantedException(StateKey key) : Exception
{
    public StateKey Key { get; } = key;
}
