using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>What an operator may get wrong: the node does not start, says in one line what to change, and exits with 2.</summary>
public sealed class OperatorMistakesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NodeHome _home;
    private readonly NodeOptions _options;

    public OperatorMistakesTests()
    {
        var ports = FreePorts.Take(2);
        _home = new NodeHome(_folder["home"]);
        _options = new NodeOptions { Api = $"127.0.0.1:{ports[0]}", P2p = $"127.0.0.1:{ports[1]}" };
        var keys = HomeKeys.Make(_home, _options, ScryptCost.Light);
        _options.Save(_home.ConfigFile);
        var genesis = new GenesisDocument
        {
            ChainName = "alone",
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Validators = [new GenesisValidator(keys.Validator!.Address, keys.Node.Address, 1)],
            Allocations = [new GenesisAllocation(keys.Validator.Address, Amount.FromNtk(1000))],
        };
        File.WriteAllBytes(_home.GenesisFile, genesis.ToJson());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheSupplyOfThePapersIsWrittenIntoAGenesis()
    {
        string[] holders = [.. Enumerable.Range(1, 5).Select(i => Address.FromBytes([.. new byte[19], (byte)i]).ToString())];
        string[] wanted = ["genesis", "ntk", _home.GenesisFile, "--output", _folder["agreed.json"], "--sale", holders[0], "--team", holders[1], "--partners", holders[2], "--liquidity", holders[3], "--researchers", holders[4]];
        var refused = await ChildProcess.RunNeurochainAsync([.. wanted, "--sold", "50000001"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("no more can have been sold", refused.Errors, StringComparison.Ordinal);
        var made = await ChildProcess.RunNeurochainAsync([.. wanted, "--sold", "20000000"]);
        Assert.True(made.ExitCode == 0, made.ToString());
        var shown = await ChildProcess.RunNeurochainAsync("genesis", "check", _folder["agreed.json"]);
        Assert.Equal(made.Output, shown.Output);
        Assert.Contains($"allocation   {holders[0]} 20000000 NTK", shown.Output, StringComparison.Ordinal);
        Assert.Equal("10000000 NTK for learning", shown["reserve"]);
        Assert.Equal("native", shown["supply"]);
        Assert.Contains("note         1 of at least 4 validators: ", shown.Output, StringComparison.Ordinal);
        Assert.Contains("note         parameters.validators.bond_min is 0: ", shown.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api", "\"localhost\"", "config: api: address:port")]
    [InlineData("api", "\"127.0.0.1:99999\"", "config: api: address:port")]
    [InlineData("p2p", "\"\"", "config: p2p: address:port")]
    [InlineData("peers", "[\"127.0.0.1:1\"]", "config: peers: address@host:port")]
    [InlineData("peers", "null", "config: peers: a list of texts in quotes wanted")]
    [InlineData("peers", "[7]", "config: peers: a list of texts in quotes wanted")]
    [InlineData("api", "7", "config: api: a text in quotes wanted")]
    [InlineData("signer", "\"127.0.0.1:1\"", "config: signer: address@host:port")]
    [InlineData("signer", "\"0x0000000000000000000000000000000000000001@127.0.0.1:1\"", "config: signer: validator_key must be null")]
    [InlineData("evaluation_threads", "0", "config: evaluation_threads: a number from 1 to 256")]
    [InlineData("evaluation_path", "\"avx\"", "config: evaluation_path: \"auto\", \"scalar\", \"256\" or \"512\", not \"avx\"")]
    [InlineData("evaluator_memory_mb", "100", "config: evaluator_memory_mb: a number of MiB from 512 to 65536")]
    [InlineData("evaluation_threads", "\"two\"", "config: evaluation_threads: a number wanted")]
    [InlineData("snapshot_sync", "1", "config: snapshot_sync: true or false wanted")]
    [InlineData("snapshot_sync_heights", "0", "config: snapshot_sync_heights: a number of heights from 1 on")]
    [InlineData("trusted", "5", "config: trusted: {\"height\": a number, \"hash\": a text in quotes} wanted")]
    [InlineData("trusted", "{\"height\": 5}", "config: trusted: {\"height\": a number from 1 on, \"hash\": \"0x and 64 hexadecimal digits\"}")]
    [InlineData("trusted", "{\"height\": 0, \"hash\": \"0x12\"}", "config: trusted: {\"height\": a number from 1 on")]
    [InlineData("log_level", "\"Loud\"", "config: log_level: \"Debug\"")]
    [InlineData("log_level", "\"17\"", "config: log_level: \"Debug\"")]
    [InlineData("trainers", "[\"0x12\"]", "config: trainers: a list of addresses, each 0x and 40 hexadecimal digits")]
    [InlineData("block_intervall", "5", "config: block_intervall: there is no such key")]
    [InlineData("node_key", "\"keys/none.json\"", "keys/none.json cannot be read")]
    [InlineData("validator_key", "\"keys/none.json\"", "keys/none.json cannot be read")]
    [InlineData("password_file", "\"keys/none\"", "keys/none is missing")]
    [InlineData("password_file", "null", "NEUROCHAIN_PASSWORD")]
    public async Task ABadConfiguration(string key, string value, string words)
    {
        ChangeConfig(config => config[key] = JsonNode.Parse(value));
        await RefusesAsync(words);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"api\": ")]
    public async Task AConfigurationThatIsNoObject(string text)
    {
        File.WriteAllText(_home.ConfigFile, text);
        await RefusesAsync("config: ");
    }

    [Theory]
    [InlineData("chain_name", "\"\"", "genesis: chain_name: 1 to 64 characters")]
    [InlineData("validators", "[]", "genesis: validators: at least one")]
    [InlineData("supply_mode", "\"magic\"", "genesis: supply_mode: \"native\"")]
    [InlineData("reward_reserve", "\"1000000000\"", "genesis: allocations and reward_reserve")]
    [InlineData("reward_reserve", "5", "NTK as a decimal number in quotes")]
    [InlineData("chain_id", "5", "chain_id")]
    public async Task ABadGenesis(string key, string value, string words)
    {
        ChangeJson(_home.GenesisFile, genesis => genesis[key] = JsonNode.Parse(value));
        await RefusesAsync(words);
    }

    [Fact]
    public async Task ABadParameterInTheGenesis()
    {
        ChangeJson(_home.GenesisFile, genesis => genesis["parameters"]!["block_interval_ms"] = 3_600_001);
        await RefusesAsync("genesis: parameters.block_interval_ms: a number up to 3600000");
    }

    [Fact]
    public async Task AHomeThatIsNotThere() => await RefusesAsync("config.json is missing: make a home with ./neurochain init", _folder["nowhere"]);

    [Fact]
    public async Task NoGenesis()
    {
        File.Delete(_home.GenesisFile);
        await RefusesAsync("genesis.json is missing");
    }

    [Fact]
    public async Task ATruncatedGenesis()
    {
        File.WriteAllBytes(_home.GenesisFile, File.ReadAllBytes(_home.GenesisFile)[..100]);
        await RefusesAsync("genesis:");
    }

    [Fact]
    public async Task AWrongPassword()
    {
        File.WriteAllText(_home.In("keys/password"), "something else\n");
        await RefusesAsync("cannot be opened: WrongPassword");
    }

    [Fact]
    public async Task AKeyFileThatIsNone()
    {
        File.WriteAllText(_home.In("keys/node.json"), "{}");
        await RefusesAsync("cannot be opened: Malformed");
    }

    [Theory]
    [InlineData("api", "the API")]
    [InlineData("p2p", "P2P")]
    public async Task APortInUse(string key, string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ChangeConfig(config => config[key] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        await RefusesAsync($"port {port} is in use: stop what listens on 127.0.0.1:{port}, or choose another port for {name}");
    }

    [Fact]
    public async Task AMissingDataSet()
    {
        AddTask();
        ChangeConfig(config => config["datasets"] = new JsonArray(_folder["no-data"]));
        await RefusesAsync("config: datasets: ");
    }

    [Fact]
    public async Task DataOfAnotherChain()
    {
        using (var first = ChildProcess.StartNeurochain("start", "--home", _home.Path, "--until-stdin-closes"))
        {
            await Eventually.HoldsAsync(() => first.Output.Contains("running at height", StringComparison.Ordinal), "the node runs");
            first.CloseInput();
            Assert.Equal(0, await first.WaitAsync(Eventually.Limit));
        }

        foreach (var command in new string[][] { ["db", "verify"], ["verify-db"] })
        {
            var verified = await ChildProcess.RunNeurochainAsync([.. command, "--home", _home.Path]);
            Assert.True(verified.ExitCode == 0, verified.ToString());
            Assert.EndsWith("whole          yes\n", verified.Output, StringComparison.Ordinal);
        }

        ChangeJson(_home.GenesisFile, genesis => genesis["chain_name"] = "another");
        await RefusesAsync("use the genesis file of this data, or an empty folder");
    }

    [Fact]
    public async Task AHomeThatANodeUsesAlready()
    {
        using var first = ChildProcess.StartNeurochain("start", "--home", _home.Path, "--until-stdin-closes");
        await Eventually.HoldsAsync(() => first.Output.Contains("running at height", StringComparison.Ordinal), "the node runs");
        await RefusesAsync("in use");
        Assert.False(first.HasExited);
    }

    /// <summary>Each has a memory of its own, and one has temporary files of its own, as a service may: nothing but the machine knows that there are two.</summary>
    [Fact]
    public async Task AHomeThatWasCopiedAndRunsAlready()
    {
        var copy = new NodeHome(_folder["copy"]);
        using (var cp = ChildProcess.Start("cp", ["--recursive", _home.Path, copy.Path])) Assert.Equal(0, await cp.WaitAsync(Eventually.Limit));
        using var first = ChildProcess.StartNeurochain(
            ["env", $"TMPDIR={Directory.CreateDirectory(_folder["temporary"]).FullName}"], ["start", "--home", _home.Path, "--until-stdin-closes"]);
        await Eventually.HoldsAsync(() => first.Output.Contains("running at height", StringComparison.Ordinal), "the node runs");
        await RefusesAsync("another process on this machine signs with the key", copy.Path);
        Assert.False(first.HasExited);
        first.CloseInput();
        Assert.Equal(0, await first.WaitAsync(Eventually.Limit));
        using var second = ChildProcess.StartNeurochain("start", "--home", copy.Path, "--until-stdin-closes");
        await Eventually.HoldsAsync(() => second.Output.Contains("running at height", StringComparison.Ordinal), "the copy runs when the first is gone");
    }

    [Fact]
    public async Task AHomeMadeByInitRunsAChainOfItsOwn()
    {
        var home = new NodeHome(_folder["fresh"]);
        var made = await ChildProcess.RunNeurochainAsync("init", "--home", home.Path, "--chain-name", "my own");
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Equal(2, (await ChildProcess.RunNeurochainAsync("init", "--home", home.Path)).ExitCode);
        Assert.Equal("cuda", home.LoadGenesis().Parameters.Training.RequireDevice);
        (NodeOptions.Load(home.ConfigFile) with { Api = _options.Api, P2p = _options.P2p }).Save(home.ConfigFile);
        using var node = ChildProcess.StartNeurochain("start", "--home", home.Path, "--until-stdin-closes");
        using var client = new NodeClient(_options.Api);
        await Eventually.HoldsAsync(async () => (await client.StatusAsync(TestContext.Current.CancellationToken)).Height >= 2, "the chain begins");
        Assert.Equal("my own", (await client.StatusAsync(TestContext.Current.CancellationToken)).ChainName);
        node.CloseInput();
        Assert.Equal(0, await node.WaitAsync(Eventually.Limit));
    }

    private async Task RefusesAsync(string words, string? home = null)
    {
        var answer = await ChildProcess.RunNeurochainAsync("start", "--home", home ?? _home.Path);
        Assert.True(answer.ExitCode == 2, answer.ToString());
        Assert.Empty(answer.Output);
        var line = Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("neurochain: ", line);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    private void AddTask()
    {
        var spec = Learning.ModelSpec.SmallConvolutional();
        var seed = Hash256.Sha256("seed"u8);
        var data = Hash256.Sha256("data"u8);
        var initial = InitialModels.Make(spec, seed);
        var genesis = _home.LoadGenesis();
        genesis = genesis with
        {
            Datasets = [new GenesisDataset("some data", data, 10_000, genesis.Validators[0].Address)],
            Tasks =
            [
                new GenesisTask(
                    "some task",
                    JsonNode.Parse(spec.CanonicalJson)!.AsObject(),
                    data,
                    data,
                    "public-hold-out",
                    10_000,
                    seed,
                    BlobManifest.Of(initial).Hash.Value,
                    (ulong)initial.Length,
                    (uint)spec.Plan.Classes,
                    60),
            ],
        };
        File.WriteAllBytes(_home.GenesisFile, genesis.ToJson());
    }

    private void ChangeConfig(Action<JsonObject> change) => ChangeJson(_home.ConfigFile, change);

    private static void ChangeJson(string file, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }
}
