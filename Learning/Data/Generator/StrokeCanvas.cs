namespace NeuroChain.Learning;

/// <summary>
/// How much of each pixel a pen covers that goes along straight lines. A pixel's square distance to the nearest line is kept; at the end the
/// pen's radius less the distance, over a soft edge of one pixel, is its cover. Lengths are in 256 parts of a pixel; whatever is off the canvas is cut.
/// </summary>
internal sealed class StrokeCanvas(int side)
{
    public const int PixelParts = 256;
    public const int FullCover = 256;

    private const int HalfEdge = PixelParts / 2;

    private readonly int[] _squares = new int[side * side];
    private int _reach;

    /// <summary>Empties the canvas and takes a pen in hand.</summary>
    public void Begin(int radius)
    {
        _reach = radius + HalfEdge;
        Array.Fill(_squares, _reach * _reach);
    }

    public void Line(GlyphPoint from, GlyphPoint to)
    {
        var (alongX, alongY) = (to.X - from.X, to.Y - from.Y);
        var length = ((long)alongX * alongX) + ((long)alongY * alongY);
        var (left, right) = Pixels(Math.Min(from.X, to.X), Math.Max(from.X, to.X));
        var (top, bottom) = Pixels(Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y));
        for (var row = top; row <= bottom; row++)
        {
            var y = (row * PixelParts) + HalfEdge - from.Y;
            for (var column = left; column <= right; column++)
            {
                var x = (column * PixelParts) + HalfEdge - from.X;
                var along = ((long)x * alongX) + ((long)y * alongY);
                var square = along <= 0 ? Square(x, y)
                    : along >= length ? Square(x - alongX, y - alongY)
                    : SquareAside(((long)x * alongY) - ((long)y * alongX), length);
                ref var nearest = ref _squares[(row * side) + column];
                if (square < nearest) nearest = (int)square;
            }
        }
    }

    /// <summary>Cover of every pixel, row by row, from 0 to <see cref="FullCover"/>.</summary>
    public void End(Span<int> cover)
    {
        var inner = Math.Max(0, _reach - FullCover);
        for (var i = 0; i < _squares.Length; i++)
        {
            var square = _squares[i];
            cover[i] = square >= _reach * _reach ? 0 : square <= inner * inner && _reach >= FullCover ? FullCover : Math.Min(FullCover, _reach - Root(square));
        }
    }

    /// <summary>The greatest whole number whose square is not above this one, bit by bit.</summary>
    internal static int Root(int square)
    {
        var root = 0;
        for (var bit = 1 << 15; bit > 0; bit >>= 1)
        {
            var trial = root | bit;
            if ((long)trial * trial <= square) root = trial;
        }

        return root;
    }

    private static long Square(long x, long y) => (x * x) + (y * y);

    // Lines reach a few thousand pixels at most, so the square of the cross product fits.
    private static long SquareAside(long cross, long length) => cross * cross / length;

    private (int First, int Last) Pixels(int least, int greatest) =>
        (Math.Max(0, FloorToPixel(least - _reach)), Math.Min(side - 1, FloorToPixel(greatest + _reach)));

    private static int FloorToPixel(int parts) => parts >> 8;
}
