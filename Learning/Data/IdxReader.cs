using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace NeuroChain.Learning;

/// <summary>
/// The IDX files of MNIST and its kin (yann.lecun.com/exdb/mnist): big-endian magic, one 32-bit count a dimension, then unsigned bytes;
/// plain or gzip. Sizes are checked against <see cref="Dataset"/>'s bounds before anything is allocated.
/// </summary>
public static class IdxReader
{
    private const uint LabelMagic = 0x0000_0801;
    private const uint ImageMagic = 0x0000_0803;

    /// <param name="imageFile">Images, count x height x width.</param>
    /// <param name="labelFile">Their labels.</param>
    /// <param name="classes">Labels must be below this; null for as many as the labels tell, one more than the largest, at least two.</param>
    /// <param name="dataset">What was read.</param>
    /// <param name="error">Why not.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> imageFile, ReadOnlySpan<byte> labelFile, int? classes,
        [NotNullWhen(true)] out Dataset? dataset, out DatasetError error)
    {
        dataset = null;
        Span<int> imageSides = stackalloc int[3];
        Span<int> labelSides = stackalloc int[1];
        return TryReadTensor(imageFile, ImageMagic, imageSides, out var images, out error)
            && TryReadTensor(labelFile, LabelMagic, labelSides, out var labels, out error)
            && TryAgree(imageSides[0], labelSides[0], out error)
            && Dataset.TryCreate(new Shape(1, imageSides[1], imageSides[2]), images, labels, classes ?? Math.Max(2, labels.Max() + 1), out dataset, out error);
    }

    private static bool TryAgree(int images, int labels, out DatasetError error)
    {
        error = images == labels ? DatasetError.None : DatasetError.CountsDiffer;
        return images == labels;
    }

    private static bool TryReadTensor(
        ReadOnlySpan<byte> file, uint magic, Span<int> sides, [NotNullWhen(true)] out byte[]? values, out DatasetError error)
    {
        using var plain = new MemoryStream(file.ToArray(), writable: false);
        if (file is not [0x1f, 0x8b, ..]) return TryReadStream(plain, magic, sides, out values, out error);
        try
        {
            using var unzipped = new GZipStream(plain, CompressionMode.Decompress);
            return TryReadStream(unzipped, magic, sides, out values, out error);
        }
        catch (InvalidDataException)
        {
            values = null;
            error = DatasetError.NotGzip;
            return false;
        }
    }

    private static bool TryReadStream(
        Stream stream, uint magic, Span<int> sides, [NotNullWhen(true)] out byte[]? values, out DatasetError error)
    {
        values = null;
        Span<byte> header = stackalloc byte[4 + (4 * sides.Length)];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        error = DatasetError.WrongMagic;
        if (read >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(header) != magic) return false;
        error = DatasetError.Truncated;
        if (read < header.Length) return false;

        var length = 1L;
        for (var i = 0; i < sides.Length; i++)
        {
            var side = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * i))..]);
            error = DatasetError.DimensionOutOfRange;
            if (side == 0 || side > (i == 0 ? Dataset.SamplesMax : ModelLimits.SideMax)) return false;
            sides[i] = (int)side;
            length *= side;
            error = DatasetError.TooLarge;
            if (length > Dataset.BytesMax) return false;
        }
        return TryReadBody(stream, length, out values, out error);
    }

    // Grows with what really arrives, so that a header which promises a gigabyte over ten bytes costs ten bytes.
    private static bool TryReadBody(Stream stream, long length, [NotNullWhen(true)] out byte[]? values, out DatasetError error)
    {
        values = null;
        var body = new byte[Math.Min(length, 1 << 20)];
        var filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(body.AsSpan(filled), body.Length - filled, throwOnEndOfStream: false);
            error = DatasetError.Truncated;
            if (filled < body.Length) return false;
            if (filled == length) break;
            Array.Resize(ref body, (int)Math.Min(length, 4L * body.Length));
        }
        error = DatasetError.TrailingBytes;
        if (stream.ReadByte() >= 0) return false;
        error = DatasetError.None;
        values = body;
        return true;
    }
}
