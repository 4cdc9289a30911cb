using System.Security.Cryptography;

namespace NeuroChain.Chain.Tests;

/// <summary>The functions that are called directly give what the framework's own do.</summary>
public sealed class HashTests
{
    [Fact]
    public void EveryLengthUpToSeveralBlocksIsHashedAsTheFrameworkDoes()
    {
        var data = new byte[300];
        new SeededStream(1).NextHash().CopyTo(data);
        for (var i = 32; i < data.Length; i++) data[i] = (byte)((data[i - 32] * 31) % 256);
        for (var length = 0; length <= data.Length; length++)
            Assert.Equal(SHA256.HashData(data.AsSpan(0, length)), Hash256.Sha256(data.AsSpan(0, length)).ToArray());
    }

    [Fact]
    public void AMegabyteToo()
    {
        var data = new byte[1 << 20];
        Array.Fill(data, (byte)0x5a);
        Assert.Equal(SHA256.HashData(data), Hash256.Sha256(data).ToArray());
    }
}
