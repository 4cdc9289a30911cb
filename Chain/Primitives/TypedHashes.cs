namespace NeuroChain.Chain;

/// <summary>Identity of a block: SHA-256 over the domain tag and the header's bytes.</summary>
public readonly record struct BlockHash(Hash256 Value) : IComparable<BlockHash>
{
    public static readonly BlockHash Zero;

    public bool IsZero => Value.IsZero;

    public int CompareTo(BlockHash other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>Identity of a transaction: SHA-256 over the domain tag and the received body bytes.</summary>
public readonly record struct TransactionHash(Hash256 Value) : IComparable<TransactionHash>
{
    public int CompareTo(TransactionHash other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>Root of the authenticated state tree.</summary>
public readonly record struct StateRoot(Hash256 Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>Identity of a blob (checkpoint, dataset): the Merkle root of its chunks together with its length.</summary>
public readonly record struct BlobHash(Hash256 Value) : IComparable<BlobHash>
{
    public bool IsZero => Value.IsZero;

    public int CompareTo(BlobHash other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>Identity of the chain: SHA-256 over the domain tag and the canonical genesis bytes.</summary>
public readonly record struct GenesisHash(Hash256 Value)
{
    public override string ToString() => Value.ToString();
}
