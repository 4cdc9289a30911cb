namespace NeuroChain.Chain.Tests;

/// <summary>Blobs in files: what is deleted gives its room back.</summary>
public sealed class BlobReclaimTests : IDisposable
{
    private static readonly Column Blobs = new("blobs");

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-blobs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A few large ones, each in files that are almost its own, and many small ones, which share theirs.
    [Theory]
    [InlineData(18, 3)]
    [InlineData(1, 24)]
    public void DeletedBlobsGiveTheDiskBack(int mebibytes, int count)
    {
        using var store = RocksStore.Open(_folder, [Blobs]);
        var blobs = new BlobStore(store, Blobs);
        var manifests = Enumerable.Range(0, count).Select(number => blobs.Put(Random(number, mebibytes << 20))).ToList();
        store.Flush();
        var before = store.FileBytes(Blobs);
        Assert.True(before > (ulong)(count * mebibytes) << 20);
        foreach (var manifest in manifests.Skip(1)) blobs.Delete(manifest.Hash);
        Assert.Equal((long)(count - 1) * mebibytes << 20, blobs.Reclaimable);
        while (blobs.Reclaim()) Assert.True(blobs.Reclaimable > 0);
        Assert.InRange(store.FileBytes(Blobs), (ulong)mebibytes << 20, ((ulong)mebibytes << 20) + (1 << 20));
        Assert.Equal(Random(0, mebibytes << 20), blobs.Read(manifests[0].Hash));
        Assert.Equal(0, blobs.Reclaimable);
    }

    /// <summary>A node's disk may hold hundreds of gigabytes: what is written anew at a time does not grow with them.</summary>
    [Fact]
    public void AStepIsBoundedByBytesAndEachDeletedBlobIsInOne()
    {
        using var values = new MemoryStore([Blobs]);
        var blobs = new BlobStore(values, Blobs);
        var kept = Enumerable.Range(0, 24).Select(Great).ToList(); // 1.5 GiB by their manifests, which is all that is here of them
        var gone = Enumerable.Range(24, 24).Select(Great).ToList();
        foreach (var manifest in kept.Concat(gone)) blobs.Begin(manifest);
        foreach (var manifest in gone) blobs.Delete(manifest.Hash);
        var (steps, left) = (0, true);
        for (var before = gone.Count; left; steps++)
        {
            left = blobs.Reclaim();
            var now = (int)(blobs.Reclaimable / BlobLimits.BlobBytesMax);
            Assert.InRange(before - now, 1, 12); // a twelfth of all hashes; by chance some more of these
            before = now;
        }

        Assert.InRange(steps, 4, 13);
        Assert.Equal(0, blobs.Reclaimable);
        Assert.False(blobs.Reclaim());
    }

    // Of 64 MiB, without their bytes.
    private static BlobManifest Great(int number)
    {
        var leaves = Enumerable.Range(0, BlobLimits.ChunksMax).Select(chunk => Hash256.Sha256([(byte)number, (byte)chunk]));
        var manifest = new ByteWriter().UInt64(BlobLimits.BlobBytesMax);
        foreach (var leaf in leaves) manifest.Hash(leaf);
        Assert.True(BlobManifest.TryDecode(manifest.ToArray(), out var decoded, out var fault), fault.ToString());
        return decoded!;
    }

    private static byte[] Random(int number, int length)
    {
        var bytes = new byte[length];
        new SeededStream((ulong)number).Fill(bytes);
        return bytes;
    }
}
