using System.Net;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.P2P.Tests.Protos;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace NeuroChain.P2P.Tests;

public sealed class RpcCallTests
{
    private static CancellationToken Limit => Eventually.Deadline;

    [Fact]
    public async Task AUnaryCallIsAnswered()
    {
        await using var echo = await EchoServer.StartAsync();
        var answer = await echo.SayAsync(new Note { Text = "hi", Count = 1 });
        Assert.Equal(new Note { Text = "hi", Count = 2 }, answer);
    }

    [Fact]
    public async Task ManyCallsShareAConnection()
    {
        await using var echo = await EchoServer.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            echo.SayAsync(new Note { Text = "hi", Count = i })));
        Assert.Equal(Enumerable.Range(1, 200), answers.Select(a => a.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task AServerStreamArrivesWholeAndInOrder(int count)
    {
        await using var echo = await EchoServer.StartAsync();
        var counts = new List<int>();
        await foreach (var note in echo.Repeating(new Note { Count = count }))
            counts.Add(note.Count);
        Assert.Equal(Enumerable.Range(0, count), counts);
    }

    [Fact]
    public async Task AStatusAfterMessagesReachesTheReaderOfTheStream()
    {
        await using var echo = await EchoServer.StartAsync();
        var seen = 0;
        var e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in echo.Repeating(new Note { Text = "fail", Count = 3 }))
                seen++;
        });
        Assert.Equal(3, seen);
        Assert.Equal(new RpcStatus(StatusCode.DataLoss, "after the messages"), e.Status);
    }

    [Fact]
    public async Task AClientStreamIsAnsweredOnce()
    {
        await using var echo = await EchoServer.StartAsync();
        using var call = echo.Channel.ClientStreaming(EchoServer.Join, cancellationToken: Limit);
        await call.RequestStream.WriteAsync(new Note { Text = "a" }, Limit);
        Assert.True(call.RequestStream.Buffer(new Note { Text = "b" }) > 0);
        await call.RequestStream.CompleteAsync();
        Assert.Equal("a+b", (await call.ResponseAsync).Text);
    }

    [Fact]
    public async Task BothSidesOfADuplexCallTakeTurns()
    {
        await using var echo = await EchoServer.StartAsync();
        using var call = echo.Channel.Duplex(EchoServer.Chat, cancellationToken: Limit);
        for (var i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(new Note { Count = i }, Limit);
            Assert.True(await call.ResponseStream.MoveNext(Limit));
            Assert.Equal(i, call.ResponseStream.Current.Count);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Limit));
    }

    [Fact]
    public async Task AServerThatSpeaksFirstIsHeardBeforeTheClientWrites()
    {
        await using var echo = await EchoServer.StartAsync();
        using var call = echo.Channel.Duplex(EchoServer.Chat, cancellationToken: Limit);
        await call.ResponseHeadersAsync.WaitAsync(Limit);
    }

    [Fact]
    public async Task AHandlersStatusComesWithItsTextUnharmed()
    {
        await using var echo = await EchoServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.SayAsync(new Note { Text = "fail" }));
        Assert.Equal(new RpcStatus(StatusCode.FailedPrecondition, "grün: 100 %\nsecond line"), e.Status);
        Assert.Empty(echo.Loggers.Errors);
    }

    [Fact]
    public async Task ABugIsInternalWithoutDetailAndLogged()
    {
        await using var echo = await EchoServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.SayAsync(new Note { Text = "bug" }));
        Assert.Equal(new RpcStatus(StatusCode.Internal, "internal error"), e.Status);
        Assert.Contains("secret detail", Assert.Single(echo.Loggers.Errors));
    }

    [Fact]
    public async Task ADeadlineEndsTheCallOnBothSides()
    {
        await using var echo = await EchoServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(() =>
            echo.Channel.UnaryAsync(EchoServer.Say, new Note { Text = "wait" }, TimeSpan.FromMilliseconds(50), Limit));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        await echo.SawCancellation.WaitAsync(Limit);
    }

    [Fact]
    public async Task TheDefaultDeadlineCountsWhereACallHasNone()
    {
        await using var echo = await EchoServer.StartAsync(new RpcChannelOptions { DefaultDeadline = TimeSpan.FromMilliseconds(50) });
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.SayAsync(new Note { Text = "wait" }));
        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task ACancelledCallEndsTheHandler()
    {
        await using var echo = await EchoServer.StartAsync();
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in echo.Repeating(new Note { Text = "wait", Count = 1 }, source.Token))
                await source.CancelAsync();
        });
        await echo.SawCancellation.WaitAsync(Limit);
        Assert.Empty(echo.Loggers.Errors);
    }

    [Fact]
    public async Task LeavingTheLoopEndsTheHandler()
    {
        await using var echo = await EchoServer.StartAsync();
        await foreach (var _ in echo.Repeating(new Note { Text = "wait", Count = 1 })) break;
        await echo.SawCancellation.WaitAsync(Limit);
    }

    [Fact]
    public async Task StoppingTheServerEndsItsStreams()
    {
        var echo = await EchoServer.StartAsync();
        await using var responses = echo.Repeating(new Note { Text = "wait", Count = 1 })
            .GetAsyncEnumerator(Limit);
        Assert.True(await responses.MoveNextAsync());
        await echo.Server.DisposeAsync();
        var e = await Assert.ThrowsAsync<RpcException>(async () => await responses.MoveNextAsync());
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await echo.DisposeAsync();
    }

    [Fact]
    public async Task ARequestBeyondTheLimitIsRefused()
    {
        await using var echo = await EchoServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.Channel.UnaryAsync(
            EchoServer.Say, new Note { Text = new string('x', EchoServer.MaxReceiveSizeBytes) }, cancellationToken: Limit));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task AResponseBeyondTheClientsLimitIsRefused()
    {
        await using var echo = await EchoServer.StartAsync(new RpcChannelOptions { MaxReceiveSizeBytes = 1000 });
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.SayAsync(new Note { Text = "large", Count = 1001 }));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Equal(900, (await echo.SayAsync(new Note { Text = "large", Count = 900 })).Text.Length);
    }

    [Fact]
    public async Task AMessageLargerThanTheFlowControlWindowArrives()
    {
        await using var echo = await EchoServer.StartAsync(new RpcChannelOptions { MaxReceiveSizeBytes = 64 << 20 });
        var answer = await echo.SayAsync(new Note { Text = "large", Count = 32 << 20 });
        Assert.Equal(32 << 20, answer.Text.Length);
    }

    [Fact]
    public async Task AnUnknownServiceIsUnimplemented()
    {
        await using var echo = await EchoServer.StartAsync();
        var e = await Assert.ThrowsAsync<RpcException>(() =>
            echo.Channel.UnaryAsync(new RpcMethod<Note, Note>(OtherService(), "Say"), new Note(), cancellationToken: Limit));
        Assert.Equal(StatusCode.Unimplemented, e.StatusCode);
    }

    [Fact]
    public async Task NobodyListeningIsUnavailable()
    {
        var echo = await EchoServer.StartAsync();
        var address = echo.Address;
        await echo.DisposeAsync();
        using var channel = new RpcChannel(address);
        var e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(EchoServer.Say, new Note(), cancellationToken: Limit));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task APortInUseIsTheOperatorsToSolve()
    {
        await using var echo = await EchoServer.StartAsync();
        var options = new RpcServerOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, echo.Server.Port), Name = "the API" };
        var e = await Assert.ThrowsAsync<OperatorException>(() => RpcServer.StartAsync(options, [], NullLoggerFactory.Instance, Limit));
        Assert.StartsWith($"port {echo.Server.Port} is in use: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void AServiceWithoutAllItsHandlersDoesNotStart()
    {
        var service = new RpcService(EchoServer.Service).Unary<Note, Note>("Say", (note, _) => Task.FromResult(note));
        Assert.Contains("Repeat", Assert.Throws<InvariantException>(service.RequireComplete).Message);
    }

    [Fact]
    public void AHandlerOfAnotherShapeIsRefused()
    {
        var service = new RpcService(EchoServer.Service);
        Assert.Throws<InvariantException>(() => service.Unary<Note, Note>("Nothing", (note, _) => Task.FromResult(note)));
        Assert.Throws<InvariantException>(() => service.Unary<Note, Note>("Repeat", (note, _) => Task.FromResult(note)));
        Assert.Throws<InvariantException>(() => service.Unary<Tree, Note>("Say", (_, _) => Task.FromResult(new Note())));
        Assert.Throws<InvariantException>(() => service.Unary<Note, Tree>("Say", (_, _) => Task.FromResult(new Tree())));
    }

    [Fact]
    public async Task HealthIsToldAndWatched()
    {
        var descriptor = HealthReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("Health");
        var check = new RpcMethod<HealthCheckRequest, HealthCheckResponse>(descriptor, "Check");
        var watch = new RpcMethod<HealthCheckRequest, HealthCheckResponse>(descriptor, "Watch");
        await using var echo = await EchoServer.StartAsync();
        var whole = await echo.Channel.UnaryAsync(check, new HealthCheckRequest(), cancellationToken: Limit);
        Assert.Equal(ServingStatus.Serving, whole.Status);
        var request = new HealthCheckRequest { Service = "chain" };
        var e = await Assert.ThrowsAsync<RpcException>(() => echo.Channel.UnaryAsync(check, request, cancellationToken: Limit));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);

        var statuses = new List<ServingStatus>();
        await foreach (var response in echo.Channel.ServerStreaming(watch, request, cancellationToken: Limit))
        {
            statuses.Add(response.Status);
            if (statuses.Count == 3) break;
            echo.Health.Set("chain", serving: statuses.Count == 1);
        }

        Assert.Equal([ServingStatus.ServiceUnknown, ServingStatus.Serving, ServingStatus.NotServing], statuses);
        Assert.Equal(ServingStatus.NotServing, (await echo.Channel.UnaryAsync(check, request, cancellationToken: Limit)).Status);
    }

    [Fact]
    public async Task ReflectionListsServicesAndGivesTheirFiles()
    {
        var descriptor = ReflectionReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("ServerReflection");
        var info = new RpcMethod<ServerReflectionRequest, ServerReflectionResponse>(descriptor, "ServerReflectionInfo");
        await using var echo = await EchoServer.StartAsync();
        using var call = echo.Channel.Duplex(info, cancellationToken: Limit);

        async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request, Limit);
            Assert.True(await call.ResponseStream.MoveNext(Limit));
            return call.ResponseStream.Current;
        }

        var list = await AskAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.Contains("neurochain.tests.Echo", list.ListServicesResponse.Service.Select(s => s.Name));
        Assert.Contains("grpc.reflection.v1alpha.ServerReflection", list.ListServicesResponse.Service.Select(s => s.Name));
        var bySymbol = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "neurochain.tests.Echo.Say" });
        Assert.Equal(EchoReflection.Descriptor.SerializedData, Assert.Single(bySymbol.FileDescriptorResponse.FileDescriptorProto));
        var byName = await AskAsync(new ServerReflectionRequest { FileByFilename = "echo.proto" });
        Assert.Equal(bySymbol.FileDescriptorResponse, byName.FileDescriptorResponse);
        var unknown = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "nothing" });
        Assert.Equal((int)StatusCode.NotFound, unknown.ErrorResponse.ErrorCode);
    }

    private static Google.Protobuf.Reflection.ServiceDescriptor OtherService() =>
        OtherReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("Other");
}
