namespace NeuroChain.Chain;

/// <summary>
/// Changes that a store makes together or not at all. Keys and values are copied when they are added. It may be cleared and filled again, which
/// takes no new memory. Not safe to share between threads.
/// </summary>
public sealed class WriteBatch
{
    private readonly List<Operation> _operations = [];
    private readonly BytePages _bytes = new();

    internal enum Kind { Put, Delete, DeleteRange }

    public int Count => _operations.Count;

    internal IReadOnlyList<Operation> Operations => _operations;

    public WriteBatch Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _operations.Add(new Operation(Kind.Put, column, _bytes.Copy(key), _bytes.Copy(value), default));
        return this;
    }

    /// <summary>The same without a copy: the value must not change before the batch is written.</summary>
    public WriteBatch PutKept(Column column, ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        _operations.Add(new Operation(Kind.Put, column, _bytes.Copy(key), value, default));
        return this;
    }

    /// <summary>Deleting a key that is not there is no fault.</summary>
    public WriteBatch Delete(Column column, ReadOnlySpan<byte> key)
    {
        _operations.Add(new Operation(Kind.Delete, column, _bytes.Copy(key), default, default));
        return this;
    }

    /// <summary>Deletes whatever the range holds when the batch is applied, what this batch put there before included.</summary>
    public WriteBatch DeleteRange(Column column, KeyRange range)
    {
        // An empty range deletes nothing, and RocksDB would refuse the whole batch for a range that ends before it begins.
        if (!range.IsEmpty) _operations.Add(new Operation(Kind.DeleteRange, column, default, default, range));
        return this;
    }

    public WriteBatch DeletePrefix(Column column, ReadOnlySpan<byte> prefix) => DeleteRange(column, KeyRange.Prefix(prefix));

    public void Clear()
    {
        _operations.Clear();
        _bytes.Clear();
    }

    internal readonly record struct Operation(Kind Kind, Column Column, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, KeyRange Range);
}
