using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain.Tests;

/// <summary>A genesis file is written by hand: every mistake is answered with the key and the form that is wanted.</summary>
public sealed class GenesisTests
{
    private const string Root1 = "0x0000000000000000000000000000000000000000000000000000000000000001";
    private const string Root2 = "0x0000000000000000000000000000000000000000000000000000000000000002";

    internal const string Good = $$$"""
        {
          "chain_name": "test",
          "time_ms": 1700000000000,
          "supply_mode": "native",
          "parameters": { "block_interval_ms": 500, "fee_min": "0.001", "training": { "commit_blocks": 2, "evaluation_samples": 64, "require_device": "any" } },
          "validators": [
            { "address": "0x0000000000000000000000000000000000000001", "node": "0x0000000000000000000000000000000000000011", "power": 10 },
            { "address": "0x0000000000000000000000000000000000000002", "node": "0x0000000000000000000000000000000000000012", "power": 10 }
          ],
          "allocations": [ { "address": "0x0000000000000000000000000000000000000003", "amount": "1000.5" }, { "address": "0x0000000000000000000000000000000000000004", "amount": "2" } ],
          "reward_reserve": "50000000",
          "datasets": [
            { "name": "train", "root": "{{{Root1}}}", "samples": 10, "supplier": "0x0000000000000000000000000000000000000005" },
            { "name": "test", "root": "{{{Root2}}}", "samples": 64, "supplier": "0x0000000000000000000000000000000000000005" }
          ],
          "tasks": [
            {
              "name": "digits", "model": { "layers": [ { "kind": "dense", "units": 10 } ] }, "training_set": "{{{Root1}}}", "evaluation_set": "{{{Root2}}}",
              "evaluation_source": "public-hold-out", "required_gain_millionths": 1000, "initial_seed": "{{{Root1}}}", "initial_model": "{{{Root2}}}",
              "model_bytes": 31400, "class_count": 10, "target_round_blocks": 60
            }
          ]
        }
        """;

    [Fact]
    public void AGoodOneIsRead()
    {
        var genesis = Parse(Good);
        Assert.Equal(("test", 1700000000000UL, "native"), (genesis.ChainName, genesis.TimeMs, genesis.SupplyMode));
        Assert.Equal((500u, 64u, 2u), (genesis.Parameters.BlockIntervalMs, genesis.Parameters.Training.EvaluationSamples, genesis.Parameters.Training.CommitBlocks));
        Assert.Equal((2, 20UL), (genesis.ValidatorSet().Count, genesis.ValidatorSet().TotalPower));
        Assert.Equal(Amount.FromNtk(50_000_000), genesis.RewardReserve);
        Assert.Equal("1000.5", genesis.Allocations[0].Amount.ToString());
        Assert.Equal("digits", genesis.Tasks[0].Name);
    }

    [Fact]
    public void WhatIsLeftOutHasItsDefault()
    {
        var genesis = Parse("""{ "chain_name": "a", "time_ms": 1, "validators": [ { "address": "0x0000000000000000000000000000000000000001", "node": "0x0000000000000000000000000000000000000011", "power": 1 } ] }""");
        Assert.Equal(new ChainParameters(), genesis.Parameters);
        Assert.Empty(genesis.Tasks);
        Assert.Equal(Amount.Zero, genesis.RewardReserve);
        Assert.Equal("native", genesis.SupplyMode);
    }

    [Fact]
    public void WritingAndReadingKeepsTheHash()
    {
        var genesis = Parse(Good);
        var back = GenesisDocument.Parse(genesis.ToJson());
        Assert.Equal(genesis.Hash, back.Hash);
        Assert.Equal(genesis.ToJson(), back.ToJson());
        Assert.Equal(genesis.Tasks[0].Id, back.Tasks[0].Id);
    }

    [Fact]
    public void TheHashIsIndependentOfTheFormatting()
    {
        var expected = Parse(Good).Hash;
        var node = JsonNode.Parse(Good)!.AsObject();
        Assert.Equal(expected, Parse(node.ToJsonString()).Hash); // no white space
        Assert.Equal(expected, Parse(Reversed(node).ToJsonString()).Hash); // keys in another order
        Assert.Equal(expected, Parse(Good.Replace("\"1000.5\"", "\"1000.500\"", StringComparison.Ordinal)).Hash);
        Assert.Equal(expected, Parse(Good.Replace("\"digits\"", "\"d\\u0069gits\"", StringComparison.Ordinal)).Hash);
        Assert.Equal(expected, Parse(Good.Replace("\"dense\"", "\"d\\u0065nse\"", StringComparison.Ordinal)).Hash);
        Assert.Equal(expected, Parse(Good.Replace(Root1, Root1.ToUpperInvariant().Replace('X', 'x'), StringComparison.Ordinal)).Hash);
        Assert.Equal(expected, Parse(Good.Replace("\"supply_mode\": \"native\",", "", StringComparison.Ordinal)).Hash); // the default
    }

