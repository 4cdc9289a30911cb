using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Numbers drawn for one picture, one after the other.</summary>
internal readonly struct DrawnNumbers(SeededStream stream)
{
    /// <summary>A whole number from the least to the greatest, both included, all equally likely.</summary>
    public int Between(int least, int greatest) => least + (int)stream.NextBelow((ulong)(greatest - least + 1));

    public void Fill(Span<byte> bytes) => stream.Fill(bytes);
}
