using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Something in a store that does not fit the rest of it.</summary>
/// <param name="Height">The height that it is about; null where it is about none.</param>
/// <param name="Column">Where it stands.</param>
/// <param name="Key">Its key in that column; empty where the fault is of the whole column.</param>
/// <param name="What">What is wrong.</param>
internal sealed record StoreFault(Height? Height, Column Column, byte[] Key, string What)
{
    public static StoreFault At(Height height, Column column, string what) => new(height, column, ChainColumns.Key(height), what);

    public override string ToString() =>
        $"height {Height?.ToString() ?? "-"}, column {Column}, key {(Key.Length == 0 ? "-" : Hex.Encode(Key))}: {What}";
}

/// <summary>Faults as they are found: the first ones are kept, the rest is counted.</summary>
internal sealed class StoreFaults
{
    private const int KeptMax = 100;

    private readonly List<StoreFault> _first = [];

    public IReadOnlyList<StoreFault> First => _first;

    public long Count { get; private set; }

    public void Add(StoreFault fault)
    {
        Count++;
        if (_first.Count < KeptMax) _first.Add(fault);
    }
}
