using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>What a validator's disk has lost it does not know; that is no reason to stand still.</summary>
public sealed class ValidatorMemoryTests
{
    private static readonly Hash256 Secret = Hash256.Sha256([1]);
    private static readonly SeedChain Chain = new(Secret, SeedChain.LengthMin);

    private readonly MemoryStore _values = new([ValidatorMemory.Column]);

    [Fact]
    public void AChainComesBackByItsTip()
    {
        new ValidatorMemory(_values).Keep(Chain, Secret);
        Assert.Equal(Chain.Share(7), new ValidatorMemory(_values).Chain(Chain.Tip)!.Share(7));
        Assert.Null(new ValidatorMemory(_values).Chain(Hash256.Sha256([2])));
    }

    /// <summary>A length that no chain has would take for ever to walk, or end the node; another secret gives shares that are refused.</summary>
    [Theory]
    [InlineData(0, 0u)]
    [InlineData(35, 0u)]
    [InlineData(37, 0u)]
    [InlineData(36, 0u)]
    [InlineData(36, uint.MaxValue)]
    [InlineData(36, SeedChain.LengthMin + 1)]
    public void ADamagedSecretIsNone(int bytes, uint length)
    {
        var memory = new ValidatorMemory(_values);
        memory.Keep(Chain, Secret);
        var entry = Assert.Single(_values.Scan(ValidatorMemory.Column, KeyRange.All));
        var damaged = new ByteWriter().Hash(Secret).UInt32(length).Byte(0).ToArray()[..bytes];
        _values.Write(new WriteBatch().Put(ValidatorMemory.Column, entry.Key, damaged), durable: true);
        Assert.Null(memory.Chain(Chain.Tip));
    }
}
