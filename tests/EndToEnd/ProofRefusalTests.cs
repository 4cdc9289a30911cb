using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.EndToEnd;

/// <summary>Proofs that are not to be had: each question has its named answer, whatever client asks.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed class ProofRefusalTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    private static readonly ByteString Nowhere = Hash256.Sha256("nowhere"u8).ToByteString();

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public async Task SoManyRecordsAreAskedForAtOnce(int keys) =>
        await RefusedAsync(StatusCode.InvalidArgument, $"keys: 1 to 64 wanted, {keys} given", ProveAsync(0, [.. Enumerable.Repeat(Account(), keys)]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(257)]
    public async Task AKeyHasItsLength(int length) => await RefusedAsync(
        StatusCode.InvalidArgument, $"key: 2 to 256 bytes wanted, {length} given", ProveAsync(0, new StateSelector { Key = ByteString.CopyFrom(new byte[length]) }));

    [Fact]
    public async Task WhatIsAskedForIsNamed()
    {
        await RefusedAsync(StatusCode.InvalidArgument, "keys: key, account, model or task wanted", ProveAsync(0, new StateSelector()));
        await RefusedAsync(StatusCode.InvalidArgument, "account: 20 bytes wanted, 32 given", ProveAsync(0, new StateSelector { Account = Nowhere }));
        await RefusedAsync(StatusCode.InvalidArgument, "model: 32 bytes wanted, 1 given", ProveAsync(0, new StateSelector { Model = ByteString.CopyFrom(1) }));
        await RefusedAsync(StatusCode.InvalidArgument, "task: 32 bytes wanted, 1 given", ProveAsync(0, new StateSelector { Task = ByteString.CopyFrom(1) }));
        await RefusedAsync(StatusCode.InvalidArgument, "root: 32 bytes wanted, 1 given", Call(ApiMethods.GetValidatorSet, new GetValidatorSetRequest { Root = ByteString.CopyFrom(1) }));
        await RefusedAsync(StatusCode.InvalidArgument, "hash: 32 bytes wanted, 1 given", Call(ApiMethods.ProveTransaction, new ProveTransactionRequest { Hash = ByteString.CopyFrom(1) }));
    }

    [Fact]
    public async Task WhatTheNextHeaderProvesIsNotProvedBeforeIt()
    {
        foreach (var height in new[] { 9_999_999UL, ulong.MaxValue })
        {
            var refusal = $"the state after {height} is proved by the next header, which is not decided yet";
            await RefusedAsync(StatusCode.FailedPrecondition, refusal, ProveAsync(height, Account()));
            await RefusedAsync(StatusCode.FailedPrecondition, refusal, Call(ApiMethods.ProveBridgeLeaf, new ProveBridgeLeafRequest { Height = height }));
        }
    }

    [Fact]
    public async Task WhatIsNotThereIsNotFound()
    {
        await RefusedAsync(StatusCode.NotFound, "no block at height 9999999", Call(ApiMethods.GetLightBlock, new GetLightBlockRequest { Height = 9_999_999 }));
        await Network.AllReachAsync(3);
        await RefusedAsync(StatusCode.NotFound, "after block 1 there is no bridge leaf 0: the range has 0", Call(ApiMethods.ProveBridgeLeaf, new ProveBridgeLeafRequest { Height = 1 }));
        await RefusedAsync(StatusCode.NotFound, "no set with this root is kept", Call(ApiMethods.GetValidatorSet, new GetValidatorSetRequest { Root = Nowhere }));
        await RefusedAsync(StatusCode.NotFound, "height 9999999 is not decided here, or no longer kept", Call(ApiMethods.GetCertificates, new GetCertificatesRequest { Height = 9_999_999 }));
        await RefusedAsync(StatusCode.NotFound, "the transaction is in no block of this node", Call(ApiMethods.ProveTransaction, new ProveTransactionRequest { Hash = Nowhere }));
    }

    private StateSelector Account() => new() { Account = Network.Funded.Address.ToByteString() };

    private async Task ProveAsync(ulong height, params StateSelector[] keys)
    {
        await Network.AllReachAsync(3); // before that there is nothing that could be proved
        await Call(ApiMethods.ProveState, new ProveStateRequest { Height = height, Keys = { keys } });
    }

    private Task<TResponse> Call<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Network.Nodes[2].Client.Channel.UnaryAsync(method, request, null, Cancelled);

    private static async Task RefusedAsync(StatusCode code, string words, Task call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((code, words), (refused.StatusCode, refused.Status.Message));
    }
}
