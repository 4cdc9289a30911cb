using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// How one glyph lies on its canvas: bent a little everywhere, then stretched, slanted, turned and moved. Points of the font (256 parts of a
/// unit) become points of the canvas (256 parts of a pixel). All in integers; a division rounds towards zero.
/// </summary>
internal readonly struct GlyphWarp
{
    private const int One = 1024;
    private const int Knots = 3;

    private readonly GlyphPoint _centre;
    private readonly int _xx;
    private readonly int _xy;
    private readonly int _yx;
    private readonly int _yy;
    private readonly GlyphPoint[] _bends;

    private GlyphWarp(GlyphPoint centre, (int Xx, int Xy, int Yx, int Yy) matrix, GlyphPoint[] bends)
    {
        _centre = centre;
        (_xx, _xy, _yx, _yy) = matrix;
        _bends = bends;
    }

    public static GlyphWarp Draw(DrawnNumbers numbers, int canvasParts)
    {
        // Cosine and sine by their first terms: within 22 degrees the circle is missed by less than a thousandth.
        var sine = numbers.Between(-380, 380);
        var cosine = One - (sine * sine / (2 * One));
        var width = numbers.Between(680, 1380);
        var height = numbers.Between(760, 1400);
        var slant = numbers.Between(-400, 400) * height / One;
        var centre = new GlyphPoint((canvasParts / 2) + numbers.Between(-900, 900), (canvasParts / 2) + numbers.Between(-900, 900));
        var bends = new GlyphPoint[Knots * Knots];
        for (var i = 0; i < bends.Length; i++) bends[i] = new GlyphPoint(numbers.Between(-300, 300), numbers.Between(-300, 300));
        return new GlyphWarp(
            centre,
            (cosine * width / One, ((cosine * slant) - (sine * height)) / One, sine * width / One, ((sine * slant) + (cosine * height)) / One),
            bends);
    }

    public GlyphPoint Apply(GlyphPoint point)
    {
        var bend = BendAt(point);
        var x = point.X + bend.X - (GlyphFont.WidthUnits * GlyphFont.UnitParts / 2);
        var y = point.Y + bend.Y - (GlyphFont.HeightUnits * GlyphFont.UnitParts / 2);
        return new GlyphPoint(_centre.X + (((_xx * x) + (_xy * y)) / One), _centre.Y + (((_yx * x) + (_yy * y)) / One));
    }

    // Between the four knots around the point, each with the share of the opposite corner.
    private GlyphPoint BendAt(GlyphPoint point)
    {
        const int cellX = GlyphFont.WidthUnits * GlyphFont.UnitParts / (Knots - 1);
        const int cellY = GlyphFont.HeightUnits * GlyphFont.UnitParts / (Knots - 1);
        var (column, row) = (Math.Min(point.X / cellX, Knots - 2), Math.Min(point.Y / cellY, Knots - 2));
        var (right, down) = (point.X - (column * cellX), point.Y - (row * cellY));
        var (sumX, sumY) = (0L, 0L);
        for (var corner = 0; corner < 4; corner++)
        {
            var (atRight, atBottom) = (corner & 1, corner >> 1);
            var share = (long)(atRight == 1 ? right : cellX - right) * (atBottom == 1 ? down : cellY - down);
            var bend = _bends[((row + atBottom) * Knots) + column + atRight];
            sumX += share * bend.X;
            sumY += share * bend.Y;
        }

        return new GlyphPoint((int)(sumX / (cellX * cellY)), (int)(sumY / (cellX * cellY)));
    }
}