    [Fact]
    public void EveryValueChangesTheHash()
    {
        var hashes = new HashSet<GenesisHash> { Parse(Good).Hash };
        Assert.True(hashes.Add(Change(g => g["chain_name"] = "other").Hash));
        Assert.True(hashes.Add(Change(g => g["time_ms"] = 5).Hash));
        Assert.True(hashes.Add(Change(g => g["parameters"]!["fee_min"] = "0.002").Hash));
        Assert.True(hashes.Add(Change(g => g["parameters"]!["training"]!["commit_blocks"] = 3).Hash));
        Assert.True(hashes.Add(Change(g => g["validators"]![0]!["power"] = 11).Hash));
        Assert.True(hashes.Add(Change(g => g["validators"]![0]!["node"] = "0x0000000000000000000000000000000000000013").Hash));
        Assert.True(hashes.Add(Change(g => g["allocations"]![0]!["amount"] = "1000.6").Hash));
        Assert.True(hashes.Add(Change(g => g["reward_reserve"] = "1").Hash));
        Assert.True(hashes.Add(Change(g => g["datasets"]![0]!["samples"] = 11).Hash));
        Assert.True(hashes.Add(Change(g => g["tasks"]![0]!["model"]!["layers"]![0]!["units"] = 11).Hash));
    }

