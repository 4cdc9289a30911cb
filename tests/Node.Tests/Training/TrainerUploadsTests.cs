using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class TrainerUploadsTests
{
    private readonly Dictionary<BlobHash, TaskCompletionSource> _uploads = [];
    private readonly List<CancellationToken> _tokens = [];
    private readonly List<string> _said = [];
    private readonly TrainerUploads _desk;
    private readonly PendingReveal _pending = Pending(1);
    private int _begun;

    public TrainerUploadsTests() => _desk = new TrainerUploads(UploadAsync, _said.Add);

    private BlobHash Delta => BlobManifest.Of(_pending.Delta.Span).Hash;

    // A node that takes no delta would otherwise cost the bond: the checkpoint would not even be tried.
    [Fact]
    public void TheCheckpointDoesNotWaitForTheDelta()
    {
        _desk.Begin(_pending);
        Assert.Equal(new[] { Delta, _pending.Model }.Order(), _uploads.Keys.Order());
        Assert.Equal(2, _begun);
        _desk.Begin(_pending); // both are under way
        Assert.Equal(2, _begun);
    }

    [Fact]
    public void WhatFailedBeginsAnewAndTheOtherGoesOn()
    {
        _desk.GoOn(_pending); // nothing was begun
        Assert.Equal(0, _begun);
        _desk.Begin(_pending);
        _desk.GoOn(_pending);
        Assert.Equal(2, _begun);
        _uploads[_pending.Model].SetException(new InvalidOperationException("a test"));
        _desk.GoOn(_pending);
        Assert.Equal(3, _begun);
        Assert.Contains("a test", Assert.Single(_said), StringComparison.Ordinal);
        _uploads[_pending.Model].SetResult();
        _uploads[Delta].SetResult();
        _desk.GoOn(_pending);
        Assert.Equal(3, _begun);
    }

    [Fact]
    public async Task ARoundThatIsOverIsLeft()
    {
        _desk.Begin(_pending);
        _desk.Begin(Pending(2));
        Assert.Equal(4, _begun);
        Assert.Equal([true, true, false, false], _tokens.Select(token => token.IsCancellationRequested));
        foreach (var upload in _uploads.Values) upload.TrySetCanceled(TestContext.Current.CancellationToken);
        await _desk.EndAsync();
        Assert.All(_tokens, token => Assert.True(token.IsCancellationRequested));
    }

    private Task UploadAsync(ulong round, BlobManifest manifest, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _begun++;
        _tokens.Add(cancellationToken);
        Assert.Equal(manifest.Hash, BlobManifest.Of(bytes.Span).Hash);
        return (_uploads[manifest.Hash] = new TaskCompletionSource()).Task;
    }

    private static PendingReveal Pending(ulong round)
    {
        var candidate = new TrainerCandidate([1, 2, 3], BlobManifest.Of([1, 2, 3]), new CandidateManifest { ModelBytes = 3 }.ToByteArray(), [9, 8]);
        return PendingReveal.Make(Hash256.Sha256([7]), round, TrainedChain.Key(1).Address, candidate);
    }
}
