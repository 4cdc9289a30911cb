namespace NeuroChain.Chain;

/// <summary>Cost of scrypt (RFC 7914): N blocks of 128 * r bytes are filled p times over.</summary>
public sealed record ScryptCost(int N, int R, int P)
{
    /// <summary>What Ethereum's tools write by default: 256 MiB and about a second.</summary>
    public static readonly ScryptCost Standard = new(262_144, 8, 1);

    /// <summary>The "light" cost of Ethereum's tools: 4 MiB, for test networks.</summary>
    public static readonly ScryptCost Light = new(4_096, 8, 6);

    public const int NMax = 1 << 20;
    public const int RMax = 32;
    public const int PMax = 16;

    /// <summary>A key file that asks for more memory is refused: it would take the machine down before the password is even tried.</summary>
    public const long MemoryBytesMax = 512L << 20;

    public long MemoryBytes => 128L * R * N;

    /// <summary>
    /// N is a power of two above one and, as RFC 7914 section 2 demands, below 2^(16 r); everything is within its bound, and so is the memory.
    /// </summary>
    public bool IsAllowed =>
        N is > 1 and <= NMax && int.IsPow2(N) && R is > 0 and <= RMax && P is > 0 and <= PMax
        && (R > 1 || N < 1 << 16) && MemoryBytes <= MemoryBytesMax;
}
