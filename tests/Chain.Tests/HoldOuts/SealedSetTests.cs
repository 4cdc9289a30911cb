namespace NeuroChain.Chain.Tests;

public sealed class SealedSetTests
{
    private static readonly Hash256 Task = Hash256.Sha256([1]);
    private static readonly PrivateKey[] Custodians = [.. Enumerable.Range(1, 3).Select(i => PrivateKey.FromSeed(Hash256.Sha256([2, (byte)i])))];
    private static readonly Hash256 Master = Hash256.Sha256([3]);
    private static readonly List<byte[]> Samples = MakeSamples(40);
    private static readonly SealedSet Set = SealedSet.Seal(Task, Samples, 4, [.. Custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], 2, Master)!;

    [Fact]
    public void TwoCustodiansOpenADrawnSampleAndOneDoesNot()
    {
        int[] drawn = [0, 7, 23, 39];
        var releases = Custodians.Select((key, i) => SealedRelease.Make(Set, i + 1, Set.SecretOf(i + 1, key)!.Value, drawn)).ToList();
        for (var i = 0; i < drawn.Length; i++)
        {
            foreach (var (one, other) in new[] { (1, 2), (1, 3), (2, 3) })
            {
                var key = SecretSharing.Combine(SecretSharing.Weights([one, other]), [releases[one - 1].Shares[i], releases[other - 1].Shares[i]]);
                var opened = Set.Open(drawn[i], key);
                Assert.NotNull(opened);
                Assert.Contains(Samples, sample => sample.AsSpan().SequenceEqual(opened));
                Assert.Equal(Set.LabelOf(drawn[i]), opened[0]);
                Assert.Null(Set.Open((drawn[i] + 1) % 40, key));
            }

            Assert.Null(Set.Open(drawn[i], releases[0].Shares[i]));
        }
    }

    [Fact]
    public void AllSamplesAreInTheSetByTheirClasses()
    {
        Assert.Equal([10u, 10u, 10u, 10u], Set.Terms.Classes);
        Assert.Equal(Samples.Select(sample => Hash256.Sha256(sample)).Order(), Enumerable.Range(0, 40).Select(Set.SampleHash).Order());
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i / 10), Enumerable.Range(0, 40).Select(Set.LabelOf));
        Assert.Equal(Set.Terms.BlobBytes, Set.Bytes.Length);
    }

    [Fact]
    public void WhatACustodianShowsIsHeldAgainstItsRoot()
    {
        int[] drawn = [3, 4, 17];
        var secret = Set.SecretOf(2, Custodians[1])!.Value;
        Assert.True(Set.HasItsShares(2, secret));
        Assert.False(Set.HasItsShares(1, secret));
        Assert.Null(Set.SecretOf(2, Custodians[0]));
        var release = SealedRelease.Make(Set, 2, secret, drawn);
        var root = Set.Terms.Custodians[1].ShareRoot;
        Assert.True(release.IsOf(root, 40, drawn));
        Assert.False(release.IsOf(Set.Terms.Custodians[0].ShareRoot, 40, drawn));
        Assert.False(release.IsOf(root, 40, [3, 4, 18]));
        Assert.False(release.IsOf(root, 40, [3, 4]));
        Assert.False((release with { Beside = [.. release.Beside, Hash256.Zero] }).IsOf(root, 40, drawn));
        Assert.False((release with { Beside = release.Beside[1..] }).IsOf(root, 40, drawn));
        for (var i = 0; i < 3; i++)
        {
            var shares = release.Shares.ToArray();
            shares[i] = Hash256.Zero;
            Assert.False((release with { Shares = shares }).IsOf(root, 40, drawn));
        }
    }

    [Fact]
    public void TheBlobHasOneSpellingAndIsBounded()
    {
        Assert.True(SealedSet.TryDecode(Set.Bytes, out var read));
        Assert.Equal(Set.Terms, read.Terms);
        Assert.False(SealedSet.TryDecode([.. Set.Bytes, 0], out _));
        foreach (var length in Enumerable.Range(0, 600).Append(Set.Bytes.Length - 1)) Assert.False(SealedSet.TryDecode(Set.Bytes.AsSpan(0, length), out _));
        var stream = new SeededStream(5);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = Set.Bytes.ToArray();
            bytes[(int)stream.NextBelow(60)] = (byte)stream.NextBelow(256);
            if (SealedSet.TryDecode(bytes, out var other)) Assert.Equal(bytes.Length, other.Terms.BlobBytes);
        }
    }

    [Fact]
    public void OneMasterGivesOneSetUpToTheBoxes()
    {
        var again = SealedSet.Seal(Task, [.. Samples.AsEnumerable().Reverse()], 4, [.. Custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], 2, Master)!;
        Assert.Equal(Set.Terms, again.Terms);
        var boxes = 32 + 4 + 2 + 16 + 2 + (3 * (20 + 32 + SealedSet.BoxBytes));
        Assert.Equal(Set.Bytes.AsSpan(boxes), again.Bytes.AsSpan(boxes));
        Assert.Null(SealedSet.Seal(Task, Samples, 4, [(Custodians[0].Address, new byte[64])], 1, Master));
    }

    private static List<byte[]> MakeSamples(int count)
    {
        var stream = new SeededStream(4);
        var samples = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var sample = new byte[17];
            stream.Fill(sample);
            sample[0] = (byte)(i % 4);
            samples.Add(sample);
        }

        return samples;
    }
}
