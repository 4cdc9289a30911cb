namespace NeuroChain.Chain.Tests;

public sealed class SecretSharingTests
{
    private static readonly SeededStream Stream = new(91);

    // Every choice of k of n, for all small n and k.
    [Fact]
    public void AnyThresholdOfTheSharesGivesTheSecret()
    {
        for (var n = 1; n <= 5; n++)
        {
            for (var k = 1; k <= n; k++)
            {
                var (secret, shares) = Shared(k, n);
                foreach (var some in Subsets(n))
                {
                    var combined = Combine(some.Select(number => (number, shares[number - 1])));
                    if (some.Count >= k) Assert.Equal(secret, combined);
                    else Assert.NotEqual(secret, combined);
                }
            }
        }
    }

    [Fact]
    public void TheOrderOfTheSharesDoesNotMatter()
    {
        var (secret, shares) = Shared(3, 8);
        Assert.Equal(secret, Combine([(8, shares[7]), (2, shares[1]), (5, shares[4])]));
    }

    // One share fewer leaves every secret possible: for any other secret there is a missing share that gives it.
    [Fact]
    public void FewerSharesLeaveEverySecretPossible()
    {
        var (_, shares) = Shared(2, 3);
        var seen = new HashSet<byte>();
        for (var guess = 0; guess < 256; guess++)
        {
            var missing = shares[1].ToArray();
            missing[0] = (byte)guess;
            seen.Add(Combine([(1, shares[0]), (2, Hash256.FromBytes(missing))]).ToArray()[0]);
        }

        Assert.Equal(256, seen.Count);
    }

    // By hand in GF(2^8): s = 0x42, c = 0x83. Share 2 is 0x42 + 2 * 0x83 = 0x42 ^ 0x1d = 0x5f, since 2 * 0x83 = 0x106 ^ 0x11b.
    [Fact]
    public void TheFieldIsThatOfAes()
    {
        var share = SecretSharing.Share(Bytes(0x42), [Bytes(0x83)], 2);
        Assert.Equal(Bytes(0x42 ^ 0x1d), share);
        Assert.Equal(Bytes(0x42 ^ 0x83), SecretSharing.Share(Bytes(0x42), [Bytes(0x83)], 1));
    }

    private static Hash256 Bytes(byte value) => Hash256.FromBytes([.. Enumerable.Repeat(value, Hash256.Size)]);

    private static Hash256 Combine(IEnumerable<(int Number, Hash256 Share)> shares)
    {
        var all = shares.ToList();
        return SecretSharing.Combine(SecretSharing.Weights([.. all.Select(one => one.Number)]), [.. all.Select(one => one.Share)]);
    }

    private static (Hash256 Secret, Hash256[] Shares) Shared(int threshold, int count)
    {
        var secret = Stream.NextHash();
        Hash256[] coefficients = [.. Enumerable.Range(1, threshold - 1).Select(_ => Stream.NextHash())];
        return (secret, [.. Enumerable.Range(1, count).Select(number => SecretSharing.Share(secret, coefficients, number))]);
    }

    private static IEnumerable<List<int>> Subsets(int n) =>
        Enumerable.Range(1, (1 << n) - 1).Select(mask => Enumerable.Range(1, n).Where(number => (mask >> (number - 1) & 1) != 0).ToList());
}
