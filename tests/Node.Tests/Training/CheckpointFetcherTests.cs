using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
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

    // A decoy: it costs line and disk beside the whole form, and is longer than any delta of the model.
    [Fact]
    public async Task ADeltaThatIsTooLongToBeOneIsNotFetched()
    {
        Assert.True(ModelSpec.TryCreate(new Shape(1, 4, 4), [new FlattenSpec(), new DenseSpec(2_000), new ReluSpec(), new DenseSpec(10)], out var spec, out _));
        var task = _chain.Genesis.Tasks[0] with { Model = (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(spec.CanonicalJson))! };
        var whole = new byte[Checkpoint.SizeBytes(spec.Plan)];
        var longest = SparseDelta.BytesMax(spec.Plan.ParameterCount);
        foreach (var (bytes, isFetched) in new[] { (longest, true), (longest + 1, false) })
        {
            var delta = new byte[bytes];
            _ours.Delete(Hash(whole));
            _theirs.Put(whole);
            _theirs.Put(delta);
            _asked.Clear();
            Assert.True(await Fetcher(_chain.Genesis with { Tasks = [task] }).EnsureAsync(Manifest(delta, whole, task.Id), Stop));
            Assert.Equal(isFetched, _asked.Contains(Hash(delta)));
            Assert.Contains(Hash(whole), _asked);
        }

        Assert.InRange(ManifestRules.DeltaBytesMax((ulong)whole.Length), (ulong)longest, (ulong)longest + 2_600); // the chain refuses such a one too
    }

    [Fact]
    public async Task WhatIsOfferedAsAWholeIsFetchedAsAWhole()
    {
        Assert.True(await Fetcher().EnsureAsync(Manifest(null), Stop));
        Assert.Equal([Hash(Whole)], _asked.Distinct());
    }

    private static BlobHash Hash(byte[] bytes) => BlobManifest.Of(bytes).Hash;

    private static BlobStore Empty() => new(new MemoryStore([ChainStore.Blobs]), ChainStore.Blobs);

    private CheckpointFetcher Fetcher(GenesisDocument? genesis = null)
    {
        var fetcher = new BlobFetcher(() => [Peer], RequestAsync, _ours, new BlobRoom(_ours, long.MaxValue, 0), default, TimeProvider.System, NullLogger.Instance);
        return new CheckpointFetcher(fetcher, _ours, task => (genesis ?? _chain.Genesis).Tasks.FirstOrDefault(one => one.Id == task), TimeProvider.System, NullLogger.Instance);
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

    private CandidateManifest Manifest(byte[]? delta, byte[]? whole = null, Hash256? task = null)
    {
        var blob = BlobManifest.Of(whole ?? Whole);
        var manifest = new CandidateManifest { Task = (task ?? _chain.Task).ToByteString(), Model = blob.Hash.Value.ToByteString(), ModelBytes = (ulong)blob.Length };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        manifest.Delta = delta is null ? null : TrainerOffer.Describe(new SparseOffer(_delta.Base, delta));
        return manifest;
    }
}
