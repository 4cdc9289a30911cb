namespace NeuroChain.Chain;

/// <summary>
/// What a call that reverted gave back: nothing (as the oldest contracts do), a text, a number of Solidity's panics, or an error of the
/// contract's own with its arguments.
/// </summary>
/// <param name="Text">Of Error(string).</param>
/// <param name="Panic">Of Panic(uint256): 0x11 is an overflow, 0x32 an index.</param>
/// <param name="Custom">The selector of any other error.</param>
public sealed record RevertReason(string? Text, UInt256? Panic, AbiSelector? Custom)
{
    /// <summary>Of a text: it is shown, and came from outside.</summary>
    public const int TextBytesMax = 1_024;

    private static readonly AbiSelector ErrorSelector = AbiSelector.Of("Error(string)"), PanicSelector = AbiSelector.Of("Panic(uint256)");

    /// <summary>Never fails: what has no selector is nothing, what is malformed behind one is an error of that selector.</summary>
    public static RevertReason Read(ReadOnlySpan<byte> data)
    {
        var error = ErrorSelector.Open(data, 1);
        var text = error.Text(TextBytesMax);
        if (error.IsWhole) return new RevertReason(text, null, null);
        var panic = PanicSelector.Open(data, 1);
        var code = panic.UInt256();
        if (panic.IsWhole) return new RevertReason(null, code, null);
        return new RevertReason(null, null, data.Length < AbiSelector.Size ? null : new AbiSelector(new ByteReader(data).UInt32()));
    }

    public override string ToString()
    {
        if (Text is not null) return Text;
        if (Panic is { } code) return $"panic {code}";
        return Custom is { } selector ? $"error {selector}" : "reverted without a reason";
    }
}
