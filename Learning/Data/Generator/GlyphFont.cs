using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Why bytes are no stroke font.</summary>
public enum GlyphFontError
{
    None,
    TooLarge,
    NotAscii,
    LineOutOfPlace,
    WrongCharacter,
    PointMalformed,
    PointOutOfRange,
    BendWithoutNeighbours,
    FaceIncomplete,
}

/// <summary>
/// Digits and letters as strokes, in several faces. The file is text (its head says how it is read); curves are cut into straight pieces in
/// integers here, so that whoever reads the same bytes draws the same lines.
/// </summary>
public sealed class GlyphFont
{
    /// <summary>The classes, in the order of their labels.</summary>
    public const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public const int WidthUnits = 12;
    public const int HeightUnits = 16;

    /// <summary>Points are in this part of a unit.</summary>
    public const int UnitParts = 256;

    private const int BytesMax = 1 << 16;
    private const int FacesMax = 16;
    private const int PiecesOfABend = 4;

    private readonly GlyphPoint[][][] _strokes;

    private GlyphFont(GlyphPoint[][][] strokes) => _strokes = strokes;

    public int Faces => _strokes.Length / Characters.Length;

    /// <summary>The strokes of a character: each a line through its points, of which it has at least two.</summary>
    public IReadOnlyList<GlyphPoint[]> Strokes(int face, int label) => _strokes[(face * Characters.Length) + label];

    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out GlyphFont? font, out GlyphFontError error)
    {
        font = null;
        error = GlyphFontError.TooLarge;
        if (file.Length > BytesMax) return false;
        error = GlyphFontError.NotAscii;
        foreach (var character in file)
            if (character != '\n' && character is < (byte)' ' or > (byte)'~')
                return false;
        var glyphs = new List<GlyphPoint[][]>();
        var faces = 0;
        foreach (var line in System.Text.Encoding.ASCII.GetString(file).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var isWhole = glyphs.Count == faces * Characters.Length;
            if (line.StartsWith("face ", StringComparison.Ordinal))
            {
                error = GlyphFontError.FaceIncomplete;
                if (!isWhole || ++faces > FacesMax) return false;
                continue;
            }

            error = GlyphFontError.LineOutOfPlace;
            if (isWhole || line.Length < 3 || line[1] != ' ') return false;
            error = GlyphFontError.WrongCharacter;
            if (line[0] != Characters[glyphs.Count % Characters.Length]) return false;
            var strokes = new List<GlyphPoint[]>();
            foreach (var stroke in line[2..].Split('/'))
            {
                if (!TryReadStroke(stroke, out var points, out error)) return false;
                strokes.Add(points);
            }

            glyphs.Add([.. strokes]);
        }

        error = GlyphFontError.FaceIncomplete;
        if (faces == 0 || glyphs.Count != faces * Characters.Length) return false;
        error = GlyphFontError.None;
        font = new GlyphFont([.. glyphs]);
        return true;
    }

    private static bool TryReadStroke(string text, [NotNullWhen(true)] out GlyphPoint[]? points, out GlyphFontError error)
    {
        points = null;
        var line = new List<GlyphPoint>();
        GlyphPoint? bend = null;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var isBend = word[0] == '~';
            if (!TryReadPoint(isBend ? word[1..] : word, out var point, out error)) return false;
            error = GlyphFontError.BendWithoutNeighbours;
            if (isBend && (line.Count == 0 || bend is not null)) return false;
            if (isBend)
            {
                bend = point;
                continue;
            }

            if (bend is { } between) AddBend(line, between, point);
            else line.Add(point);
            bend = null;
        }

        error = GlyphFontError.BendWithoutNeighbours;
        if (bend is not null) return false;
        error = GlyphFontError.PointMalformed;
        if (line.Count < 2) return false;
        error = GlyphFontError.None;
        points = [.. line];
        return true;
    }

    private static bool TryReadPoint(string word, out GlyphPoint point, out GlyphFontError error)
    {
        point = default;
        error = GlyphFontError.PointMalformed;
        var comma = word.IndexOf(',');
        if (comma < 0 || !TryReadNumber(word.AsSpan(0, comma), out var x) || !TryReadNumber(word.AsSpan(comma + 1), out var y)) return false;
        error = GlyphFontError.PointOutOfRange;
        if (x > WidthUnits || y > HeightUnits) return false;
        error = GlyphFontError.None;
        point = new GlyphPoint(x * UnitParts, y * UnitParts);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        if (digits.Length is < 1 or > 2) return false;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = (10 * number) + (digit - '0');
        }

        return true;
    }

    // A parabola from the last point: ((n-i)^2 a + 2i(n-i) b + i^2 c) / n^2, which is a whole number since n^2 divides UnitParts.
    private static void AddBend(List<GlyphPoint> line, GlyphPoint between, GlyphPoint to)
    {
        const int pieces = PiecesOfABend;
        var from = line[^1];
        for (var i = 1; i <= pieces; i++)
        {
            var (a, b, c) = ((pieces - i) * (pieces - i), 2 * i * (pieces - i), i * i);
            line.Add(new GlyphPoint(
                ((a * from.X) + (b * between.X) + (c * to.X)) / (pieces * pieces),
                ((a * from.Y) + (b * between.Y) + (c * to.Y)) / (pieces * pieces)));
        }
    }
}

/// <summary>A place: x to the right, y down.</summary>
public readonly record struct GlyphPoint(int X, int Y);
