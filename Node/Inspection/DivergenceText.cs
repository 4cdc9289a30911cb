using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A divergence for people.</summary>
internal static class DivergenceText
{
    private const int ValueBytesMax = 64;

    public static void Write(Divergence found, TextWriter output)
    {
        Print(output, "result", Summary(found));
        if (found.Height is { } height) Print(output, "height", height.ToString());
        if (found.Writer is { } writer) Print(output, "written by", writer);
        if (found.Key is { } key)
        {
            Print(output, "module", ((StateModule)key.Bytes[0]).ToString());
            Print(output, "key", key.ToString());
            Print(output, "value in A", Value(found.ValueInA));
            Print(output, "value in B", Value(found.ValueInB));
            if (found.IsComputed) Print(output, found.Kind == DivergenceKind.AtRest ? "fits the root" : "computed here", Value(found.ValueComputed));
            Print(output, "records", $"{found.Records} differ");
        }

        foreach (var remark in found.Remarks) Print(output, "", remark);
    }

    private static string Summary(Divergence found) => found.Kind switch
    {
        DivergenceKind.None => "no difference in what both keep",
        DivergenceKind.OtherChain => "two different chains",
        DivergenceKind.NothingInCommon => "no height that both keep",
        DivergenceKind.OtherBlock => "different blocks were decided",
        DivergenceKind.Execution => "the same block left different records",
        DivergenceKind.Notes => "what was noted of a height differs",
        _ => "no block made the difference: a record was changed on the disk",
    };

    private static string Value(byte[]? value) =>
        value is null ? "no record" : value.Length <= ValueBytesMax ? Hex.Encode(value) : $"{Hex.Encode(value.AsSpan(0, ValueBytesMax))}... ({value.Length} bytes)";

    private static void Print(TextWriter output, string name, string value) => output.WriteLine($"{name,-14} {value}");
}
