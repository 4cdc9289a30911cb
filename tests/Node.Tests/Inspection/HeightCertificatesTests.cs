using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>The file by which one operator tells another how a height was decided.</summary>
public sealed class HeightCertificatesTests
{
    /// <summary>A hundred validators, all of whom signed everything, in as many polkas as a node keeps: nothing that a node has is too much for the file.</summary>
    [Fact]
    public void TheGreatestIsReadAndOnePolkaMoreIsNot()
    {
        var keys = Enumerable.Range(0, Limits.ValidatorsMax).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)'h', (byte)i]))).ToList();
        Assert.True(ValidatorSet.TryCreate(keys.Select(key => new Validator(key.Address, 1)), out var set));
        var signature = keys[0].Sign(Hash256.Sha256([1]));
        ImmutableArray<IndexedSignature> signatures = [.. Enumerable.Range(0, keys.Count).Select(i => new IndexedSignature((ushort)i, signature))];
        var block = new BlockRef(new BlockHash(Hash256.Sha256([2])), Hash256.Zero, Hash256.Zero);
        var greatest = new HeightCertificates(
            new GenesisHash(Hash256.Sha256([3])),
            set,
            new CommitCertificate(Height.First, Round.Zero, block, signatures),
            [.. Enumerable.Range(0, HeightCertificates.PolkasMax).Select(round => new PolkaCertificate(Height.First, new Round((uint)round), null, block.Hash, signatures))]);
        var bytes = greatest.Encode();
        Assert.InRange(bytes.Length, 27_000_000, HeightCertificates.FileBytesMax);
        Assert.True(HeightCertificates.TryDecode(bytes, out var read));
        Assert.Equal(HeightCertificates.PolkasMax, read.Polkas.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(read.Encode()));

        var small = new PolkaCertificate(Height.First, Round.Zero, null, block.Hash, []);
        Assert.True(HeightCertificates.TryDecode((greatest with { Polkas = [.. Enumerable.Repeat(small, HeightCertificates.PolkasMax)] }).Encode(), out _));
        Assert.False(HeightCertificates.TryDecode((greatest with { Polkas = [.. Enumerable.Repeat(small, HeightCertificates.PolkasMax + 1)] }).Encode(), out _));
        Assert.False(HeightCertificates.TryDecode(new byte[HeightCertificates.FileBytesMax + 1], out _));
    }
}
