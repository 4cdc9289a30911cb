using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Consensus.Tests;
using NeuroChain.EndToEnd;
using NeuroChain.P2P;
using NeuroChain.Signer.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A signer behind mutual TLS does what one in the process does, for the one node that it serves, and nothing else.</summary>
public sealed class RemoteSignerTests : SignerContract, IAsyncLifetime
{
    private static readonly PrivateKey SignerKey = TrainedChain.Key(6_100), NodeKey = TrainedChain.Key(6_101), SpareKey = TrainedChain.Key(6_102), StrangerKey = TrainedChain.Key(6_103);
    private static readonly RpcMethod<SignMessageRequest, SignMessageResponse> SignMethod = new(SignerReflection.Descriptor.Services[0], "Sign");
    private static readonly RpcMethod<SignTaggedRequest, SignTaggedResponse> SignTaggedMethod = new(SignerReflection.Descriptor.Services[0], "SignTagged");

    private readonly NodeHome _home = new(Directory.CreateTempSubdirectory("neurochain-test-").FullName);
    private readonly SignerOptions _options = new() { Listen = $"127.0.0.1:{FreePorts.Take(1)[0]}", GenesisHash = Genesis.Value, Nodes = [NodeKey.Address, SpareKey.Address] };
    private readonly List<IDisposable> _owned = [];
    private SignerHost? _host;
    private RemoteSigner? _open;

    private PeerEndpoint Endpoint => new(SignerKey.Address, "127.0.0.1", _options.Endpoint.Port);

    public ValueTask InitializeAsync()
    {
        KeystoreFile.Save(_home.In(_options.Key), Key, "correct horse", ScryptCost.Light);
        KeystoreFile.Save(_home.In(_options.NodeKey), SignerKey, "correct horse", ScryptCost.Light);
        File.WriteAllText(_home.In(_options.PasswordFile!), "correct horse\n");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _open?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        foreach (var owned in _owned) owned.Dispose();
        Directory.Delete(_home.Path, recursive: true);
    }

