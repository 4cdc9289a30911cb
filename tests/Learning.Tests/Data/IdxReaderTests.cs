using System.Buffers.Binary;
using System.IO.Compression;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class IdxReaderTests
{
    private static readonly byte[] Images = Idx(0x803, [3, 2, 4], [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))]);
    private static readonly byte[] Labels = Idx(0x801, [3], [0, 2, 1]);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void FilesAreReadPlainAndZipped(bool zipImages, bool zipLabels)
    {
        Assert.True(IdxReader.TryRead(zipImages ? Zip(Images) : Images, zipLabels ? Zip(Labels) : Labels, 3, out var dataset, out _));
        Assert.Equal(new Shape(1, 2, 4), dataset.Shape);
        Assert.Equal(3, dataset.Count);
        Assert.Equal([80, 90, 100, 110, 120, 130, 140, 150], dataset.Image(1).ToArray());
        Assert.Equal(2, dataset.Label(1));
        Assert.Equal(Hash256.Sha256([2, 80, 90, 100, 110, 120, 130, 140, 150]), dataset.SampleHash(1));
        Assert.Equal(
            Hash256.Sha256([.. dataset.SampleHash(0).ToArray(), .. dataset.SampleHash(1).ToArray(), .. dataset.SampleHash(2).ToArray()]),
            dataset.Root);
    }

    [Fact]
    public void FaultyFilesAreRefusedByName()
    {
        Refused(DatasetError.Truncated, [], Labels);
        Refused(DatasetError.Truncated, Images[..^1], Labels);
        Refused(DatasetError.Truncated, Images, Labels[..7]);
        Refused(DatasetError.TrailingBytes, [.. Images, 0], Labels);
        Refused(DatasetError.TrailingBytes, Images, [.. Labels, 0]);
        Refused(DatasetError.WrongMagic, Labels, Images);
        Refused(DatasetError.WrongMagic, Idx(0x804, [3, 2, 4], new byte[24]), Labels);
        Refused(DatasetError.CountsDiffer, Idx(0x803, [2, 2, 4], new byte[16]), Labels);
        Refused(DatasetError.LabelOutOfRange, Images, Idx(0x801, [3], [0, 3, 1]));
        Refused(DatasetError.DimensionOutOfRange, Idx(0x803, [0, 2, 4], []), Labels);
        Refused(DatasetError.DimensionOutOfRange, Idx(0x803, [3, 2, 1025], []), Labels);
        Refused(DatasetError.DimensionOutOfRange, Idx(0x803, [-1, 2, 4], []), Labels);
        Refused(DatasetError.TooLarge, Idx(0x803, [1 << 20, 1024, 1024], []), Labels);
        Refused(DatasetError.Truncated, Idx(0x803, [1 << 20, 1, 1024], [1, 2, 3]), Labels);
        Refused(DatasetError.NotGzip, [0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Labels);
    }

    [Fact]
    public void MutatedFilesNeverThrow()
    {
        var stream = new SeededStream(5);
        foreach (var original in new[] { Images, Zip(Images) })
        {
            var refused = 0;
            for (var round = 0; round < 5_000; round++)
            {
                var bytes = original.ToArray();
                bytes[stream.NextBelow((ulong)bytes.Length)] ^= (byte)(1 << (int)stream.NextBelow(8));
                if (stream.NextChance(1, 3)) bytes = bytes[..(int)stream.NextBelow((ulong)bytes.Length)];
                if (!IdxReader.TryRead(bytes, Labels, 3, out _, out var error))
                {
                    Assert.NotEqual(DatasetError.None, error);
                    refused++;
                }
            }
            Assert.InRange(refused, 1_000, 5_000);
        }
    }

    [Fact]
    public void FashionMnistIsRead()
    {
        var data = Samples.FashionMnist();
        Assert.Equal((60_000, 10_000, 10), (data.Training.Count, data.Test.Count, data.Training.Classes));
        Assert.Equal(new Shape(1, 28, 28), data.Test.Shape);
        Assert.Equal(1000, Enumerable.Range(0, 10_000).Count(i => data.Test.Label(i) == 7));
        Assert.Equal("0xf95b361bd9191556d25a3844903cee7f2b04187fe92b2a855daa321c972a5169", data.Test.Root.ToString());
    }

    [Fact]
    public void AMissingFolderTellsWhichPackageToInstall()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Assert.False(IdxFolder.IsThere(folder));
        Assert.Contains("dataset-fashion-mnist", Assert.Throws<OperatorException>(() => IdxFolder.Load(folder)).Message);
    }

    [Fact]
    public void ADamagedFolderTellsWhatIsWrong()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "train-images-idx3-ubyte.gz"), Images);
            File.WriteAllBytes(Path.Combine(folder.FullName, "train-labels-idx1-ubyte.gz"), Labels[..^1]);
            Assert.Contains("Truncated", Assert.Throws<OperatorException>(() => IdxFolder.Load(folder.FullName)).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void AFolderHasAsManyClassesAsItsLabelsTell()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var (part, labels) in new[] { ("train", new byte[] { 0, 255, 1 }), ("t10k", [0, 0, 0]) })
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{part}-images-idx3-ubyte.gz"), Images);
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{part}-labels-idx1-ubyte.gz"), Idx(0x801, [3], labels));
            }

            var both = IdxFolder.Load(folder.FullName);
            Assert.Equal((256, 2), (both.Training.Classes, both.Test.Classes));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Refused(DatasetError expected, byte[] images, byte[] labels)
    {
        Assert.False(IdxReader.TryRead(images, labels, 3, out var dataset, out var error));
        Assert.Null(dataset);
        Assert.Equal(expected, error);
    }

    private static byte[] Idx(uint magic, int[] sides, byte[] body)
    {
        var file = new byte[4 + (4 * sides.Length) + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(file, magic);
        for (var i = 0; i < sides.Length; i++) BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), sides[i]);
        body.CopyTo(file.AsSpan(4 + (4 * sides.Length)));
        return file;
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(bytes);
        return zipped.ToArray();
    }
}
