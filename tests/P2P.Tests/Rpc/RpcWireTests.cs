using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using NeuroChain.P2P.Tests.Protos;

namespace NeuroChain.P2P.Tests;

/// <summary>What other clients, broken ones and hostile ones send: bytes made by hand.</summary>
public sealed class RpcWireTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Limit => Eventually.Deadline;

    [Fact]
    public async Task AWellFormedCallMadeByHandIsAnswered()
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Say", Frame(new Note { Text = "hi" }.ToByteArray()));
        var body = await response.Content.ReadAsByteArrayAsync(Limit);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(new Note { Text = "hi", Count = 1 }, Note.Parser.ParseFrom(body.AsSpan(5)));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("no message", "", StatusCode.Internal)]
    [InlineData("truncated prefix", "000000", StatusCode.Internal)]
    [InlineData("truncated message", "0000000005 0a03", StatusCode.Internal)]
    [InlineData("no protobuf", "0000000003 ffffff", StatusCode.InvalidArgument)]
    [InlineData("length beyond the field", "0000000003 0a7f61", StatusCode.InvalidArgument)]
    [InlineData("two messages", "0000000000 0000000000", StatusCode.Internal)]
    [InlineData("bytes after the message", "0000000000 00", StatusCode.Internal)]
    [InlineData("compressed", "0100000000", StatusCode.Unimplemented)]
    [InlineData("unknown flag", "0200000000", StatusCode.Internal)]
    [InlineData("one byte too large", "0000010001", StatusCode.ResourceExhausted)]
    [InlineData("four gigabytes", "00ffffffff", StatusCode.ResourceExhausted)]
    public async Task AMalformedBodyHasItsStatus(string what, string hex, StatusCode expected)
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Say", Convert.FromHexString(hex.Replace(" ", "")));
        Assert.True(expected == StatusOf(response), $"{what}: {StatusOf(response)}");
        Assert.Empty(echo.Loggers.Errors);
        Assert.Equal("hi", (await echo.Channel.UnaryAsync(EchoServer.Say, new Note { Text = "hi" }, cancellationToken: Limit)).Text);
    }

    [Fact]
    public async Task AMessageOfExactlyTheLimitIsTaken()
    {
        await using var echo = await EchoServer.StartAsync();
        // Tag and a length of three bytes precede the text.
        var note = new Note { Text = new string('x', EchoServer.MaxReceiveSizeBytes - 4) };
        Assert.Equal(EchoServer.MaxReceiveSizeBytes, note.CalculateSize());
        using var response = await PostAsync(echo, "Say", Frame(note.ToByteArray()));
        await response.Content.ReadAsByteArrayAsync(Limit);
        Assert.Equal(StatusCode.Ok, StatusOf(response));
    }

    [Fact]
    public async Task AMessageNestedTooDeepIsRefused()
    {
        await using var echo = await EchoServer.StartAsync();
        var body = Array.Empty<byte>();
        // Built from the inside: protobuf's own writer would be as deep.
        for (var depth = 0; depth < 200; depth++)
        {
            var length = new MemoryStream();
            using (var output = new CodedOutputStream(length, leaveOpen: true)) output.WriteLength(body.Length);
            body = [0x0a, .. length.ToArray(), .. body];
        }

        using var response = await PostAsync(echo, "Measure", Frame(body));
        Assert.Equal(StatusCode.InvalidArgument, StatusOf(response));
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    public async Task OnlyGrpcOverProtobufIsServed(string contentType, HttpStatusCode expected)
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Say", Frame([]), contentType: contentType);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task AGetIsNotAllowed()
    {
        await using var echo = await EchoServer.StartAsync();
        using var request = Request(echo, HttpMethod.Get, "Say");
        using var response = await Http.SendAsync(request, Limit);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("POST", Assert.Single(response.Content.Headers.Allow));
    }

    [Fact]
    public async Task AnUnknownMethodIsUnimplementedInTheHeadersAlone()
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Nothing", Frame([]));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Limit));
    }

    [Fact]
    public async Task AnotherPathIsNotFound()
    {
        await using var echo = await EchoServer.StartAsync();
        using var request = Request(echo, HttpMethod.Get, "Say");
        request.RequestUri = new Uri(echo.Address, "/favicon.ico");
        using var response = await Http.SendAsync(request, Limit);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("5s")]
    [InlineData("-5S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    public async Task AMalformedTimeoutIsRefused(string timeout)
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Say", Frame([]), timeout);
        Assert.Equal(StatusCode.InvalidArgument, StatusOf(response));
    }

    [Fact]
    public async Task ATimeoutEndsTheCallWithoutTheClientsHelp()
    {
        await using var echo = await EchoServer.StartAsync();
        using var response = await PostAsync(echo, "Say", Frame(new Note { Text = "wait" }.ToByteArray()), "20m");
        Assert.Equal(StatusCode.DeadlineExceeded, StatusOf(response));
    }

    [Theory]
    [InlineData("8n", 0)]
    [InlineData("2000n", 20)]
    [InlineData("7u", 70)]
    [InlineData("5m", 50_000)]
    [InlineData("99999999S", 24 * TimeSpan.TicksPerDay)]
    [InlineData("2S", 20_000_000)]
    [InlineData("3M", 3 * TimeSpan.TicksPerMinute)]
    [InlineData("4H", 4 * TimeSpan.TicksPerHour)]
    [InlineData("99999999H", 24 * TimeSpan.TicksPerDay)]
    public void TimeoutsHaveTheirUnits(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(TimeSpan.FromTicks(ticks), timeout);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99_999_999)]
    [InlineData(100_000_000)]
    [InlineData(99_999_999_999)]
    public void AWrittenTimeoutIsReadAsWhatItIs(long microseconds)
    {
        var timeout = TimeSpan.FromMicroseconds(microseconds);
        Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var read));
        Assert.InRange(timeout - read, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void AStatusTextSurvivesItsEncoding() =>
        Prop.ForAll<string>(text => text is null || StatusText.Decode(StatusText.Encode(Valid(text))) == Valid(text))
            .QuickCheckThrowOnFailure();

    private static string Valid(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("%41%", "A%")]
    public void ABrokenEscapeStaysAsItIs(string encoded, string decoded) => Assert.Equal(decoded, StatusText.Decode(encoded));

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static HttpRequestMessage Request(EchoServer echo, HttpMethod method, string name) =>
        new(method, new Uri(echo.Address, $"/neurochain.tests.Echo/{name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static async Task<HttpResponseMessage> PostAsync(
        EchoServer echo, string name, byte[] body, string? timeout = null, string contentType = "application/grpc")
    {
        using var request = Request(echo, HttpMethod.Post, name);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (timeout is not null) Assert.True(request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        return await Http.SendAsync(request, Limit);
    }

    private static StatusCode StatusOf(HttpResponseMessage response)
    {
        if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status)) status = response.Headers.GetValues("grpc-status");
        return (StatusCode)int.Parse(status.Single());
    }
}
