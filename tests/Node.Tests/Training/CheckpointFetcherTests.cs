using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class CheckpointFetcherTests
{
    private static readonly Address Peer = TrainedChain.Key(77).Address;

    private readonly TrainedChain _chain = new();
    private readonly BlobStore _ours;
    private readonly BlobStore _theirs;
    private readonly List<BlobHash> _asked = [];
    private readonly ModelParameters _base;
    private readonly ModelParameters _sparse;
    private readonly SparseDelta _delta;

    public CheckpointFetcherTests()
    {
        (_ours, _theirs) = (Empty(), Empty());
        _base = ModelParameters.HeUniform(_chain.Spec.Plan, _chain.Genesis.Tasks[0].InitialSeed);
        Assert.True(Checkpoint.TryRead(_chain.Train(60), _chain.Spec.Plan, out var wanted, out _));
        _delta = SparseDelta.Between(_base, wanted, 32, out _sparse);
        _ours.Put(Checkpoint.Write(_base));
        _theirs.Put(Checkpoint.Write(_sparse));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private byte[] Whole => Checkpoint.Write(_sparse);

    [Fact]
    public async Task WhoHasTheBaseFetchesTheDeltaAloneAndHasTheSameBytes()
    {
        _theirs.Put(_delta.Encode());
        Assert.True(await Fetcher().EnsureAsync(Manifest(_delta.Encode()), Stop));
        Assert.Equal(Whole, _ours.Read(Hash(Whole)));
        Assert.Equal([Hash(_delta.Encode())], _asked.Distinct());
    }

    [Fact]
    public async Task WhoHasNotTheBaseFetchesTheWhole()
    {
        _theirs.Put(_delta.Encode());
        _ours.Delete(_delta.Base);
        Assert.True(await Fetcher().EnsureAsync(Manifest(_delta.Encode()), Stop));
        Assert.Equal([Hash(Whole)], _asked.Distinct());
    }

    // Each of them is what the manifest names, and none makes the checkpoint.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ADeltaThatLeadsElsewhereCostsTheLongerWayOnce(int kind)
    {
        var wrong = kind switch
        {
            0 => [1, 2, 3],
            1 => SparseDelta.Between(_base, _base, 32, out _).Encode(),
            _ => _delta.Encode()[..^1].Append((byte)(_delta.Encode()[^1] ^ 2)).ToArray(),
        };
        _theirs.Put(wrong);
        var fetcher = Fetcher();
        Assert.True(await fetcher.EnsureAsync(Manifest(wrong), Stop));
        Assert.Equal(Whole, _ours.Read(Hash(Whole)));
        _ours.Delete(Hash(Whole));
        _ours.Delete(Hash(wrong));
        _asked.Clear();
        Assert.True(await fetcher.EnsureAsync(Manifest(wrong), Stop));
        Assert.DoesNotContain(Hash(wrong), _asked);
    }

    [Fact]
    public async Task ADeltaThatNobodyServesCostsTheLongerWay()
    {
        Assert.True(await Fetcher().EnsureAsync(Manifest(_delta.Encode()), Stop));
        Assert.Equal(Whole, _ours.Read(Hash(Whole)));
    }

    [Fact]
    public async Task WhatIsOfferedAsAWholeIsFetchedAsAWhole()
    {
        Assert.True(await Fetcher().EnsureAsync(Manifest(null), Stop));
        Assert.Equal([Hash(Whole)], _asked.Distinct());
    }

    private static BlobHash Hash(byte[] bytes) => BlobManifest.Of(bytes).Hash;

    private static BlobStore Empty() => new(new MemoryStore([ChainStore.Blobs]), ChainStore.Blobs);

    private CheckpointFetcher Fetcher()
    {
        var fetcher = new BlobFetcher(() => [Peer], RequestAsync, _ours, long.MaxValue, TimeProvider.System, NullLogger.Instance);
        return new CheckpointFetcher(fetcher, _ours, _chain.Genesis, TimeProvider.System, NullLogger.Instance);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> RequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Assert.Equal(PeerRelay.ChunkRequest, kind); // the chain names the chunks: nobody is asked for a manifest
        var reader = new ByteReader(payload.Span);
        var (hash, index) = (new BlobHash(reader.Hash()), (int)reader.UInt32());
        _asked.Add(hash);
        if (_theirs.ReadChunk(hash, index) is { } chunk) yield return chunk;
    }

    private CandidateManifest Manifest(byte[]? delta)
    {
        var blob = BlobManifest.Of(Whole);
        var manifest = new CandidateManifest { Task = _chain.Task.ToByteString(), Model = blob.Hash.Value.ToByteString(), ModelBytes = (ulong)blob.Length };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        manifest.Delta = delta is null ? null : TrainerOffer.Describe(new SparseOffer(_delta.Base, delta));
        return manifest;
    }
}
