using System.Text;

namespace NeuroChain.Learning;

/// <summary>Samples side by side on one picture, for people to look at.</summary>
public static class ContactSheet
{
    private const byte Gap = 128;

    /// <summary>A grey picture as a PGM file (P5): the first channel of the samples in order, row by row, one pixel apart.</summary>
    public static byte[] ToPgm(Dataset samples, int columns)
    {
        var (height, width) = (samples.Shape.Height, samples.Shape.Width);
        var rows = (samples.Count + columns - 1) / columns;
        var (wide, high) = ((columns * (width + 1)) + 1, (rows * (height + 1)) + 1);
        var head = Encoding.ASCII.GetBytes($"P5\n{wide} {high}\n255\n");
        var file = new byte[head.Length + (wide * high)];
        head.CopyTo(file, 0);
        var picture = file.AsSpan(head.Length);
        picture.Fill(Gap);
        for (var sample = 0; sample < samples.Count; sample++)
        {
            var corner = ((1 + (sample / columns * (height + 1))) * wide) + 1 + (sample % columns * (width + 1));
            for (var row = 0; row < height; row++) samples.Image(sample).Slice(row * width, width).CopyTo(picture[(corner + (row * wide))..]);
        }

        return file;
    }
}
