using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

public sealed class UploadDeskTests
{
    private static readonly Column Blobs = new("blobs");
    private static readonly GenesisHash Chain = new(Hash256.Sha256([1]));
    private static readonly Address Here = PrivateKey.FromSeed(Hash256.Sha256([5])).Address;
    private static readonly PrivateKey Owner = PrivateKey.FromSeed(Hash256.Sha256([2]));
    private static readonly PrivateKey Listed = PrivateKey.FromSeed(Hash256.Sha256([3]));
    private static readonly PrivateKey Stranger = PrivateKey.FromSeed(Hash256.Sha256([4]));

    private readonly BlobStore _store = new(new MemoryStore([Blobs]), Blobs);
    private readonly HandTime _time = new();
    private long _signed;
    private readonly Dictionary<BlobHash, WantedBlob> _others = [];
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
        var room = new BlobRoom(_store, _blob.Length - 1, 0);
        var full = Desk(room, BlobPurpose.TrainingSet);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => full.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("blob_bytes_max", refusal.Status.Message, StringComparison.Ordinal);
        Assert.Equal(0, _store.Bytes);
        Assert.True(room.IsWanted); // and some is made
        await Desk(room, BlobPurpose.Round).TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop); // a bond hangs on what a round names
    }

    // A bond for one candidate buys one place, not all of them.
    [Fact]
    public async Task OneOwnerHoldsNoOthersOut()
    {
        var mine = Enumerable.Range(0, 4).Select(i => Other(i, Stranger)).ToList();
        var open = mine.Take(UploadDesk.PlacesPerSigner).Select(blob => _desk.TakeAsync(new Silent(First(Stranger, of: blob)), Stop)).ToList();
        await FailsAsync(StatusCode.ResourceExhausted, new Messages([First(Stranger, of: mine[2])]));
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop)).Hash);
        Assert.All(open, upload => Assert.False(upload.IsCompleted));
        _time.Pass(UploadDesk.ChunkTime);
        foreach (var upload in open) await Assert.ThrowsAsync<RpcException>(() => upload);
    }

    // So many owners as there can be candidates in a round, each with both forms: nobody is without a place, and the trainers of the configuration have theirs besides.
    [Fact]
    public async Task EveryCandidateOfARoundHasItsPlaces()
    {
        var open = new List<Task<BlobManifest>>();
        for (var i = 0; i < Limits.CandidatesMax; i++)
        {
            var key = PrivateKey.FromSeed(Hash256.Sha256([10, (byte)i]));
            for (var form = 0; form < 2; form++) open.Add(_desk.TakeAsync(new Silent(First(key, of: Other((2 * i) + form, key))), Stop));
        }

        Assert.All(open, upload => Assert.False(upload.IsCompleted));
        await FailsAsync(StatusCode.ResourceExhausted, new Messages([First(Owner), Data(_blob)])); // more than a round can have
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Listed), Data(_blob)]), Stop)).Hash);
        _time.Pass(UploadDesk.ChunkTime);
        foreach (var upload in open) await Assert.ThrowsAsync<RpcException>(() => upload);
    }

    [Fact]
    public async Task ASecondUploadOfABlobTakesTheFirstOnesPlace()
    {
        var dead = _desk.TakeAsync(new Silent(First(Owner)), Stop);
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop)).Hash);
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(() => dead)).StatusCode); // no time has passed
    }

    /// <summary>Who hears an owner's signature cannot take its place with it: the owner's upload would end as often as it begins, and its bond burn.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASignatureOpensOneUpload(bool isListed)
    {
        var (first, second) = (First(isListed ? Listed : Owner), First(isListed ? Listed : Owner));
        var open = _desk.TakeAsync(new Silent(second), Stop);
        await FailsAsync(StatusCode.PermissionDenied, new Messages([second, Data(_blob)]));
        await FailsAsync(StatusCode.PermissionDenied, new Messages([first, Data(_blob)])); // an older one, which never came
        Assert.False(open.IsCompleted);
        _time.Pass(UploadDesk.ChunkTime);
        await Assert.ThrowsAsync<RpcException>(() => open);
        await FailsAsync(StatusCode.PermissionDenied, new Messages([second, Data(_blob)])); // nor when it is over
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Owner), Data(_blob)]), Stop)).Hash);
    }

    /// <summary>However long a node runs, and whatever it has forgotten.</summary>
    [Fact]
    public async Task ASignatureIsGoodForAWhileAndAtOneNode()
    {
        await FailsAsync(StatusCode.PermissionDenied, new Messages([First(Owner, at: Listed.Address), Data(_blob)]));
        var minute = TimeSpan.FromMinutes(1);
        await FailsAsync(StatusCode.PermissionDenied, new Messages([First(Owner, late: UploadPermits.Validity + minute), Data(_blob)]));
        await FailsAsync(StatusCode.PermissionDenied, new Messages([First(Owner, late: -UploadPermits.Validity - minute), Data(_blob)]));
        var changed = First(Owner, late: UploadPermits.Validity + minute);
        changed.TimeMs += (ulong)(2 * minute).TotalMilliseconds;
        await FailsAsync(StatusCode.PermissionDenied, new Messages([changed, Data(_blob)]));
        var first = First(Owner, late: UploadPermits.Validity - minute);
        await FailsAsync(StatusCode.InvalidArgument, new Messages([first])); // it ends before its data
        _time.Pass(2 * minute);
        await FailsAsync(StatusCode.PermissionDenied, new Messages([first, Data(_blob)]));
        var other = Other(1, Owner);
        await FailsAsync(StatusCode.InvalidArgument, new Messages([First(Owner, of: other)])); // by now the first one is forgotten
        await FailsAsync(StatusCode.PermissionDenied, new Messages([first, Data(_blob)]));
        Assert.Equal(_manifest.Hash, (await _desk.TakeAsync(new Messages([First(Owner, late: -UploadPermits.Validity + minute), Data(_blob)]), Stop)).Hash);
    }

    [Fact]
    public async Task AnUploadEndsWhenTheBlobCameAnotherWay()
    {
        var slow = new Paced(First(Owner));
        var upload = _desk.TakeAsync(slow, Stop);
        _store.Put(_blob);
        slow.Next(Data(_blob[..BlobLimits.ChunkBytes]));
        Assert.Equal(_manifest.Hash, (await upload).Hash);
    }

    private UploadDesk Desk(long bytesMax) => Desk(new BlobRoom(_store, bytesMax, 0), BlobPurpose.Round);

    private UploadDesk Desk(BlobRoom room, BlobPurpose purpose) => new(
        new UploadPermits(Chain, Here, _time),
        blob => blob == _manifest.Hash ? new WantedBlob(_manifest, Owner.Address, purpose) : _others.GetValueOrDefault(blob),
        address => address == Listed.Address,
        _store,
        room,
        1,
        _time);

    private BlobManifest Other(int number, PrivateKey owner)
    {
        var manifest = BlobManifest.Of([1, (byte)number]);
        _others[manifest.Hash] = new WantedBlob(manifest, owner.Address, BlobPurpose.Round);
        return manifest;
    }

    private UploadChunk First(PrivateKey? key = null, Address? claimed = null, BlobManifest? of = null, Address? at = null, TimeSpan late = default)
    {
        var hash = (of ?? _manifest).Hash;
        var first = new UploadChunk { Blob = hash.Value.ToByteString() };
        if (key is null) return first;
        first.Signer = (claimed ?? key.Address).ToByteString();
        first.TimeMs = (ulong)((_time.GetUtcNow() - late).ToUnixTimeMilliseconds() + _signed++); // no two at one time
        first.Signature = ByteString.CopyFrom(key.Sign(UploadPermits.Digest(Chain, at ?? Here, hash, first.TimeMs)).Bytes);
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

    /// <summary>Names its blob and sends the rest when it is told to.</summary>
    private sealed class Paced(UploadChunk first) : IAsyncStreamReader<UploadChunk>
    {
        private readonly System.Threading.Channels.Channel<UploadChunk> _rest = System.Threading.Channels.Channel.CreateUnbounded<UploadChunk>();
        private bool _isBegun;

        public UploadChunk Current { get; private set; } = first;

        public void Next(UploadChunk message) => _rest.Writer.TryWrite(message);

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (_isBegun) Current = await _rest.Reader.ReadAsync(cancellationToken);
            return _isBegun = true;
        }
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
