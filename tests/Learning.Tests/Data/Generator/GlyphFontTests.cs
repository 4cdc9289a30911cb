using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class GlyphFontTests
{
    private static readonly string Face = "face x\n" + string.Concat(GlyphFont.Characters.Select(c => $"{c} 0,0 12,16\n"));

    [Fact]
    public void AFontHasEveryCharacterInEachFace()
    {
        var font = Read("# drawn\n" + Face + Face);
        Assert.Equal(2, font.Faces);
        Assert.Equal([new GlyphPoint(0, 0), new GlyphPoint(12 * 256, 16 * 256)], font.Strokes(1, 35).Single());
    }

    [Fact]
    public void ABendIsAParabola()
    {
        var stroke = Read(Face.Replace("A 0,0 12,16", "A 0,0 ~12,0 12,16 0,16 / 1,1 2,2", StringComparison.Ordinal)).Strokes(0, 10);
        Assert.Equal([(0, 0), (1344, 256), (2304, 1024), (2880, 2304), (3072, 4096), (0, 4096)], stroke[0].Select(point => (point.X, point.Y)));
        Assert.Equal(2, stroke[1].Length);
    }

    [Theory]
    [InlineData("", GlyphFontError.FaceIncomplete)]
    [InlineData("face x\n", GlyphFontError.FaceIncomplete)]
    [InlineData("0 0,0 1,1\n", GlyphFontError.LineOutOfPlace)]
    [InlineData("face x\n0\n", GlyphFontError.LineOutOfPlace)]
    [InlineData("face x\n1 0,0 1,1\n", GlyphFontError.WrongCharacter)]
    [InlineData("face x\n0 0,0\n", GlyphFontError.PointMalformed)]
    [InlineData("face x\n0 0,0 1,1 /\n", GlyphFontError.PointMalformed)]
    [InlineData("face x\n0 0,0 -1,1\n", GlyphFontError.PointMalformed)]
    [InlineData("face x\n0 0,0 1,001\n", GlyphFontError.PointMalformed)]
    [InlineData("face x\n0 0,0 1;1\n", GlyphFontError.PointMalformed)]
    [InlineData("face x\n0 0,0 13,1\n", GlyphFontError.PointOutOfRange)]
    [InlineData("face x\n0 0,0 1,17\n", GlyphFontError.PointOutOfRange)]
    [InlineData("face x\n0 ~0,0 1,1\n", GlyphFontError.BendWithoutNeighbours)]
    [InlineData("face x\n0 0,0 ~1,1\n", GlyphFontError.BendWithoutNeighbours)]
    [InlineData("face x\n0 0,0 ~1,1 ~2,2 3,3\n", GlyphFontError.BendWithoutNeighbours)]
    [InlineData("face x\nface y\n", GlyphFontError.FaceIncomplete)]
    [InlineData("face \u00e9\n", GlyphFontError.NotAscii)]
    [InlineData("face x\r\n", GlyphFontError.NotAscii)]
    public void AFaultyFontIsRefusedByName(string text, GlyphFontError fault)
    {
        Assert.False(GlyphFont.TryRead(Encoding.UTF8.GetBytes(text), out _, out var error));
        Assert.Equal(fault, error);
    }

    [Fact]
    public void AFontHasItsBounds()
    {
        Assert.Equal(16, Read(string.Concat(Enumerable.Repeat(Face, 16))).Faces);
        Assert.False(GlyphFont.TryRead(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Face, 17))), out _, out var error));
        Assert.Equal(GlyphFontError.FaceIncomplete, error);
        Assert.False(GlyphFont.TryRead(new byte[(1 << 16) + 1], out _, out error));
        Assert.Equal(GlyphFontError.TooLarge, error);
    }

    [Fact]
    public void TheRootIsTheGreatestWholeOne() =>
        Prop.ForAll<int>(number =>
        {
            var square = number & int.MaxValue;
            var root = (long)StrokeCanvas.Root(square);
            return root * root <= square && (root + 1) * (root + 1) > square;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void APenCoversWhatIsNearItsLine()
    {
        var canvas = new StrokeCanvas(8);
        var cover = new int[64];
        canvas.Begin(256); // a line two pixels wide along the border of rows 3 and 4
        canvas.Line(new GlyphPoint(-5000, 4 * 256), new GlyphPoint(5000, 4 * 256));
        canvas.End(cover);
        for (var i = 0; i < 64; i++)
            Assert.Equal((i / 8) switch { 3 or 4 => StrokeCanvas.FullCover, _ => 0 }, cover[i]);
        canvas.Begin(128);
        canvas.Line(new GlyphPoint(2 * 256, 2 * 256), new GlyphPoint(2 * 256, 2 * 256)); // a point at a corner of four pixels
        canvas.End(cover);
        Assert.Equal(4 * (256 - 181), cover.Sum()); // 181 = the distance to their centres
        canvas.Begin(128);
        canvas.Line(new GlyphPoint(-9000, -9000), new GlyphPoint(-8000, 40_000)); // nothing of it is on the canvas
        canvas.End(cover);
        Assert.Equal(0, cover.Sum());
    }

    private static GlyphFont Read(string text)
    {
        Assert.True(GlyphFont.TryRead(Encoding.ASCII.GetBytes(text), out var font, out var error), error.ToString());
        return font;
    }
}