    /// <summary>The vault hears of forks of past sets for twelve days: bonds are locked for longer.</summary>
    [Fact]
    public void AChainWithAVaultLocksBondsForLongerThanThatHearsOfForks()
    {
        GenesisDocument Bridged(ulong evidenceMs) => Change(g =>
        {
            g["supply_mode"] = "bridged";
            g["allocations"] = new JsonArray();
            g["bridge"] = JsonNode.Parse("""{ "ethereum_chain_id": 1, "vault": "0x0000000000000000000000000000000000000021", "token": "0x0000000000000000000000000000000000000022", "first_block": 5 }""");
            g["parameters"]!["validators"] = new JsonObject { ["evidence_ms"] = evidenceMs };
            g["parameters"]!["bridge"] = new JsonObject();
        });

        Assert.Equal(BridgeTimes.BondMsMin, Bridged(BridgeTimes.BondMsMin).Parameters.Validators.EvidenceMs);
        var refusal = Assert.Throws<OperatorException>(() => Bridged(BridgeTimes.BondMsMin - 1));
        Assert.Contains("parameters.validators.evidence_ms: at least 1209600000 where supply_mode is \"bridged\"", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chain_name", "\"\"", "chain_name: 1 to 64 characters")]
    [InlineData("chain_name", "65", "chain_name: 1 to 64 characters")]
    [InlineData("chain_name", "[]", "chain_name: a text in quotes wanted")]
    [InlineData("time_ms", "253402300799999", "time_ms: milliseconds since 1970, below 253402300799999")]
    [InlineData("time_ms", "18446744073709551615", "time_ms: milliseconds since 1970, below 253402300799999")]
    [InlineData("validators", "5", "validators: a list wanted")]
    [InlineData("parameters", "\"x\"", "parameters: an object wanted")]
    [InlineData("supply_mode", "\"free\"", "supply_mode: \"native\", \"bridged\" or \"claimed\"")]
    [InlineData("validators", "[]", "validators: at least one")]
    [InlineData("validators.0.power", "0", "validators: up to 100 different addresses, each with a power from 1 to 1099511627776")]
    [InlineData("validators.0.power", "1099511627777", "validators: up to 100 different addresses, each with a power from 1 to 1099511627776")]
    [InlineData("validators.0.address", "\"0x0000000000000000000000000000000000000002\"", "validators: up to 100 different addresses")]
    [InlineData("validators.0.node", "\"0x0000000000000000000000000000000000000012\"", "validators: each with a node of its own")]
    [InlineData("allocations.0.address", "\"0x0000000000000000000000000000000000000004\"", "allocations: each address once")]
    [InlineData("allocations.0.amount", "\"340282366920938463463\"", "allocations: their sum is out of range")]
    [InlineData("reward_reserve", "\"99999000\"", "allocations and reward_reserve: 100000002.5 NTK together, at most 100000000")]
    [InlineData("datasets.0.root", "\"" + Root2 + "\"", "datasets: each root once")]
    [InlineData("tasks.0.name", "\"\"", "tasks.name: 1 to 64 characters")]
    [InlineData("tasks.0.name", "65", "tasks.name: 1 to 64 characters")]
    [InlineData("tasks.0.training_set", "\"0x0000000000000000000000000000000000000000000000000000000000000009\"", "tasks.training_set: the root of one of datasets, not 0x0000")]
    [InlineData("tasks.0.evaluation_set", "\"0x0000000000000000000000000000000000000000000000000000000000000009\"", "tasks.evaluation_set: the root of one of datasets, not 0x0000")]
    [InlineData("tasks.0.evaluation_set", "\"" + Root1 + "\"", "tasks.evaluation_set: at least parameters.training.evaluation_samples, not 10")]
    [InlineData("tasks.0.evaluation_source", "\"secret\"", "tasks.evaluation_source: \"public-hold-out\" or \"generator\"")]
    [InlineData("tasks.0.required_gain_millionths", "1000001", "tasks.required_gain_millionths: a number up to 1000000")]
    [InlineData("tasks.0.model_bytes", "0", "tasks.model_bytes: a number from 1 to 67108864")]
    [InlineData("tasks.0.model_bytes", "67108865", "tasks.model_bytes: a number from 1 to 67108864")]
    [InlineData("tasks.0.class_count", "0", "tasks.class_count: a number from 1 to 65536")]
    [InlineData("tasks.0.class_count", "65537", "tasks.class_count: a number from 1 to 65536")]
    [InlineData("tasks.0.target_round_blocks", "0", "tasks.target_round_blocks: a number from 1 to 1000000")]
    [InlineData("tasks.0.target_round_blocks", "1000001", "tasks.target_round_blocks: a number from 1 to 1000000")]
    [InlineData("tasks.0.triggers", "[{\"kind\": \"sine\", \"corner\": 0, \"size\": 1, \"value\": 0}]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("tasks.0.triggers", "[{\"kind\": \"patch\", \"corner\": 4, \"size\": 1, \"value\": 0}]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("tasks.0.triggers", "[{\"kind\": \"patch\", \"corner\": 0, \"size\": 9, \"value\": 0}]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("tasks.0.triggers", "[{\"kind\": \"patch\", \"corner\": 0, \"size\": 0, \"value\": 0}]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("tasks.0.triggers", "[{\"kind\": \"patch\", \"corner\": 0, \"size\": 1, \"value\": 256}]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("tasks.0.triggers", "[null]", "tasks.triggers: a list of up to 16, each {\"kind\": \"patch\", \"corner\": 0 to 3, \"size\": 1 to 8, \"value\": 0 to 255}")]
    [InlineData("parameters.training.paid_share_thousandths", "99", "parameters.training.paid_share_thousandths: a number from 100 to 500")]
    [InlineData("parameters.training.paid_share_thousandths", "501", "parameters.training.paid_share_thousandths: a number from 100 to 500")]
    [InlineData("parameters.training.paid_errors_thousandths", "4001", "parameters.training.paid_errors_thousandths: a number up to 4000")]
    [InlineData("parameters.training.seed_colluders", "65", "parameters.training.seed_colluders: a number up to 64, or 255 for a third of the set")]
    [InlineData("parameters.training.tries_bits_max", "21", "parameters.training.tries_bits_max: a number up to 20")]
    [InlineData("parameters.training.per_producer_max", "9", "parameters.training.per_producer_max: a number up to 8")]
    [InlineData("parameters.block_interval_ms", "3600001", "parameters.block_interval_ms: a number up to 3600000")]
    [InlineData("parameters.consensus", "{\"precision_ms\":0}", "parameters.consensus.precision_ms: a number from 1 to 60000")]
    [InlineData("parameters.consensus", "{\"message_delay_ms\":0}", "parameters.consensus.message_delay_ms: a number from 1 to 600000")]
    [InlineData("parameters.training.commit_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.reveal_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.availability_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.seed_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.attest_commit_blocks", "10001", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.attest_reveal_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.recheck_blocks", "0", "parameters.training.*_blocks: a number from 1 to 10000")]
    [InlineData("parameters.training.recheck_samples", "257", "parameters.training.recheck_samples: a number up to 256")]
    [InlineData("parameters.training.evaluation_samples", "15", "parameters.training.evaluation_samples: a number from 16 to 1048576")]
    [InlineData("parameters.training.evaluation_samples", "1048577", "parameters.training.evaluation_samples: a number from 16 to 1048576")]
    [InlineData("parameters.training.private_samples", "257", "parameters.training.private_samples: a number up to 256")]
    [InlineData("parameters.training.z_thousandths", "999", "parameters.training.z_thousandths: a number from 1000 to 16000")]
    [InlineData("parameters.training.z_thousandths", "16001", "parameters.training.z_thousandths: a number from 1000 to 16000")]
    [InlineData("parameters.training.balance_check", "\"maybe\"", "parameters.training.balance_check: \"on\" or \"off\"")]
    [InlineData("parameters.training.similarity_samples", "257", "parameters.training.similarity_samples: a number up to 256, and not above evaluation_samples")]
    [InlineData("parameters.training.similarity_samples", "65", "parameters.training.similarity_samples: a number up to 256, and not above evaluation_samples")]
    [InlineData("parameters.training.similarity_models", "17", "parameters.training.similarity_models: a number up to 16")]
    [InlineData("parameters.training.relative_thousandths", "1000", "parameters.training.relative_thousandths: a number from 1 to 999")]
    [InlineData("parameters.training.copy_thousandths", "151", "parameters.training.copy_thousandths: not above relative_thousandths")]
    [InlineData("parameters.training.royalty_percent", "51", "parameters.training.royalty_percent: a number up to 50")]
    [InlineData("parameters.training.probe_steps", "9", "parameters.training.probe_steps: 0, or a number from 10 to 200")]
    [InlineData("parameters.training.probe_steps", "201", "parameters.training.probe_steps: 0, or a number from 10 to 200")]
    [InlineData("parameters.training.probe_batch", "0", "parameters.training.probe_batch: a number from 1 to 64")]
    [InlineData("parameters.training.regression_millionths", "99999", "parameters.training.regression_millionths: 0, or a number from 100000 to 10000000")]
    [InlineData("parameters.training.trigger_samples", "7", "parameters.training.trigger_samples: 0, or a number from 8 to 64")]
    [InlineData("parameters.training.term_blocks", "0", "parameters.training.term_blocks: a number from 1 to 1000")]
    [InlineData("parameters.training.live_terms_max", "17", "parameters.training.live_terms_max: a number from 1 to 16")]
    [InlineData("parameters.training.shortfall_fee", "\"11\"", "parameters.training.shortfall_fee: not above candidate_bond")]
    [InlineData("parameters.training.halving_blocks", "0", "parameters.training.halving_blocks: a number above 0")]
    [InlineData("parameters.training.require_device", "\"tpu\"", "parameters.training.require_device: \"any\" or \"cuda\"")]
    public void ABadValueIsNamedWithTheWantedForm(string path, string value, string message) => Refuses(Set(path, value), message);

    [Theory]
    [InlineData("validators.1.address", "\"0x12\"", "validators[1].address", "0x and 40 hexadecimal digits")]
    [InlineData("validators.0.address", "5", "validators[0].address", "0x and 40 hexadecimal digits")]
    [InlineData("validators.0.power", "-1", "validators[0].power", "a whole number from 0 to 18446744073709551615 wanted")]
    [InlineData("validators.0.power", "\"10\"", "validators[0].power", "a whole number from 0 to 18446744073709551615 wanted")]
    [InlineData("validators.0.power", "1.5", "validators[0].power", "a whole number from 0 to 18446744073709551615 wanted")]
    [InlineData("allocations.1.amount", "\"-1\"", "allocations[1].amount", "NTK as a decimal number in quotes")]
    [InlineData("allocations.1.amount", "5", "allocations[1].amount", "NTK as a decimal number in quotes")]
    [InlineData("datasets.0.root", "\"0x00\"", "datasets[0].root", "0x and 64 hexadecimal digits")]
    [InlineData("tasks.0.initial_seed", "null", "tasks[0].initial_seed", "0x and 64 hexadecimal digits")]
    [InlineData("parameters.fee_min", "\"much\"", "parameters.fee_min", "NTK as a decimal number in quotes")]
    [InlineData("parameters.training", "null", "parameters", "null")]
    [InlineData("chain_name", "null", "chain_name", "null")]
    [InlineData("datasets.0.samples", "4294967296", "datasets[0].samples", "a whole number from 0 to 4294967295 wanted")]
    [InlineData("validators.0.power", "1e1", "validators[0].power", "a whole number from 0 to 18446744073709551615 wanted")]
    [InlineData("time_ms", "-5", "time_ms", "a whole number from 0 to 18446744073709551615 wanted")]
    [InlineData("tasks.0.model", "[]", "tasks[0].model", "")]
    [InlineData("tasks.0.model", "null", "model", "null")]
    public void AValueOfAnotherKindIsNamedWithItsPlace(string path, string value, string place, string form)
    {
        var refused = Assert.Throws<OperatorException>(() => Parse(Set(path, value)));
        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        Assert.Contains(form, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("validators")]
    [InlineData("allocations")]
    [InlineData("datasets")]
    [InlineData("tasks")]
    public void ANullInAListIsNamed(string list)
    {
        Refuses(Set(list, "[null]"), $"{list}: ");
        Refuses(Set(list, "null"), list);
    }

    [Theory]
    [InlineData("", "surprise")]
    [InlineData("parameters.", "surprise")]
    [InlineData("parameters.training.", "surprise")]
    [InlineData("validators.0.", "surprise")]
    [InlineData("allocations.0.", "surprise")]
    [InlineData("datasets.0.", "surprise")]
    [InlineData("tasks.0.", "surprise")]
    [InlineData("", "ChainName")]
    [InlineData("", "hash")]
    [InlineData("tasks.0.", "id")]
    public void AnUnknownKeyIsNamed(string place, string key) => Refuses(Set(place + key, "1"), key);

    [Theory]
    [InlineData("\"chain_name\": \"test\",", "chain_name")]
    [InlineData("\"power\": 10", "power")]
    [InlineData("\"fee_min\": \"0.001\",", "fee_min")]
    [InlineData("\"kind\": \"dense\",", "kind")]
    public void AKeyThatStandsTwiceIsNamed(string entry, string key) =>
        Refuses(Good.Replace(entry, entry.TrimEnd(',') + ", " + entry, StringComparison.Ordinal), key);

    [Theory]
    [InlineData("chain_name")]
    [InlineData("time_ms")]
    [InlineData("validators")]
    [InlineData("validators.0.address")]
    [InlineData("validators.0.node")]
    [InlineData("validators.0.power")]
    [InlineData("allocations.0.amount")]
    [InlineData("datasets.0.samples")]
    [InlineData("tasks.0.model")]
    [InlineData("tasks.0.initial_model")]
    [InlineData("tasks.0.model_bytes")]
    [InlineData("tasks.0.class_count")]
    [InlineData("tasks.0.target_round_blocks")]
    public void AMissingKeyIsNamed(string path) => Refuses(Set(path, null), path.Split('.')[^1]);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("{ \"chain_name\": \"a\", }")]
    [InlineData("{ // no comments\n }")]
    public void OtherTextIsNoGenesis(string text)
    {
        var refused = Assert.Throws<OperatorException>(() => Parse(text));
        Assert.StartsWith("genesis: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void ATaskStandsOnce() => Refuses(
        Edit(g => g["tasks"]!.AsArray().Add(g["tasks"]![0]!.DeepClone())), "tasks: each once");

    [Fact]
    public void AHugeFileIsNotRead() => Refuses(Good + new string(' ', 4 * 1024 * 1024), "at most 4194304 are wanted");

    [Fact]
    public void ADeepModelIsRefused() =>
        Refuses(Set("tasks.0.model", "{\"a\":" + string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40)) + "}"), "depth of 16");

    private static GenesisDocument Parse(string json) => GenesisDocument.Parse(Encoding.UTF8.GetBytes(json));

    private static GenesisDocument Change(Action<JsonObject> change) => Parse(Edit(change));

    private static string Edit(Action<JsonObject> change)
    {
        var node = JsonNode.Parse(Good)!.AsObject();
        change(node);
        return node.ToJsonString();
    }

    // Sets or removes what stands at a path such as validators.0.power; a bare number for a text means one of that length.
    private static string Set(string path, string? json) => Edit(node =>
    {
        var keys = path.Split('.');
        JsonNode at = node;
        foreach (var key in keys[..^1]) at = at is JsonArray list ? list[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)]! : at[key]!;
        if (json is null) at.AsObject().Remove(keys[^1]);
        else if (keys[^1].EndsWith("name", StringComparison.Ordinal) && int.TryParse(json, out var length)) at[keys[^1]] = new string('x', length);
        else at[keys[^1]] = JsonNode.Parse(json);
    });

    private static void Refuses(string json, string message)
    {
        var refused = Assert.Throws<OperatorException>(() => Parse(json));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    private static JsonObject Reversed(JsonObject node)
    {
        var reversed = new JsonObject();
        foreach (var (key, value) in node.Reverse())
            reversed[key] = key == "model" ? value!.DeepClone() : value switch
            {
                JsonObject inner => Reversed(inner),
                JsonArray list => new JsonArray([.. list.Select(item => item is JsonObject entry ? Reversed(entry) : item!.DeepClone())]),
                _ => value?.DeepClone(),
            };
        return reversed;
    }
}
