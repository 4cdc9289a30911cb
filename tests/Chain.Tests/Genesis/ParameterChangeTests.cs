using System.Text;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain.Tests;

/// <summary>Settings are changed by their names in the genesis file, all together or none.</summary>
public sealed class ParameterChangeTests
{
    private static readonly ChainParameters Start = new();

    /// <summary>Every setting there is, by its name, as the canonical text has it.</summary>
    public static TheoryData<string, string> Settings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (key, value) in Leaves("", JsonNode.Parse(Start.Encode())!.AsObject())) data.Add(key, value);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void EverySettingCanBeNamedAndKeepsItsValue(string key, string value)
    {
        Assert.Equal(ParameterFault.None, ParameterChange.Apply(Start, [(key, value)], out var changed));
        Assert.Equal(Start, changed);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void NoSettingTakesAnotherForm(string key, string value)
    {
        foreach (var bad in new[] { "", " ", "x", "-1", "1.5.5", "null", "{}", "[]", "1e3", " 1", "0x1", value + "\0", new string('9', 128) })
        {
            Assert.Equal(ParameterFault.Invalid, ParameterChange.Apply(Start, [(key, bad)], out var changed));
            Assert.Same(Start, changed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("fees")]
    [InlineData("fees.")]
    [InlineData(".fee_min")]
    [InlineData("fee_min.")]
    [InlineData("fee_min.x")]
    [InlineData("fee_min ")]
    [InlineData("FEE_MIN")]
    [InlineData("parameters.fee_min")]
    [InlineData("training.fee_min")]
    [InlineData("$.fee_min")]
    [InlineData("__proto__")]
    public void WhatIsNoSettingIsUnknown(string key) => Assert.Equal(ParameterFault.Unknown, ParameterChange.Apply(Start, [(key, "1")], out _));

    [Fact]
    public void ASettingStandsOnce() =>
        Assert.Equal(ParameterFault.Repeated, ParameterChange.Apply(Start, [("fee_min", "1"), ("block_interval_ms", "500"), ("fee_min", "2")], out _));

    [Fact]
    public void AllOrNone()
    {
        Assert.Equal(ParameterFault.Invalid, ParameterChange.Apply(Start, [("block_interval_ms", "500"), ("training.term_blocks", "0")], out var changed));
        Assert.Same(Start, changed);
        Assert.Equal(ParameterFault.None, ParameterChange.Apply(Start, [("block_interval_ms", "500"), ("training.term_blocks", "9")], out changed));
        Assert.Equal((500u, 9u), (changed.BlockIntervalMs, changed.Training.TermBlocks));
        Assert.Equal(Start, changed with { BlockIntervalMs = 1000, Training = changed.Training with { TermBlocks = 8 } });
    }

    [Theory]
    [InlineData("block_interval_ms", "0", "-1")]
    [InlineData("block_interval_ms", "3600000", "3600001")]
    [InlineData("fee_min", "1000", "1000.000000000000000001")]
    [InlineData("consensus.precision_ms", "1", "0")]
    [InlineData("consensus.precision_ms", "60000", "60001")]
    [InlineData("consensus.message_delay_ms", "1", "0")]
    [InlineData("consensus.message_delay_ms", "600000", "600001")]
    [InlineData("fees.base_fee_min", "1", "1.000000000000000001")]
    [InlineData("fees.base_fee_min", "0.000000000000000001", "0")]
    [InlineData("fees.block_cost_max", "100000", "99999")]
    [InlineData("fees.block_cost_max", "100000000", "100000001")]
    [InlineData("fees.treasury_percent", "70", "71")] // 30 are burned in the first year
    [InlineData("fees.burn_percent_first_year", "90", "91")] // 10 go to the treasury
    [InlineData("fees.burn_percent_second_year", "90", "91")]
    [InlineData("fees.burn_percent_third_year", "90", "91")]
    [InlineData("fees.burn_percent_later", "90", "4294967295")]
    [InlineData("governance.voting_blocks", "1", "0")]
    [InlineData("governance.voting_blocks", "10000000", "10000001")]
    [InlineData("governance.delay_blocks", "1", "0")]
    [InlineData("governance.delay_blocks", "10000000", "18446744073709551615")]
    [InlineData("governance.open_per_validator_max", "1", "0")]
    [InlineData("governance.open_per_validator_max", "16", "17")]
    [InlineData("validators.evidence_blocks", "10", "9")]
    [InlineData("validators.evidence_blocks", "100000000", "100000001")]
    [InlineData("validators.evidence_ms", "1000", "999")]
    [InlineData("validators.evidence_ms", "1000000000000", "1000000000001")]
    [InlineData("validators.rotation_blocks", "1000000", "1000001")]
    [InlineData("datasets.period_blocks", "2", "1")]
    [InlineData("datasets.period_blocks", "10000000", "10000001")]
    [InlineData("datasets.delta_bond", "0.000000000000000001", "0")]
    [InlineData("datasets.delta_fee_percent", "1", "0")]
    [InlineData("datasets.delta_fee_percent", "100", "101")]
    [InlineData("datasets.delta_percent_max", "1", "0")]
    [InlineData("datasets.delta_percent_max", "100", "101")]
    public void BoundsAreTheLastGoodValues(string key, string good, string bad)
    {
        Assert.Equal(ParameterFault.None, ParameterChange.Apply(Start, [(key, good)], out var changed));
        Assert.Null(changed.Fault());
        Assert.Equal(ParameterFault.Invalid, ParameterChange.Apply(Start, [(key, bad)], out _));
    }

    [Fact]
    public void WhatWasChangedIsReadBack()
    {
        Assert.Equal(ParameterFault.None, ParameterChange.Apply(Start, [("fee_min", "0.0500"), ("training.require_device", "cuda")], out var changed));
        Assert.True(ChainParameters.TryDecode(changed.Encode(), out var back));
        Assert.Equal(changed, back);
        Assert.Contains("\"0.05\"", Encoding.UTF8.GetString(changed.Encode()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"unknown\":1}")]
    [InlineData("{\"fees\":{\"unknown\":1}}")]
    [InlineData("{\"fees\":null}")]
    [InlineData("{\"fee_min\":\"1\",\"fee_min\":\"1\"}")]
    [InlineData("{\"governance\":{\"voting_blocks\":0}}")]
    public void OtherTextIsNoParameters(string text)
    {
        Assert.False(ChainParameters.TryDecode(Encoding.UTF8.GetBytes(text), out var parameters));
        Assert.Null(parameters);
    }

    private static IEnumerable<(string Key, string Value)> Leaves(string prefix, JsonObject node)
    {
        foreach (var (key, value) in node)
        {
            if (value is JsonObject inner)
                foreach (var leaf in Leaves($"{prefix}{key}.", inner))
                    yield return leaf;
            else
                yield return (prefix + key, value!.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
        }
    }
}
