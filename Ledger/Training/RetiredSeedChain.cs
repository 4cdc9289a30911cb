using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What is left of a validator's chains where a miss has retired them, in their place until there is another: so that none of them comes back by a
/// registration that anybody has kept. Layout: counter 8 | tip 32.
/// </summary>
/// <param name="Counter">The seed counter then: what was registered for before it is of no use any more.</param>
/// <param name="Tip">Of the newest, which may have been registered since the counter moved last.</param>
internal sealed record RetiredSeedChain(ulong Counter, Hash256 Tip)
{
    /// <summary>Bytes; chains take more.</summary>
    public const int Size = 8 + Hash256.Size;

    public static RetiredSeedChain? Get(IStateReader state, Address validator)
    {
        if (state.Get(SeedChainRecord.Key(state, validator)) is not { Length: Size } bytes) return null;
        var reader = new ByteReader(bytes);
        return new RetiredSeedChain(reader.UInt64(), reader.Hash());
    }

    public byte[] Encode() => new ByteWriter().UInt64(Counter).Hash(Tip).ToArray();
}
