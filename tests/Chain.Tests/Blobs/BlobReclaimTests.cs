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
        blobs.Reclaim();
        Assert.InRange(store.FileBytes(Blobs), (ulong)mebibytes << 20, ((ulong)mebibytes << 20) + (1 << 20));
        Assert.Equal(Random(0, mebibytes << 20), blobs.Read(manifests[0].Hash));
        Assert.Equal(0, blobs.Reclaimable);
    }

    private static byte[] Random(int number, int length)
    {
        var bytes = new byte[length];
        new SeededStream((ulong)number).Fill(bytes);
        return bytes;
    }
}
