using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>The fuzzer itself: a decoder that breaks a promise is found, and what is shown of it is small.</summary>
public sealed class PromiseTests
{
    [Fact]
    public void ADecoderThatThrowsIsFound() =>
        Assert.StartsWith("threw IndexOutOfRangeException", Find(bytes => bytes is [1, ..] && bytes[bytes[1]] > 0 ? bytes : null).Broken, StringComparison.Ordinal);

    [Fact]
    public void TwoSpellingsOfOneValueAreFound() =>
        Assert.Equal("what was taken encodes to other bytes", Find(bytes => bytes.Length == 4 && bytes[0] == 1 ? [1, 2, 3, (byte)(bytes[3] & 0xfe)] : null).Broken);

    [Fact]
    public void MemoryForALieIsFound() => Assert.Equal("more was allocated than the input pays for", Find(bytes =>
    {
        if (bytes.Length < 2 || bytes[1] < 100) return null;
        GC.KeepAlive(new byte[bytes[1] << 12]);
        return bytes;
    }).Broken);

    [Fact]
    public void AnInputThatIsWrittenToIsFound() => Assert.Equal("the input was changed", Find(bytes =>
    {
        if (bytes.Length > 3) bytes[3] = 9;
        return null;
    }).Broken);

    [Fact]
    public void WhatIsShownIsTheSmallestThatStillFails()
    {
        var failure = Find(bytes => bytes.Contains((byte)0xff) ? throw new InvalidOperationException("no") : bytes);
        Assert.Equal([0xff], failure.Input);
    }

    private static FuzzFailure Find(Func<byte[], byte[]?> decode)
    {
        var fuzzer = new Fuzzer(new FuzzTarget("made-up", [], _ => [1, 2, 3, 4], decode), 1);
        for (var i = 0; i < 10_000; i++)
            if (fuzzer.Next() is { } failure)
                return failure;
        throw new InvariantException("nothing was found");
    }
}
