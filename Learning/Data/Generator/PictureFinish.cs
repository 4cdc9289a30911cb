namespace NeuroChain.Learning;

/// <summary>From cover to grey: a blurred lens, ink and paper of some brightness, light from one side, and noise. All in integers.</summary>
internal sealed class PictureFinish(int side)
{
    private const int BlurParts = 256;
    private const int LightParts = 16;

    private readonly int[] _row = new int[side * side];
    private readonly byte[] _noise = new byte[side * side];

    public void Draw(DrawnNumbers numbers, Span<int> cover, Span<byte> image)
    {
        var blur = numbers.Between(0, 72);
        Blur(cover, _row, blur, 1, side);
        Blur(_row, cover, blur, side, 1);

        var contrast = numbers.Between(60, 170);
        var paper = numbers.Between(0, 255 - contrast);
        var ink = paper + contrast;
        var (lightX, lightY) = (numbers.Between(-24, 24), numbers.Between(-24, 24));
        var grain = numbers.Between(4, 40);
        numbers.Fill(_noise);
        for (var i = 0; i < image.Length; i++)
        {
            var light = ((lightX * ((i % side) - (side / 2))) + (lightY * ((i / side) - (side / 2)))) / LightParts;
            // The sum of two halves of a byte is a triangle over -15 to 15.
            var noise = ((_noise[i] >> 4) + (_noise[i] & 15) - 15) * grain / 8;
            image[i] = (byte)Math.Clamp(paper + ((ink - paper) * cover[i] / StrokeCanvas.FullCover) + light + noise, 0, 255);
        }
    }

    // One direction of a three-tap filter; the border sees itself twice.
    private void Blur(ReadOnlySpan<int> from, Span<int> to, int weight, int step, int stride)
    {
        for (var line = 0; line < side; line++)
        {
            var start = line * stride;
            for (var at = 0; at < side; at++)
            {
                var here = from[start + (at * step)];
                var before = at == 0 ? here : from[start + ((at - 1) * step)];
                var after = at == side - 1 ? here : from[start + ((at + 1) * step)];
                to[start + (at * step)] = ((weight * (before + after)) + ((BlurParts - (2 * weight)) * here)) / BlurParts;
            }
        }
    }
}