    /// <summary>With a signer that lost everything but its disk.</summary>
    protected override ISigner Open()
    {
        StopAsync().GetAwaiter().GetResult();
        StartAsync().GetAwaiter().GetResult();
        _open?.Dispose();
        return _open = ConnectAsync(NodeKey, Eventually.Limit).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task WhileItIsAwayNothingIsSignedAndThenItIsAsBefore()
    {
        var signer = Open();
        var (first, second) = (Prevote(1, 0, BlockOf("A")), Prevote(2, 0, BlockOf("B")));
        var given = signer.TrySign(first, out _);
        await StopAsync();
        Assert.Null(signer.TrySign(second, out var refusal));
        Assert.Equal(SignRefusal.Unavailable, refusal);
        Assert.Throws<SignerUnavailableException>(() => signer.SignTagged(new TaggedContent(Domain.Transaction, new byte[1])));
        Assert.Equal(given, signer.State.Prevote!.Signature);
        await StartAsync();
        await RunningNetwork.EventuallyAsync(() => signer.TrySign(second, out refusal) is not null, "it signs again");
        Assert.Equal(new Height(2), signer.State.Height);
        Assert.Null(signer.TrySign(first, out refusal));
        Assert.Equal(SignRefusal.Regression, refusal);
    }

    /// <summary>Its folder is empty, or a file was cut short and is to it like one that was never written, or somebody brought back an old copy.</summary>
    [Theory]
    [InlineData("deleted", "height 0, round 0")]
    [InlineData("cut", "height 0, round 0")]
    [InlineData("old", "height 1, round 0, Prevote")]
    public async Task ASignerThatForgotIsNotTakenBack(string how, string remembered)
    {
        var lines = new LogLines();
        await StartAsync();
        var signer = _open = await ConnectAsync(NodeKey, Eventually.Limit, lines);
        Assert.NotNull(signer.TrySign(Prevote(1, 0, BlockOf("A")), out _));
        var old = await StopAndCopyAsync();
        await StartAsync();
        await SignsAsync(signer, Prevote(5, 2, BlockOf("B")));
        var whole = await StopAndCopyAsync();
        if (how == "cut") using (var file = File.OpenWrite(Path.Combine(_home.SignerFolder, "signer-state"))) file.SetLength(100);
        else Directory.Delete(_home.SignerFolder, recursive: true);
        if (how == "old") Directory.Move(old, _home.SignerFolder);

        await StartAsync();
        var named = $"it forgot what it signed: its memory ends at {remembered}, and it has signed at height 5, round 2, Prevote";
        await RunningNetwork.EventuallyAsync(() => lines.Has(named), "the node says what is wrong");
        Assert.Null(signer.TrySign(Prevote(6, 0, BlockOf("C")), out var refusal));
        Assert.Equal(SignRefusal.Unavailable, refusal);
        Assert.Null(signer.TrySign(Prevote(5, 2, BlockOf("C")), out refusal)); // what it gave is known here, too
        Assert.Equal(SignRefusal.Conflict, refusal);
        Assert.Throws<SignerUnavailableException>(() => signer.SignTagged(new TaggedContent(Domain.Transaction, new byte[1])));
        Assert.Equal(new Height(5), signer.State.Height);

        await StopAsync();
        Directory.Delete(_home.SignerFolder, recursive: true);
        Directory.Move(whole, _home.SignerFolder);
        await StartAsync();
        await SignsAsync(signer, Prevote(6, 0, BlockOf("C")));
    }

    [Fact]
    public async Task ASecondNodeIsToldThatTheFirstIsServed()
    {
        Open();
        var refused = await Assert.ThrowsAsync<OperatorException>(() => ConnectAsync(SpareKey, TimeSpan.Zero));
        Assert.Contains($"FailedPrecondition: the signer serves the node {NodeKey.Address}", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The same node again, as after a restart: the process before, should it still be there, may not sign any more.</summary>
    [Fact]
    public async Task AnEpochThatIsOverIsRefusedByName()
    {
        Open();
        using var channel = ChannelOf(NodeKey, Genesis);
        var request = new SignMessageRequest { Epoch = 0, Body = ByteString.CopyFrom(Prevote(1, 0, null).EncodeBody()) };
        Assert.Equal(Refusal.NoLease, (await AskAsync(channel, SignMethod, request)).Refusal);
        request.Epoch = 1;
        Assert.Equal(Refusal.None, (await AskAsync(channel, SignMethod, request)).Refusal);
        using var spare = ChannelOf(SpareKey, Genesis);
        Assert.Equal(Refusal.NoLease, (await AskAsync(spare, SignMethod, request)).Refusal);
    }

    [Fact]
    public async Task ABareDigestAndADomainThatNobodyNamedAreRefusedByName()
    {
        Open();
        using var channel = ChannelOf(NodeKey, Genesis);
        var bare = await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel, SignMethod, new SignMessageRequest { Epoch = 1, Body = ByteString.CopyFrom(new byte[Hash256.Size]) }));
        Assert.Equal((StatusCode.InvalidArgument, "body: a vote or a proposal wanted, whole"), (bare.StatusCode, bare.Status.Message));
        foreach (var tag in new[] { Domain.Prevote.Tag, Domain.Proposal.Tag, Domain.NodeIdentity.Tag, "", "nobody's" })
        {
            var foreign = await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel, SignTaggedMethod, new SignTaggedRequest { Epoch = 1, Domain = tag, Content = ByteString.CopyFrom(new byte[80]) }));
            Assert.Equal((StatusCode.PermissionDenied, $"domain: \"{tag}\" is not signed"), (foreign.StatusCode, foreign.Status.Message));
        }
    }

    /// <summary>Neither somebody who is not among its nodes gets through, nor one of them with another chain's certificate; nor is anybody taken for it.</summary>
    [Fact]
    public async Task OnlyItsNodesReachItAndOnlyItReachesThem()
    {
        Open();
        foreach (var channel in new[] { ChannelOf(StrangerKey, Genesis), ChannelOf(NodeKey, new GenesisHash(Hash256.Sha256([9]))), ChannelOf(NodeKey, Genesis, StrangerKey.Address) })
        {
            using var closed = channel;
            var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel, SignMethod, new SignMessageRequest { Epoch = 1, Body = ByteString.CopyFrom(Prevote(1, 0, null).EncodeBody()) }));
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        }
    }

    [Fact]
    public void TwoSignersWithOneKeyDoNotRunOnOneMachine()
    {
        Open();
        var second = Assert.Throws<OperatorException>(() => SignerLease.Take(Key.Address));
        Assert.Contains("another process on this machine signs", second.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync() =>
        _host = await SignerHost.StartAsync(_home, _options, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    private async Task StopAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = null;
    }

    // Its memory, as it is now.
    private async Task<string> StopAndCopyAsync()
    {
        await StopAsync();
        var copy = Directory.CreateDirectory(_home.In($"copy-{Guid.NewGuid():N}")).FullName;
        foreach (var file in Directory.GetFiles(_home.SignerFolder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static Task SignsAsync(RemoteSigner signer, SignRequest request) => RunningNetwork.EventuallyAsync(() => signer.TrySign(request, out _) is not null, "it signs again");

    private Task<RemoteSigner> ConnectAsync(PrivateKey node, TimeSpan patience, ILogger? logger = null) =>
        RemoteSigner.ConnectAsync(Endpoint, IdentityOf(node, Genesis), TimeProvider.System, logger ?? NullLogger.Instance, TestContext.Current.CancellationToken, patience);

    private RpcChannel ChannelOf(PrivateKey node, GenesisHash genesis, Address? signer = null) =>
        new MutualTls(IdentityOf(node, genesis), TimeProvider.System).Connect(Endpoint with { Address = signer ?? SignerKey.Address }, new RpcChannelOptions { DefaultDeadline = TimeSpan.FromSeconds(20) });

    private static Task<TResponse> AskAsync<TRequest, TResponse>(RpcChannel channel, RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => channel.UnaryAsync(method, request, cancellationToken: TestContext.Current.CancellationToken);

    private NodeIdentity IdentityOf(PrivateKey node, GenesisHash genesis)
    {
        var identity = NodeIdentity.Create(node, genesis, TimeProvider.System);
        _owned.Add(identity);
        return identity;
    }
}
