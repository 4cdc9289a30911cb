using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.EndToEnd;

/// <summary>What a client may send by mistake or in bad faith: each has its named answer, and the node goes on.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed class BadInputTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private NodeProcess Node => Network.Nodes[3];

    private RpcChannel Channel => Node.Client.Channel;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(60_000)]
    public async Task AHashOfAnotherLengthIsRefused(int length)
    {
        var bytes = ByteString.CopyFrom(new byte[length]);
        await RefusedAsync(StatusCode.InvalidArgument, $"hash: 32 bytes wanted, {length} given", CallAsync(ApiMethods.GetBlock, new GetBlockRequest { Hash = bytes }));
        await RefusedAsync(StatusCode.InvalidArgument, $"hash: 32 bytes wanted, {length} given", CallAsync(ApiMethods.GetTransaction, new GetTransactionRequest { Hash = bytes }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(32)]
    public async Task AnAddressOfAnotherLengthIsRefused(int length) => await RefusedAsync(
        StatusCode.InvalidArgument,
        $"address: 20 bytes wanted, {length} given",
        CallAsync(ApiMethods.GetAccount, new GetAccountRequest { Address = ByteString.CopyFrom(new byte[length]) }));

    [Fact]
    public async Task WhatIsNotThereIsNotFound()
    {
        var nowhere = Hash256.Sha256("nowhere"u8).ToByteString();
        await RefusedAsync(StatusCode.NotFound, "no block with this hash", CallAsync(ApiMethods.GetBlock, new GetBlockRequest { Hash = nowhere }));
        await RefusedAsync(StatusCode.NotFound, "no block at height 0", CallAsync(ApiMethods.GetBlock, new GetBlockRequest { Height = 0 }));
        await RefusedAsync(StatusCode.NotFound, "no block at height 9999999", CallAsync(ApiMethods.GetBlock, new GetBlockRequest { Height = 9_999_999 }));
        await RefusedAsync(StatusCode.NotFound, "no block at height", CallAsync(ApiMethods.GetBlock, new GetBlockRequest { Height = ulong.MaxValue }));
        await RefusedAsync(StatusCode.NotFound, "this node knows no such transaction", CallAsync(ApiMethods.GetTransaction, new GetTransactionRequest { Hash = nowhere }));
        await RefusedAsync(StatusCode.InvalidArgument, "selector", CallAsync(ApiMethods.GetBlock, new GetBlockRequest()));
    }

    [Fact]
    public async Task AnAddressThatNeverReceivedAnythingHasNothing()
    {
        var account = await Node.Client.AccountAsync(PrivateKey.Generate().Address, Cancelled);
        Assert.Equal(new byte[Amount.Size], account.Balance.ToByteArray());
        Assert.Equal(0ul, account.NextNonce);
    }

    [Theory]
    [InlineData(9_999_999)]
    [InlineData(ulong.MaxValue)]
    public async Task AStreamFromAFarHeightIsRefused(ulong height) =>
        await RefusedAsync(StatusCode.OutOfRange, "from_height: the next block is", FirstAsync(new StreamBlocksRequest { FromHeight = height }));

    [Fact]
    public async Task AStreamWithoutACursorBeginsWithTheNextBlock()
    {
        var height = await Node.HeightAsync();
        var first = await FirstAsync(new StreamBlocksRequest());
        Assert.InRange(first.Height, height + 1, height + 50);
    }

    [Fact]
    public async Task BytesThatAreNoTransactionAreRefused()
    {
        var good = Signed(Body());
        await SubmitIsRefusedAsync([], TransactionFault.WrongChain, TransactionFault.NotCanonical);
        await SubmitIsRefusedAsync([0xff, 0xff, 0xff], TransactionFault.NotCanonical);
        await SubmitIsRefusedAsync([.. good, 0], TransactionFault.NotCanonical);
        for (var length = 1; length < good.Length; length += 7)
            await SubmitIsRefusedAsync(good[..length], TransactionFault.NotCanonical, TransactionFault.MalformedSignature, TransactionFault.WrongChain);
        await SubmitIsRefusedAsync(new byte[Limits.TransactionBytesMax], TransactionFault.NotCanonical);
        await SubmitIsRefusedAsync(new byte[Limits.TransactionBytesMax + 1], TransactionFault.TooLarge);
        await RefusedAsync(
            StatusCode.ResourceExhausted, "larger than", CallAsync(ApiMethods.Submit, new SubmitRequest { Transaction = ByteString.CopyFrom(new byte[Limits.TransactionBytesMax + 100]) }));
    }

    [Fact]
    public async Task EachTransactionOfABatchIsAnsweredForItself()
    {
        var next = await NextAsync();
        var good = Signed(Body(b => b.Nonce = next));
        var answer = await Node.Client.SubmitBatchAsync([good, new byte[] { 0xff }, good, new byte[Limits.TransactionBytesMax + 1]], Cancelled);
        Assert.Equal(["", nameof(TransactionFault.NotCanonical), "", nameof(TransactionFault.TooLarge)], answer.Results.Select(result => result.Refusal));
        Assert.Equal(answer.Results[0].Hash, answer.Results[2].Hash);
        Assert.True(answer.Results[1].Hash.IsEmpty);
        await RefusedAsync(
            StatusCode.InvalidArgument, "transactions: at most 10000", Node.Client.SubmitBatchAsync(Enumerable.Repeat(ReadOnlyMemory<byte>.Empty, 10_001), Cancelled));
    }

    [Fact]
    public async Task AnEncodingThatIsNotTheCanonicalOneIsRefused()
    {
        var body = Body();
        body.Sender = Network.Funded.Address.ToByteString();
        var canonical = body.ToByteArray();
        // The nonce, a default, written out; and the signature before the body.
        await SubmitIsRefusedAsync(Envelope([.. canonical, 0x18, 0x00]), TransactionFault.NotCanonical);
        var signature = Network.Funded.Sign(Transaction.HashOf(canonical).Value).WithoutRecoveryId.Bytes;
        byte[] swapped = [.. new TransactionEnvelope { Signature = ByteString.CopyFrom(signature) }.ToByteArray(), .. new TransactionEnvelope { Body = ByteString.CopyFrom(canonical) }.ToByteArray()];
        await SubmitIsRefusedAsync(swapped, TransactionFault.NotCanonical);
        // A field that nobody knows.
        await SubmitIsRefusedAsync(Envelope([.. canonical, 0xf8, 0x07, 0x01]), TransactionFault.NotCanonical);
    }

    [Fact]
    public async Task ATransactionOfAnotherSignerChainOrShapeIsRefused()
    {
        var good = Signed(Body());
        var wrongSignature = (byte[])good.Clone();
        wrongSignature[^5] ^= 1;
        await SubmitIsRefusedAsync(wrongSignature, TransactionFault.WrongSignature, TransactionFault.MalformedSignature);

        var stolen = Body();
        stolen.Sender = PrivateKey.Generate().Address.ToByteString();
        await SubmitIsRefusedAsync(Envelope(stolen.ToByteArray()), TransactionFault.WrongSignature);

        await SubmitIsRefusedAsync(Signed(Body(b => b.Genesis = Hash256.Sha256("another chain"u8).ToByteString())), TransactionFault.WrongChain);
        await SubmitIsRefusedAsync(Raw(b => b.Genesis = ByteString.Empty), TransactionFault.WrongChain);
        await SubmitIsRefusedAsync(Raw(b => b.Fee = ByteString.CopyFrom(new byte[15])), TransactionFault.MalformedFee);
        await SubmitIsRefusedAsync(Raw(b => b.ClearMessage()), TransactionFault.NoMessage);
        await SubmitIsRefusedAsync(Raw(b => b.Transfer.To = ByteString.CopyFrom(new byte[19])), TransactionFault.MalformedMessage);
        await SubmitIsRefusedAsync(Raw(b => b.Transfer.Amount = ByteString.CopyFrom(new byte[17])), TransactionFault.MalformedMessage);
        await SubmitIsRefusedAsync(Raw(b => b.Transfer.Memo = new string('x', Limits.MemoBytesMax + 1)), TransactionFault.MemoTooLong);
    }

    [Fact]
    public async Task WhatTheStateDoesNotAllowIsAFailedPrecondition()
    {
        await PreconditionFailsAsync("NonceTooFarAhead", Signed(Body(b => b.Nonce = 1_000_000_000)));
        var next = await NextAsync();
        await PreconditionFailsAsync("FeeTooLow", Signed(Body(b => (b.Nonce, b.Fee) = (next, Amount.Zero.ToByteString()))));
        await PreconditionFailsAsync("FeesNotPayable", Signed(Body(b => (b.Nonce, b.Fee) = (next, new Amount(UInt128.MaxValue).ToByteString()))));
        await Node.ReachesAsync(2);
        await PreconditionFailsAsync("Expired", Signed(Body(b => (b.Nonce, b.ExpiryHeight) = (next, 1))));
        await PreconditionFailsAsync("NotAValidator", Signed(ProtocolBody()));
    }

    [Theory]
    [InlineData("no message", "")]
    [InlineData("truncated prefix", "000000")]
    [InlineData("truncated message", "0000000005 0a03")]
    [InlineData("no protobuf", "0000000003 ffffff")]
    [InlineData("length beyond the field", "0000000003 0a7f61")]
    [InlineData("two messages", "0000000000 0000000000")]
    [InlineData("bytes after the message", "0000000000 00")]
    [InlineData("compressed", "0100000000")]
    [InlineData("unknown flag", "0700000000")]
    [InlineData("four gigabytes", "00ffffffff")]
    [InlineData("groups in groups", "0000000008 0b0b0b0b0b0b0b0b")]
    public async Task AMalformedFrameHasANamedStatusOnEveryMethod(string what, string hex)
    {
        foreach (var path in new[] { ApiMethods.GetBlock.Path, ApiMethods.StreamBlocks.Path, ApiMethods.GetAccount.Path, ApiMethods.GetSupply.Path, ApiMethods.Submit.Path, ApiMethods.GetTransaction.Path, ApiMethods.GetValidators.Path })
        {
            var (status, message) = await PostAsync(path, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
            Assert.True(status is not StatusCode.Ok, $"{what} to {path} is taken");
            AssertHarmless(new RpcStatus(status, message));
        }

        await GoesOnAsync();
    }

    [Fact]
    public async Task AnUnknownMethodIsUnimplemented()
    {
        Assert.Equal(StatusCode.Unimplemented, (await PostAsync("/neurochain.v1.ChainService/Destroy", new byte[5])).Status);
        Assert.Equal(StatusCode.Unimplemented, (await PostAsync("/neurochain.v1.NoService/Get", new byte[5])).Status);
        await GoesOnAsync();
    }

    [Fact]
    public async Task BytesThatAreNotEvenHttpEndTheirConnectionOnly()
    {
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPEndPoint.Parse(Node.Api), Cancelled);
            var garbage = new byte[random.Next(1, 4000)];
            random.NextBytes(garbage);
            var stream = client.GetStream();
            // Every other one speaks the preface of HTTP/2 first, so that the garbage is read as frames.
            if (i % 2 == 0) await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Cancelled);
            try
            {
                await stream.WriteAsync(garbage, Cancelled);
                client.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null, Cancelled);
            }
            catch (IOException)
            {
                // The node has hung up already.
            }
        }

        await GoesOnAsync();
    }

    private Task<TResponse> CallAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Channel.UnaryAsync(method, request, null, Cancelled);

    private async Task SubmitIsRefusedAsync(byte[] bytes, params TransactionFault[] faults)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(ApiMethods.Submit, new SubmitRequest { Transaction = ByteString.CopyFrom(bytes) }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(refused.Status.Message, faults.Select(fault => $"transaction: {fault}"));
        await GoesOnAsync();
    }

    private Task PreconditionFailsAsync(string reason, byte[] bytes) =>
        RefusedAsync(StatusCode.FailedPrecondition, reason, CallAsync(ApiMethods.Submit, new SubmitRequest { Transaction = ByteString.CopyFrom(bytes) }));

    private async Task RefusedAsync(StatusCode code, string words, Task call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(words, refused.Status.Message, StringComparison.Ordinal);
        AssertHarmless(refused.Status);
        await GoesOnAsync();
    }

    /// <summary>The text is for whoever reads it: a sentence, nothing of the inside.</summary>
    private static void AssertHarmless(RpcStatus status)
    {
        Assert.False(string.IsNullOrEmpty(status.Message), $"{status.Code} without a message");
        Assert.DoesNotContain("internal error", status.Message, StringComparison.Ordinal); // what the server says of a handler that failed
        Assert.DoesNotContain("Exception", status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', status.Message);
    }

    private async Task GoesOnAsync()
    {
        Assert.True((await Node.StatusAsync()).Validators > 0);
        Assert.Empty(Node.ErrorLines);
    }

    private async Task<Node.V1.Block> FirstAsync(StreamBlocksRequest request)
    {
        await foreach (var block in Channel.ServerStreaming(ApiMethods.StreamBlocks, request, Eventually.Limit, Cancelled)) return block;
        throw new InvalidOperationException("the stream ended without a block");
    }

    private async Task<(StatusCode Status, string Message)> PostAsync(string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{Node.Api}{path}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await Http.SendAsync(request, Cancelled);
        await response.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) ? trailer : response.Headers.GetValues("grpc-status");
        var message = response.TrailingHeaders.TryGetValues("grpc-message", out var text) || response.Headers.TryGetValues("grpc-message", out text) ? text.Single() : "";
        return ((StatusCode)int.Parse(status.Single(), CultureInfo.InvariantCulture), Uri.UnescapeDataString(message));
    }

    // Other tests of the network pay from the same account before this one, or after.
    private async Task<ulong> NextAsync() => (await Node.Client.AccountAsync(Network.Funded.Address, Cancelled)).NextNonce;

    private TransactionBody Body(Action<TransactionBody>? change = null)
    {
        var body = new TransactionBody
        {
            Genesis = Network.Genesis.Hash.Value.ToByteString(),
            Fee = Network.Genesis.Parameters.FeeMin.ToByteString(),
            Transfer = new Transfer { To = Network.Nodes[0].Identity.ToByteString(), Amount = new Amount(1).ToByteString() },
        };
        change?.Invoke(body);
        return body;
    }

    private TransactionBody ProtocolBody() => new()
    {
        Genesis = Network.Genesis.Hash.Value.ToByteString(),
        SeedChainRegistration = new SeedChainRegistration { Tip = Hash256.Sha256("tip"u8).ToByteString(), Length = 100 },
    };

    private byte[] Signed(TransactionBody body) => Transaction.Sign(body, Network.Funded).Bytes.ToArray();

    /// <summary>Signed although the shape is wrong.</summary>
    private byte[] Raw(Action<TransactionBody> change)
    {
        var body = Body();
        body.Sender = Network.Funded.Address.ToByteString();
        change(body);
        return Envelope(body.ToByteArray());
    }

    private byte[] Envelope(byte[] body) => new TransactionEnvelope
    {
        Body = ByteString.CopyFrom(body),
        Signature = ByteString.CopyFrom(Network.Funded.Sign(Transaction.HashOf(body).Value).WithoutRecoveryId.Bytes),
    }.ToByteArray();
}
