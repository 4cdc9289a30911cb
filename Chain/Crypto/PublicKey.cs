namespace NeuroChain.Chain;

/// <summary>A point of secp256k1: x || y, 64 bytes. Exists only as the key of a secret or of a recovered signature.</summary>
public sealed class PublicKey
{
    private readonly byte[] _point;

    internal PublicKey(byte[] point) => _point = point;

    public ReadOnlySpan<byte> Bytes => _point;

    public Address Address => AddressOf(_point);

    /// <summary>The address that belongs to 64 bytes, whether they are a point or not.</summary>
    public static Address AddressOf(ReadOnlySpan<byte> point)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(point).CopyTo(hash);
        return Address.FromBytes(hash[(Hash256.Size - Address.Size)..]);
    }
}
