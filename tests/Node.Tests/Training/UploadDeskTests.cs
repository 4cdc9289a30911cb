using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

public sealed class UploadDeskTests : IDisposable
{
    private static readonly Column Blobs = new("blobs");
    private static readonly GenesisHash Chain = new(Hash256.Sha256([1]));
    private static readonly PrivateKey Owner = PrivateKey.FromSeed(Hash256.Sha256([2]));
    private static readonly PrivateKey Listed = PrivateKey.FromSeed(Hash256.Sha256([3]));
    private static readonly PrivateKey Stranger = PrivateKey.FromSeed(Hash256.Sha256([4]));

    private readonly BlobStore _store = new(new MemoryStore([Blobs]), Blobs);
    private readonly HandTime _time = new();
    private readonly byte[] _blob;
    private readonly BlobManifest _manifest;
    private readonly UploadDesk _desk;

    public UploadDeskTests()
    {
        _blob = new byte[BlobLimits.ChunkBytes + 12_345];
        new SeededStream(1).Fill(_blob.AsSpan(0, 5_000));
        _manifest = BlobManifest.Of(_blob);
        _desk = Desk(long.MaxValue);
    }

    public void Dispose() => _desk.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1_000)]
    [InlineData(BlobLimits.ChunkBytes - 1)]
    [InlineData(BlobLimits.ChunkBytes)]
    [InlineData(2 * BlobLimits.ChunkBytes)]
    public async Task ABlobComesAsItIsHoweverItIsCut(int piece)
    {
        var taken = await _desk.TakeAsync(new Messages([First(), .. _blob.Chunk(piece).Select(Data)]), Stop);
        Assert.Equal(_manifest.Hash, taken.Hash);
        Assert.Equal(_blob, _store.Read(_manifest.Hash));
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First()]), Stop)).Hash); // it is there already
    }

    [Fact]
    public async Task WhatTheChainDoesNotNameTakesNothing()
    {
        var other = new UploadChunk { Blob = Hash256.Sha256([9]).ToByteString(), Data = ByteString.CopyFrom(_blob.AsSpan(0, 10)) };
        await FailsAsync(StatusCode.FailedPrecondition, new Messages([other]));
        await FailsAsync(StatusCode.InvalidArgument, new Messages([]));
        await FailsAsync(StatusCode.InvalidArgument, new Messages([Data([1])]));
        Assert.Equal(0, _store.Bytes);
    }

    [Fact]
    public async Task OtherBytesAreRefusedAtTheFirstChunkAndWhatFittedStays()
    {
        var wrong = (byte[])_blob.Clone();
        wrong[BlobLimits.ChunkBytes] ^= 1;
        await FailsAsync(StatusCode.InvalidArgument, new Messages([First(), Data(wrong)]));
        await FailsAsync(StatusCode.InvalidArgument, new Messages([First(), Data(_blob[..100])]));
        await FailsAsync(StatusCode.InvalidArgument, new Messages([First(), Data([.. _blob, 1])])); // it was whole before the byte too many
        Assert.True(_store.Has(_manifest.Hash));
    }

    [Fact]
    public async Task AnUploadThatBreaksGoesOnWhereItStopped()
    {
        await FailsAsync(StatusCode.InvalidArgument, new Messages([First(), Data(_blob[..BlobLimits.ChunkBytes])]));
        Assert.Equal([1], _store.Missing(_manifest));
        await _desk.TakeAsync(new Messages([First(), Data(_blob)]), Stop);
        Assert.Equal(_blob, _store.Read(_manifest.Hash));
    }

    [Fact]
    public async Task StrangersWhoHoldTheirPlacesKeepNoOwnerOut()
    {
        var silent = Enumerable.Range(0, UploadDesk.PlacesForAll).Select(_ => _desk.TakeAsync(new Silent(First()), Stop)).ToList();
        await FailsAsync(StatusCode.ResourceExhausted, new Messages([First(), Data(_blob)]));
        await FailsAsync(StatusCode.ResourceExhausted, new Messages([First(Stranger), Data(_blob)])); // a signature alone is no right
        await FailsAsync(StatusCode.PermissionDenied, new Messages([First(Owner, claimed: Stranger.Address), Data(_blob)]));
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop)).Hash);

        _time.Pass(UploadDesk.ChunkTime); // who sends nothing goes
        foreach (var upload in silent) Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => upload)).StatusCode);
    }

    [Fact]
    public async Task TheTrainersOfTheConfigurationHaveAPlaceToo()
    {
        var silent = Enumerable.Range(0, UploadDesk.PlacesForAll).Select(_ => _desk.TakeAsync(new Silent(First()), Stop)).ToList();
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Listed), Data(_blob)]), Stop)).Hash);
        _time.Pass(UploadDesk.ChunkTime);
        foreach (var upload in silent) await Assert.ThrowsAsync<RpcException>(() => upload);
    }

    [Fact]
    public async Task WhereThereIsNoRoomNothingIsTaken()
    {
        using var full = Desk(_blob.Length - 1);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => full.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("blob_bytes_max", refusal.Status.Message, StringComparison.Ordinal);
        Assert.Equal(0, _store.Bytes);
    }

    private UploadDesk Desk(long bytesMax) => new(
        Chain, blob => blob == _manifest.Hash ? new WantedBlob(_manifest, Owner.Address) : null, address => address == Listed.Address, _store, bytesMax, _time);

    private UploadChunk First(PrivateKey? key = null, Address? claimed = null)
    {
        var first = new UploadChunk { Blob = _manifest.Hash.Value.ToByteString() };
        if (key is null) return first;
        first.Signer = (claimed ?? key.Address).ToByteString();
        first.Signature = ByteString.CopyFrom(key.Sign(UploadDesk.Digest(Chain, _manifest.Hash)).Bytes);
        return first;
    }

    private static UploadChunk Data(byte[] bytes) => new() { Data = ByteString.CopyFrom(bytes) };

    private async Task FailsAsync(StatusCode code, IAsyncStreamReader<UploadChunk> messages)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => _desk.TakeAsync(messages, Stop));
        Assert.True(code == failure.StatusCode, $"{code} wanted, {failure.Status} given");
    }

    private sealed class Messages(IEnumerable<UploadChunk> all) : IAsyncStreamReader<UploadChunk>
    {
        private readonly IEnumerator<UploadChunk> _all = all.GetEnumerator();

        public UploadChunk Current => _all.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(_all.MoveNext());
    }

    /// <summary>Names its blob and sends nothing more.</summary>
    private sealed class Silent(UploadChunk first) : IAsyncStreamReader<UploadChunk>
    {
        private bool _isBegun;

        public UploadChunk Current => first;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (_isBegun) await Task.Delay(Timeout.Infinite, cancellationToken);
            return _isBegun = true;
        }
    }
}
