using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Evidence that waits to count on the chain, so that neither a crash nor a new key forgets what this node alone may have heard. Written without
/// waiting for the disk: it is there with the next block, and until then the log of the height in progress leads to it again.
/// </summary>
/// <param name="store">Where it is.</param>
/// <param name="damaged">
/// Told of records that are none. They are forgotten: others may have heard the same, and no block follows from what is here, so that a node need not stand
/// still for one of them.
/// </param>
internal sealed class EvidenceStore(IKeyValueStore store, Action<string>? damaged = null)
{
    /// <summary>All of it, with the last height that was decided when it was found. What is damaged goes.</summary>
    public ImmutableArray<(FaultProof Proof, Height Since)> Load()
    {
        var all = ImmutableArray.CreateBuilder<(FaultProof, Height)>();
        var (gone, count) = (new WriteBatch(), 0);
        foreach (var (key, value) in store.Scan(ChainColumns.Evidence, KeyRange.All))
        {
            if (TryDecode(key, value, out var proof, out var since)) all.Add((proof, since));
            else (gone, count) = (gone.Delete(ChainColumns.Evidence, key), count + 1);
        }

        if (count > 0)
        {
            damaged?.Invoke($"{count} records of evidence that waited to count are damaged and are forgotten");
            store.Write(gone, durable: false);
        }

        return all.ToImmutable();
    }

    /// <summary>Keys of the records that are none.</summary>
    public IEnumerable<byte[]> Damaged() =>
        from entry in store.Scan(ChainColumns.Evidence, KeyRange.All) where !TryDecode(entry.Key, entry.Value, out _, out _) select entry.Key;

    public void Keep(FaultProof proof, Height since) =>
        store.Write(new WriteBatch().Put(ChainColumns.Evidence, Key(proof.Guilty, proof.Height), [.. ChainColumns.Key(since), .. proof.Encode()]), durable: false);

    public void Drop(IReadOnlyList<(Address Guilty, Height Height)> gone)
    {
        if (gone.Count == 0) return;
        var batch = new WriteBatch();
        foreach (var (guilty, height) in gone) batch.Delete(ChainColumns.Evidence, Key(guilty, height));
        store.Write(batch, durable: false);
    }

    private static bool TryDecode(byte[] key, byte[] value, [NotNullWhen(true)] out FaultProof? proof, out Height since)
    {
        var reader = new ByteReader(value);
        since = reader.Height();
        return FaultProof.TryDecode(reader.Bytes(reader.Remaining), out proof, out _) && key.AsSpan().SequenceEqual(Key(proof.Guilty, proof.Height));
    }

    private static byte[] Key(Address guilty, Height height) => [.. guilty.ToArray(), .. ChainColumns.Key(height)];
}
