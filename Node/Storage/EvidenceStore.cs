using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Evidence that waits to count on the chain, so that neither a crash nor a new key forgets what this node alone may have heard. Written without
/// waiting for the disk: it is there with the next block, and until then the log of the height in progress leads to it again.
/// </summary>
internal sealed class EvidenceStore(IKeyValueStore store)
{
    /// <summary>All of it, with the last height that was decided when it was found.</summary>
    public ImmutableArray<(FaultProof Proof, Height Since)> All()
    {
        var all = ImmutableArray.CreateBuilder<(FaultProof, Height)>();
        foreach (var (key, value) in store.Scan(ChainColumns.Evidence, KeyRange.All))
        {
            var reader = new ByteReader(value);
            var since = reader.Height();
            var decoded = FaultProof.TryDecode(reader.Bytes(reader.Remaining), out var proof, out _);
            Invariant.Check(decoded && key.AsSpan().SequenceEqual(Key(proof!.Guilty, proof.Height)), "stored evidence is as it was written");
            all.Add((proof!, since));
        }

        return all.ToImmutable();
    }

    public void Keep(FaultProof proof, Height since) =>
        store.Write(new WriteBatch().Put(ChainColumns.Evidence, Key(proof.Guilty, proof.Height), [.. ChainColumns.Key(since), .. proof.Encode()]), durable: false);

    public void Drop(IReadOnlyList<(Address Guilty, Height Height)> gone)
    {
        if (gone.Count == 0) return;
        var batch = new WriteBatch();
        foreach (var (guilty, height) in gone) batch.Delete(ChainColumns.Evidence, Key(guilty, height));
        store.Write(batch, durable: false);
    }

    private static byte[] Key(Address guilty, Height height) => [.. guilty.ToArray(), .. ChainColumns.Key(height)];
}
