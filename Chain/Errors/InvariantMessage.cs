using System.Runtime.CompilerServices;

namespace NeuroChain.Chain;

/// <summary>
/// The sentence of a failed check. Checks stand in the busiest places and hardly ever fail: where one holds, the compiler's calls to the
/// methods below are skipped, so that nothing is formatted.
/// </summary>
[InterpolatedStringHandler]
public ref struct InvariantMessage
{
    private DefaultInterpolatedStringHandler _text;

    public InvariantMessage(int literalLength, int formattedCount, bool condition, out bool isFormatted)
    {
        isFormatted = !condition;
        _text = isFormatted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public override string ToString() => _text.ToStringAndClear();
}
