using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>What the page's port answers to whoever speaks HTTP to it, friend or not.</summary>
[Collection(PageCollection.Name)]
public sealed class PageHttpTests(PageFixture fixture) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{fixture.Page.Endpoint}") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("/bridge", "text/html; charset=utf-8")]
    [InlineData("/bridge/solvency", "text/html; charset=utf-8")]
    [InlineData("/bridge/style.css", "text/css; charset=utf-8")]
    [InlineData("/bridge/js/main.js", "text/javascript; charset=utf-8")]
    [InlineData("/bridge/icon.svg", "image/svg+xml")]
    public async Task FilesComeWithTheirTypeUnderAStrictPolicyAndOnlyOnce(string path, string type)
    {
        using var response = await _http.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, $"{response.Content.Headers.ContentType}");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));

        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { response.Headers.ETag! } } };
        using var same = await _http.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Stop));
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Stop);
        Assert.Equal(response.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    /// <summary>Nothing runs from text and nothing is loaded from elsewhere: what the policy forbids is not written either.</summary>
    [Fact]
    public void TheFilesKeepThePolicy()
    {
        Assert.True(PageFiles.ByPath.Count > 15);
        foreach (var (path, file) in PageFiles.ByPath)
        {
            var text = Encoding.UTF8.GetString(file.Content);
            foreach (var forbidden in new[] { "https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", " style=\"", " onclick=", "<script>", "@import", "url(" })
                Assert.False(text.Replace("https://your-node", "", StringComparison.Ordinal).Contains(forbidden, StringComparison.Ordinal), $"{path}: {forbidden}");
        }
    }

    [Theory]
    [InlineData("/bridge/../Program.cs")]
    [InlineData("/bridge/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/bridge/js")]
    [InlineData("/bridge/js/")]
    [InlineData("/bridge/index.html")]
    [InlineData("/Bridge")]
    [InlineData("/bridge/api")]
    [InlineData("/bridge/api/")]
    [InlineData("/bridge/api/status/")]
    [InlineData("/bridge/api/../api/status")]
    [InlineData("/neurochain.v1.TransactionService/Submit")]
    public async Task NothingElseIsThere(string target)
    {
        // As it stands: a client of our own would tidy it up.
        var answer = await RawAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        // A server that folds dots first may come to a file that is there; never to anything else.
        if (target.EndsWith("../api/status", StringComparison.Ordinal)) Assert.Contains("\"ethereumChainId\"", answer, StringComparison.Ordinal);
        else Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/bridge/")]
    public async Task TheRootLeadsToThePage(string path)
    {
        using var response = await _http.GetAsync(path, Stop);
        Assert.Equal((HttpStatusCode.Redirect, "/bridge"), (response.StatusCode, $"{response.Headers.Location}"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public async Task WhateverIsNotReadingIsRefused(string method)
    {
        var answer = await RawAsync($"{method} /bridge/api/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 405", answer, StringComparison.Ordinal);
        Assert.Contains("Allow: GET, HEAD", answer, StringComparison.Ordinal);
    }

    /// <summary>The one thing that is taken: a withdrawal with a wallet's signature. The body is judged before the node hears of it.</summary>
    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("""{"chain":"0x00","from":"","to":"","amount":"","fee":"","nonce":"","expiryHeight":"","x":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"chain":"CHAIN","from":"ACCOUNT","to":"ACCOUNT","amount":"1 NTK","fee":"1 NTK","nonce":"0","expiryHeight":"0"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"chain":"CHAIN","from":"ACCOUNT","to":"ACCOUNT","amount":"1","fee":"1 NTK","nonce":"0","expiryHeight":"0","signature":"SIGNATURE"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"chain":"CHAIN","from":"ACCOUNT","to":"ACCOUNT","amount":"1 NTK","fee":"1 NTK","nonce":"0","expiryHeight":"0","signature":"SIGNATURE"}""", HttpStatusCode.ServiceUnavailable)] // this API takes no transactions
    public async Task OnlySignedTermsArePassedOn(string json, HttpStatusCode expected)
    {
        json = json.Replace("CHAIN", Hash256.Zero.ToString(), StringComparison.Ordinal).Replace("ACCOUNT", fixture.World.Bob.ToString(), StringComparison.Ordinal)
            .Replace("SIGNATURE", $"0x{new string('1', 130)}", StringComparison.Ordinal);
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/bridge/api/withdraw", content, Stop);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task OtherFormsAndLongBodiesAreNotRead()
    {
        using var form = new FormUrlEncodedContent([]);
        using var refused = await _http.PostAsync("/bridge/api/withdraw", form, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var large = new StringContent(new string(' ', 3_000), Encoding.UTF8, "application/json");
        using var tooLarge = await _http.PostAsync("/bridge/api/withdraw", large, Stop);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        using var get = await _http.GetAsync("/bridge/api/withdraw", Stop);
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
    }

    [Fact]
    public async Task LongLinesManyHeadersAndOtherProtocolsAreRefused()
    {
        Assert.StartsWith("HTTP/1.1 414", await RawAsync($"GET /bridge/api/account?address={new string('a', 3000)} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", await RawAsync($"GET /bridge HTTP/1.1\r\nHost: x\r\nX: {new string('a', 20_000)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("200", await RawAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deposit", "nonce is missing")]
    [InlineData("deposit?nonce=-1", "nonce: a number")]
    [InlineData("deposit?nonce=18446744073709551616", "nonce: a number")]
    [InlineData("deposit?nonce=1&nonce=2", "nonce is given twice")]
    [InlineData("deposit?nonce=1&x=2", "a field of the query that is not known here")]
    [InlineData("status?x", "a field of the query that is not known here")]
    [InlineData("withdrawal?burn=0x12", "burn: 0x and 64 hexadecimal digits")]
    [InlineData("account?address=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD1", "address: an address with its checksum")]
    [InlineData("call", "one of burn, order and set")]
    [InlineData("call?set=1&order=1", "one of burn, order and set")]
    public async Task BadQuestionsAreRefusedWithTheFieldsName(string question, string says)
    {
        fixture.Chain.Begin(fixture.World);
        using var response = await _http.GetAsync($"/bridge/api/{question}", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(says, (await JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswersAreThoseOfTheNodeAndAreNotKept()
    {
        fixture.Chain.Begin(fixture.World);
        fixture.Chain.Say(9, "Waiting", "its turn", 1234);
        using var response = await _http.GetAsync("/bridge/api/deposit?nonce=9", Stop);
        Assert.True(response.Headers.CacheControl!.NoStore);
        var detail = await JsonAsync(response);
        Assert.Equal(("9", "Waiting", "its turn", "1234", "0x"), (detail.GetProperty("nonce").GetString(), detail.GetProperty("state").GetString(),
            detail.GetProperty("reason").GetString(), detail.GetProperty("waitMs").GetString(), detail.GetProperty("sender").GetString()));

        using var status = await _http.GetAsync("/bridge/api/status", Stop);
        var said = await JsonAsync(status);
        Assert.Equal(fixture.World.Vault.Address.ToString().ToLowerInvariant(), said.GetProperty("vault").GetString());
        Assert.Equal(JsonValueKind.Array, said.GetProperty("halts").ValueKind);
        Assert.Equal(Hex.Encode(Amount.FromNtk(5_000_000).ToArray()), said.GetProperty("credits").GetProperty("capacity").GetString());
        using var page = await _http.GetAsync("/bridge/api/page", Stop);
        Assert.Equal(fixture.Factory.Address.ToString(), (await JsonAsync(page)).GetProperty("depositFactory").GetString());
    }

    [Theory]
    [InlineData(StatusCode.NotFound, HttpStatusCode.NotFound, "why")]
    [InlineData(StatusCode.FailedPrecondition, HttpStatusCode.Conflict, "why")]
    [InlineData(StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests, "why")]
    [InlineData(StatusCode.Internal, HttpStatusCode.ServiceUnavailable, "the node does not answer")]
    [InlineData(StatusCode.Unimplemented, HttpStatusCode.ServiceUnavailable, "the node does not answer")]
    public async Task RefusalsOfTheNodeKeepTheirMeaning(StatusCode code, HttpStatusCode expected, string says)
    {
        fixture.Chain.Refusal = new RpcStatus(code, "why");
        try
        {
            using var response = await _http.GetAsync($"/bridge/api/withdrawal?burn={Hash256.Zero}", Stop);
            Assert.Equal((expected, says), (response.StatusCode, (await JsonAsync(response)).GetProperty("error").GetString()));
        }
        finally
        {
            fixture.Chain.Refusal = null;
        }
    }

    /// <summary>Forty questions in one moment are one to the node, and so is the next one as long as the answer is not old.</summary>
    [Fact]
    public async Task WhatAllSeeAlikeIsAskedOnce()
    {
        fixture.Chain.Begin(fixture.World);
        var time = new HandTime();
        await using var page = await BridgePage.StartAsync(new BridgePageOptions { Listen = "127.0.0.1:0" }, fixture.Api, time, NullLoggerFactory.Instance, Stop);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{page.Endpoint}") };
        var before = fixture.Chain.StatusCalls;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync()));
        Assert.Equal(1, fixture.Chain.StatusCalls - before);
        time.Pass(PageAnswers.SharedLife - TimeSpan.FromTicks(1));
        await AskAsync();
        Assert.Equal(1, fixture.Chain.StatusCalls - before);
        time.Pass(TimeSpan.FromTicks(1));
        await AskAsync();
        Assert.Equal(2, fixture.Chain.StatusCalls - before);

        async Task AskAsync()
        {
            using var response = await http.GetAsync("/bridge/api/status", Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public void EachClientHasItsShareAndAllTogetherTheirs()
    {
        using var rates = new PageRates();
        var stranger = IPAddress.Parse("203.0.113.7");
        Assert.InRange(Enumerable.Range(0, 3 * PageRates.ClientBurst).Count(_ => rates.TryTake(stranger)), PageRates.ClientBurst, PageRates.ClientBurst + PageRates.ClientPerSecond);
        Assert.False(Enumerable.Range(0, PageRates.ClientBurst).All(_ => rates.TryTake(stranger.MapToIPv6())));
        Assert.True(rates.TryTake(IPAddress.Parse("203.0.113.8")));
        // One household of IPv6 is one client, whichever of its addresses it takes.
        var taken = Enumerable.Range(0, 3 * PageRates.ClientBurst).Count(i => rates.TryTake(IPAddress.Parse($"2001:db8::{i:x}")));
        Assert.InRange(taken, PageRates.ClientBurst, PageRates.ClientBurst + PageRates.ClientPerSecond);
        var local = Enumerable.Range(0, 2 * PageRates.AllBurst).Count(_ => rates.TryTake(IPAddress.Loopback));
        Assert.InRange(local, PageRates.AllBurst - (4 * PageRates.ClientBurst), PageRates.AllBurst + PageRates.AllPerSecond);
    }

    [Fact]
    public async Task AChainWithoutAVaultHasNoPage()
    {
        var home = new NodeHome(Directory.CreateTempSubdirectory("neurochain-page-").FullName);
        var options = new NodeOptions { Api = "127.0.0.1:0", P2p = "127.0.0.1:0", BridgePage = new BridgePageOptions { Listen = "127.0.0.1:0" } };
        HomeKeys.Make(home, options, ScryptCost.Light);
        options.Save(home.ConfigFile);
        File.WriteAllBytes(home.GenesisFile, TransferChain.Genesis.ToJson());
        var refused = await Assert.ThrowsAsync<OperatorException>(() => NodeRuntime.StartAsync(home, NullLoggerFactory.Instance, TimeProvider.System, Stop));
        Directory.Delete(home.Path, recursive: true);
        Assert.Equal("config: bridge_page: null on a chain without a vault", refused.Message);
    }

    [Theory]
    [InlineData("""{"bridge_page": {"listen": "26658"}}""", "config: bridge_page.listen: address:port, not \"26658\"")]
    [InlineData("""{"bridge_page": {"deposit_factory": "0x12"}}""", "config: bridge_page: {\"listen\": a text in quotes, \"deposit_factory\": an address in quotes} wanted")]
    [InlineData("""{"bridge_page": {"port": 1}}""", "config: bridge_page: {\"listen\": a text in quotes, \"deposit_factory\": an address in quotes} wanted")]
    public void SettingsThatAreWrongAreNamed(string json, string says)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, json);
        Assert.Equal(says, Assert.Throws<OperatorException>(() => NodeOptions.Load(file)).Message);
        File.Delete(file);
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Page.Endpoint, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Stop);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            return await reader.ReadToEndAsync(limit.Token);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        Assert.Equal(MediaTypeHeaderValue.Parse("application/json; charset=utf-8"), response.Content.Headers.ContentType);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(Stop));
    }
}
