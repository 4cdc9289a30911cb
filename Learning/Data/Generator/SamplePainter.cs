using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Paints one sample after the other, each from its own stream. For one thread: the canvases are used again.</summary>
internal sealed class SamplePainter(GlyphFont font)
{
    public const int Side = 28;

    private const int CanvasParts = Side * StrokeCanvas.PixelParts;

    private readonly StrokeCanvas _canvas = new(Side);
    private readonly PictureFinish _finish = new(Side);
    private readonly int[] _cover = new int[Side * Side];
    private readonly int[] _scratch = new int[Side * Side];

    /// <param name="label">Which character.</param>
    /// <param name="stream">All that is random about it.</param>
    /// <param name="image">Side x side grey values, row by row.</param>
    public void Paint(int label, SeededStream stream, Span<byte> image)
    {
        var numbers = new DrawnNumbers(stream);
        var face = numbers.Between(0, font.Faces - 1);
        var warp = GlyphWarp.Draw(numbers, CanvasParts);
        _canvas.Begin(numbers.Between(150, 430));
        foreach (var stroke in font.Strokes(face, label))
        {
            var from = warp.Apply(stroke[0]);
            foreach (var point in stroke.AsSpan(1))
            {
                var to = warp.Apply(point);
                _canvas.Line(from, to);
                from = to;
            }
        }

        _canvas.End(_cover);
        for (var scratches = numbers.Between(0, 2); scratches > 0; scratches--) Scratch(numbers);
        _finish.Draw(numbers, _cover, image);
    }

    // A fainter line across the picture that belongs to no character.
    private void Scratch(DrawnNumbers numbers)
    {
        _canvas.Begin(numbers.Between(100, 220));
        var from = new GlyphPoint(numbers.Between(0, CanvasParts), numbers.Between(0, CanvasParts));
        _canvas.Line(from, new GlyphPoint(numbers.Between(0, CanvasParts), numbers.Between(0, CanvasParts)));
        _canvas.End(_scratch);
        var strength = numbers.Between(64, 176);
        for (var i = 0; i < _cover.Length; i++) _cover[i] = Math.Max(_cover[i], _scratch[i] * strength / StrokeCanvas.FullCover);
    }
}
