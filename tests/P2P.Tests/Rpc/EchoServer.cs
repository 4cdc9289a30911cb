using System.Net;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;
using NeuroChain.P2P.Tests.Protos;

namespace NeuroChain.P2P.Tests;

/// <summary>A server on a free port whose methods do what the request's text says.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public const int MaxReceiveSizeBytes = 64 * 1024;

    public static readonly ServiceDescriptor Service = EchoReflection.Descriptor.FindTypeByName<ServiceDescriptor>("Echo");
    public static readonly RpcMethod<Note, Note> Say = new(Service, "Say");
    public static readonly RpcMethod<Note, Note> Repeat = new(Service, "Repeat");
    public static readonly RpcMethod<Note, Note> Join = new(Service, "Join");
    public static readonly RpcMethod<Note, Note> Chat = new(Service, "Chat");

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required RpcServer Server { get; init; }

    public required RpcChannel Channel { get; init; }

    public RecordingLoggers Loggers { get; private init; } = new();

    public required HealthStatus Health { get; init; }

    public Uri Address => new($"http://127.0.0.1:{Server.Port}");

    /// <summary>Done when a handler that waits for its token saw it end.</summary>
    public Task SawCancellation => _cancelled.Task;

    public static async Task<EchoServer> StartAsync(RpcChannelOptions? client = null)
    {
        EchoServer? self = null;
        var loggers = new RecordingLoggers();
        var health = new HealthStatus();
        var service = CreateService(() => self!._cancelled.TrySetResult());
        IReadOnlyList<RpcService> services =
            [service, health.CreateService(), .. new ServerReflection([Service]).CreateServices()];
        var options = new RpcServerOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Name = "the test" };
        var server = await RpcServer.StartAsync(options, services, loggers);
        self = new EchoServer
        {
            Server = server,
            Channel = new RpcChannel(new Uri($"http://127.0.0.1:{server.Port}"), client),
            Loggers = loggers,
            Health = health,
        };
        return self;
    }

    public Task<Note> SayAsync(Note note) => Channel.UnaryAsync(Say, note, cancellationToken: Eventually.Deadline);

    public IAsyncEnumerable<Note> Repeating(Note note, CancellationToken? cancellationToken = null) =>
        Channel.ServerStreaming(Repeat, note, cancellationToken: cancellationToken ?? Eventually.Deadline);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        Loggers.Dispose();
    }

    private static RpcService CreateService(Action cancelled) => new RpcService(Service, MaxReceiveSizeBytes)
        .Unary<Note, Note>("Say", async (note, call) =>
        {
            switch (note.Text)
            {
                case "fail": throw new RpcException(StatusCode.FailedPrecondition, "grün: 100 %\nsecond line");
                case "bug": throw new InvalidOperationException("secret detail");
                case "wait":
                    await WaitAsync(call, cancelled);
                    break;
                case "large": return new Note { Text = new string('x', note.Count) };
            }

            return new Note { Text = note.Text, Count = note.Count + 1 };
        })
        .ServerStreaming<Note, Note>("Repeat", async (note, responses, call) =>
        {
            for (var i = 0; i < note.Count; i++) await responses.WriteAsync(new Note { Text = note.Text, Count = i });
            if (note.Text == "fail") throw new RpcException(StatusCode.DataLoss, "after the messages");
            if (note.Text == "wait") await WaitAsync(call, cancelled);
        })
        .ClientStreaming<Note, Note>("Join", async (notes, call) =>
        {
            var texts = new List<string>();
            await foreach (var note in notes.ReadAllAsync(call.CancellationToken)) texts.Add(note.Text);
            return new Note { Text = string.Join('+', texts), Count = texts.Count };
        })
        .Duplex<Note, Note>("Chat", async (notes, responses, call) =>
        {
            await call.WriteResponseHeadersAsync();
            await foreach (var note in notes.ReadAllAsync(call.CancellationToken)) await responses.WriteAsync(note);
        })
        .Unary<Tree, Note>("Measure", (tree, _) => Task.FromResult(new Note()));

    private static async Task WaitAsync(ServerCallContext call, Action cancelled)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }
        finally
        {
            cancelled();
        }
    }
}
