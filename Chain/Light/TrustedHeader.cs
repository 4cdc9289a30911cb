namespace NeuroChain.Chain;

/// <summary>
/// A place of the chain that is trusted: genesis, a header that was verified with its certificate, or one that a trusted header names as its
/// ancestor. Only a <see cref="LightClient"/> makes one.
/// </summary>
public sealed class TrustedHeader
{
    private TrustedHeader(Height height, BlockHash hash, Timestamp time, Hash256 nextValidatorsRoot, ValidatorSet? validators, Header? header, LightBlock? block)
    {
        Height = height;
        Hash = hash;
        Time = time;
        NextValidatorsRoot = nextValidatorsRoot;
        Validators = validators;
        Header = header;
        Block = block;
    }

    public Height Height { get; }

    /// <summary>At genesis the genesis hash: the parent of the first block.</summary>
    public BlockHash Hash { get; }

    public Timestamp Time { get; }

    /// <summary>Root of the set of the height after.</summary>
    public Hash256 NextValidatorsRoot { get; }

    /// <summary>Null at genesis only.</summary>
    public Header? Header { get; }

    /// <summary>The set of the height (at genesis, of the first two); null where only the hash is known to be right.</summary>
    public ValidatorSet? Validators { get; }

    /// <summary>Header, certificate and set; null at genesis, and where only the hash is known to be right.</summary>
    public LightBlock? Block { get; }

    internal static TrustedHeader Of(GenesisDocument genesis)
    {
        var validators = genesis.ValidatorSet();
        return new TrustedHeader(Height.Genesis, new BlockHash(genesis.Hash.Value), new Timestamp(genesis.TimeMs), validators.Root, validators, null, null);
    }

    internal static TrustedHeader Of(LightBlock block) => Of(block.Header, block.Validators, block);

    internal static TrustedHeader Of(Header header) => Of(header, null, null);

    private static TrustedHeader Of(Header header, ValidatorSet? validators, LightBlock? block) =>
        new(header.Height, header.Hash, header.Time, header.NextValidatorsRoot, validators, header, block);
}
