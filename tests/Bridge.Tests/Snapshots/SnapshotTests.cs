using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The snapshot of a token with the manners of the real one, on a real node, by endpoints of which some fail and some lie.</summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    private const int Liar = 1;

    private SnapshotWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await SnapshotWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>F19: burn of the real kind emits no Transfer. Whoever reads transfers alone comes to balances that are not there.</summary>
    [Fact]
    public async Task F19_ABurnWithoutATransferIsInTheSnapshot()
    {
        var file = await BuiltAsync();
        var accounts = _world.Ethereum.Accounts;
        Assert.Equal(Amount.FromNtk(1_004), file.AmountOf(accounts[6])); // 1005 less the one that was burned
        Assert.Null(file.AmountOf(accounts[7])); // burned all
        Assert.Equal(Amount.FromNtk(100_000_000 - 40_000_000 - 1 - 1_006), file.Supply);
        Assert.Equal(new Amount(await _world.Token.NumberAsync("totalSupply")), file.Supply);
        foreach (var (holder, amount) in file.Holders) Assert.Equal(await _world.BalanceAsync(holder), amount);
        Assert.Equal(new Amount(3), file.AmountOf(accounts[1]));
        Assert.Equal(Amount.FromNtk(5), file.AmountOf(_world.Token.Address));

        // Without its burns the events say more than there is, and nothing is written.
        foreach (var proxy in _world.Proxies) proxy.Lie = WithoutBurns;
        await RefusedAsync(SnapshotFault.BalanceDiffers);
    }

    [Fact]
    public async Task ValidatorsComeToTheSameBytesWhateverTheyAskInWhichSteps()
    {
        var first = (await BuiltAsync()).Encode();
        Assert.Equal(first, (await BuiltAsync(options => options with { RangeMax = 1, ProofHolders = 1 })).Encode());
        Assert.Equal(first, (await BuiltAsync(options => options with { RangeMax = 10_000, ProofHolders = 64 })).Encode());
        Assert.NotEqual(first, (await BuiltAsync(options => options with { FirstBlock = 0 })).Encode()); // what it says of itself
        Assert.True(HoldersFile.TryParse(first, out var read, out _));
        Assert.Equal(first, read.Encode());
        Assert.Equal((_world.Token.Address, _world.Block, _world.Ethereum.ChainId), (read.Token, read.Block.Number, read.EthereumChainId));
        Assert.Null(read.ToGenesis(GenesisClaims.ClosingHeightMin).Fault());
    }

    [Fact]
    public async Task WhoIsLeftOutIsNamedWithTheReasonAndIsNoLeaf()
    {
        var list = ExclusionList.Parse($"{_world.Token.Address} the token's own address\n{_world.Owner} an exchange\n");
        var file = await BuiltAsync(options => options with { Exclusions = list });
        Assert.Equal(list.Reasons.Keys, file.Excluded.Select(one => one.Holder));
        Assert.Equal("the token's own address", file.Excluded.Single(one => one.Holder == _world.Token.Address).Reason);
        Assert.Null(file.AmountOf(_world.Owner));
        Assert.Null(file.Tree.Prove(_world.Owner, await _world.BalanceAsync(_world.Owner)));
        Assert.Equal(new Amount(await _world.Token.NumberAsync("totalSupply")), file.Total + file.ExcludedTotal);

        var wrong = ExclusionList.Parse($"{_world.Ethereum.Accounts[7]} holds nothing\n");
        await RefusedAsync(SnapshotFault.ExcludedHoldsNothing, options => options with { Exclusions = wrong });
        var everybody = ExclusionList.Parse(string.Concat((await BuiltAsync()).Holders.Select(one => $"{one.Holder} so that nobody is left\n")));
        await RefusedAsync(SnapshotFault.SupplyOutOfRange, options => options with { Exclusions = everybody });
    }

    [Fact]
    public async Task OneLiarIsOutvotedAndTwoChangeNoBalance()
    {
        var honest = (await BuiltAsync()).Encode();
        Func<string, JsonArray, JsonNode?, JsonNode?>[] lies = [WithoutBurns, WithoutLogs, WithAnotherAmount, WithBrokenProof, OfAnotherBlock];
        foreach (var lie in lies)
        {
            _world.Proxies[Liar].Lie = lie;
            Assert.Equal(honest, (await BuiltAsync()).Encode());
        }

        // Two that say the same are a quorum for events; the storage that the block's root binds says otherwise.
        foreach (var (lie, fault) in new[] { (lies[0], SnapshotFault.BalanceDiffers), (lies[1], SnapshotFault.SupplyDiffers), (lies[2], SnapshotFault.BalanceDiffers) })
        {
            _world.Proxies[0].Lie = _world.Proxies[1].Lie = lie;
            await RefusedAsync(fault);
        }

        _world.Proxies[0].Lie = _world.Proxies[1].Lie = WithBrokenProof;
        Assert.Equal(honest, (await BuiltAsync()).Encode()); // the third one proves it
        _world.Proxies[2].Lie = WithBrokenProof;
        await RefusedAsync(SnapshotFault.NotProven);
    }

    [Fact]
    public async Task BelowTheQuorumThereIsNoSnapshot()
    {
        _world.Proxies[0].Manner = ProxyManner.Unavailable;
        await BuiltAsync();
        _world.Proxies[1].Manner = ProxyManner.Drop;
        await RefusedAsync(SnapshotFault.BelowQuorum);
        _world.Proxies[1].Manner = ProxyManner.Answer;

        // Two that disagree about events are none either, and are asked for ever less.
        _world.Proxies[1].Lie = WithoutLogs;
        var outcome = await _world.BuildAsync();
        Assert.Equal(SnapshotFault.EventsDisagree, outcome.Fault);
        Assert.Contains($"block {_world.FirstBlock}:", outcome.Detail, StringComparison.Ordinal);
        _world.Proxies[1].Lie = OfAnotherBlock;
        await RefusedAsync(SnapshotFault.NoAgreement);
        foreach (var proxy in _world.Proxies) proxy.Lie = Lies.Named("new field");
        await RefusedAsync(SnapshotFault.UnknownHeaderLayout);
    }

    [Fact]
    public async Task WhatIsNotFinalOrNoTokenIsNoSnapshot()
    {
        await RefusedAsync(SnapshotFault.NotFinal, options => options with { Block = _world.Block + 8 });
        await RefusedAsync(SnapshotFault.NoToken, options => options with { Token = _world.Ethereum.Accounts[9] });
        await RefusedAsync(SnapshotFault.EventsDoNotAddUp, options => options with { FirstBlock = _world.FirstBlock + 3 });
        await RefusedAsync(SnapshotFault.SupplyDiffers, options => options with { SupplySlot = 7 });
        await RefusedAsync(SnapshotFault.BalanceDiffers, options => options with { BalancesSlot = 2 });
        var other = _world.Quorum with { Genesis = Hash256.Sha256([1]) };
        await RefusedAsync(SnapshotFault.BelowQuorum, options => options with { Quorum = other });
    }

    [Fact]
    public async Task AnEndpointWithABoundIsAskedForLess()
    {
        var largest = 0UL;
        JsonNode? Bounded(string method, JsonArray parameters, JsonNode? result)
        {
            if (method != "eth_getLogs") return result;
            var range = Number(parameters[0]!["toBlock"]!) - Number(parameters[0]!["fromBlock"]!) + 1;
            if (range > 2) return null; // Absent
            largest = Math.Max(largest, range);
            return result;
        }

        var honest = (await BuiltAsync()).Encode();
        foreach (var proxy in _world.Proxies) proxy.Lie = Bounded;
        Assert.Equal(honest, (await BuiltAsync(options => options with { RangeMax = 1_000 })).Encode());
        Assert.Equal(2UL, largest);
    }

    /// <summary>Wallets sign what is shown to them: another implementation's signatures over both forms are the holder's.</summary>
    [Fact]
    public async Task AWalletsSignaturesOverBothFormsCount()
    {
        var ethereum = _world.Ethereum;
        var holder = ethereum.Accounts[4];
        var claim = new SnapshotClaim(new GenesisHash(Hash256.Sha256("chain"u8)), ethereum.ChainId, holder, Amount.FromNtk(12), ethereum.Accounts[8], 1_999_999_999);
        var typed = await ethereum.CallAsync("eth_signTypedData_v4", holder.ToString(), claim.ToTypedData());
        var text = await ethereum.CallAsync("personal_sign", Hex.Encode(System.Text.Encoding.ASCII.GetBytes(claim.Text)), holder.ToString());
        foreach (var (form, signed) in new[] { (ClaimForm.Typed, typed), (ClaimForm.Text, text) })
        {
            Assert.True(Hex.TryDecode(signed.GetString(), out var bytes));
            Assert.True(EcdsaSignature.TryFromBytes(bytes.AsSpan(0, EcdsaSignature.Size), out var signature));
            Assert.True(signature.IsBy(holder, claim.Digest(form)));
            Assert.False(signature.IsBy(holder, (claim with { Recipient = holder }).Digest(form)));
        }
    }

    private async Task<HoldersFile> BuiltAsync(Func<SnapshotOptions, SnapshotOptions>? change = null)
    {
        var outcome = await _world.BuildAsync(change);
        Assert.True(outcome.File is not null, $"{outcome.Fault}: {outcome.Detail}");
        return outcome.File;
    }

    private async Task RefusedAsync(SnapshotFault fault, Func<SnapshotOptions, SnapshotOptions>? change = null)
    {
        var outcome = await _world.BuildAsync(change);
        Assert.True(outcome.Fault == fault, $"{outcome.Fault}: {outcome.Detail}");
        Assert.Null(outcome.File);
    }

    // But for the one of all that somebody had: the local node keeps a zero in its trie, where Ethereum has nothing, and a proof with one is none.
    private JsonNode? WithoutBurns(string method, JsonArray parameters, JsonNode? result)
    {
        if (method != "eth_getLogs" || result is not JsonArray logs) return result;
        var all = Words.Of(_world.Ethereum.Accounts[7]).ToString();
        foreach (var log in logs.Where(log => log!["topics"]![0]!.GetValue<string>() == TokenMove.Burn.Topic.ToString() && log["topics"]![1]!.GetValue<string>() != all).ToList()) logs.Remove(log);
        return logs;
    }

    // All but what the token began with.
    private static JsonNode? WithoutLogs(string method, JsonArray parameters, JsonNode? result)
    {
        if (method != "eth_getLogs" || result is not JsonArray) return result;
        return new JsonArray();
    }

    private static JsonNode? WithAnotherAmount(string method, JsonArray parameters, JsonNode? result)
    {
        if (method != "eth_getLogs" || result is not JsonArray { Count: > 0 } logs) return result;
        var data = logs[^1]!["data"]!.GetValue<string>();
        logs[^1]!["data"] = data[..^1] + (data[^1] == '1' ? '2' : '1');
        return logs;
    }

    private static JsonNode? WithBrokenProof(string method, JsonArray parameters, JsonNode? result)
    {
        if (method != "eth_getProof") return result;
        var nodes = result!["accountProof"]!.AsArray();
        var last = nodes[^1]!.GetValue<string>();
        nodes[^1] = last[..^1] + (last[^1] == '1' ? '2' : '1');
        return result;
    }

    private static JsonNode? OfAnotherBlock(string method, JsonArray parameters, JsonNode? result)
    {
        if (method != "eth_getBlockByNumber" || parameters[0]!.GetValue<string>() is "latest" or "finalized" or "0x0") return result;
        result!["hash"] = Hash256.Sha256("another"u8).ToString();
        return result;
    }

    private static ulong Number(JsonNode quantity) => Convert.ToUInt64(quantity.GetValue<string>()[2..], 16);
}
