using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>What a holder and a relayer type, against running nodes and a real Ethereum node that mines a block a second.</summary>
public sealed class BridgeCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurochain-bridge-command-");
    private BridgedNetwork _world = null!;

    private string Password => Path.Combine(_folder.FullName, "password");

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(Password, "a password\n");
        _world = await BridgedNetwork.StartAsync();
        await _world.Ethereum.CallAsync("evm_setIntervalMining", 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AHolderMovesNtkToTheChainAndBack()
    {
        var (holder, file) = await KeyAsync("holder", ntk: 500);
        var deposit = await RunAsync(["deposit", "--amount", "100", "--genesis", _world.Members[0].Home.GenesisFile, .. Sending(file)]);
        Assert.True(deposit.ExitCode == 0, deposit.ToString());
        foreach (var line in new[] { $"1 of 3: let the vault {_world.Vault.Address} take 100 NTK", $"2 of 3: lock 100 NTK for {holder.Address}", "3 of 3: lock number 2 is to be final", "credited by block" })
            Assert.Contains(line, deposit.Output, StringComparison.Ordinal);
        Assert.Equal(Amount.FromNtk(100), AccountsModule.Get(_world.Members[0].State, holder.Address).Balance);
        Assert.Equal("Credited", JsonNode.Parse((await RunAsync(["status", "--deposit", "2", "--json"])).Output)!["state"]!.GetValue<string>());

        var receiver = PrivateKey.Generate().Address;
        var withdraw = await RunAsync(["withdraw", "--amount", "30", "--to", receiver.ToString(), "--json", .. Signing(file)]);
        Assert.True(withdraw.ExitCode == 0, withdraw.ToString());
        var burned = JsonNode.Parse(withdraw.Output)!;
        Assert.Equal("Certified", burned["state"]!.GetValue<string>());
        var burnId = burned["burn_id"]!.GetValue<string>();
        Assert.Contains("anybody may bring it to the vault until", withdraw.Errors, StringComparison.Ordinal);
        Assert.Contains("30 NTK burned and neither released nor refunded yet", (await RunAsync(["status"])).Output, StringComparison.Ordinal);

        // The proof, held against the genesis that somebody has and not against the node's word.
        var proof = await RunAsync(["proof", "--withdrawal", burnId, "--verify", "--genesis", _world.Members[0].Home.GenesisFile]);
        Assert.True(proof.ExitCode == 0, proof.ToString());
        Assert.StartsWith("proved against header", proof.Errors, StringComparison.Ordinal);
        Assert.Equal(_world.Vault.Address.ToString(), JsonNode.Parse(proof.Output)!["vault"]!.GetValue<string>());

        await RelayByTwoAsync(burnId, receiver);
        await Eventually.HoldsAsync(async () => (await RunAsync(["status", "--withdrawal", burnId])) is { ExitCode: 2 } gone && gone.Errors.Contains("is not open", StringComparison.Ordinal), "the chain knows of the release");
        Assert.Contains("released      30 NTK", (await RunAsync(["status"])).Output, StringComparison.Ordinal);
        await UnknownBurnAsync();
    }

    [Fact]
    public async Task WhatIsSentToADepositAddressIsLockedByAFlush()
    {
        var factory = await Contract.DeployAsync(_world.Ethereum, _world.Ethereum.Accounts[0], "DepositFactory", AbiValue.Address(_world.Vault.Address));
        var account = PrivateKey.Generate().Address;
        string[] place = ["--factory", factory.Address.ToString(), "--to", account.ToString()];
        var shown = await RunAsync(["deposit-address", "show", "--json", .. place, "--ethereum", _world.Ethereum.Endpoint.ToString()]);
        Assert.True(shown.ExitCode == 0, shown.ToString());
        var address = JsonNode.Parse(shown.Output)!["address"]!.GetValue<string>();
        Assert.True(Address.TryParse(address, out var deposit));
        await _world.Token.SendAsync(_world.Holder, "transfer", AbiValue.Address(deposit), AbiValue.Amount(Amount.FromNtk(7)));

        var (_, file) = await KeyAsync("flusher");
        var flushed = await RunAsync(["deposit-address", "flush", .. place, .. Sending(file)]);
        Assert.True(flushed.ExitCode == 0, flushed.ToString());
        Assert.Equal(Amount.FromNtk(7), AccountsModule.Get(_world.Members[0].State, account).Balance);
        Assert.Contains($"there is nothing at {deposit}", (await RunAsync(["deposit-address", "flush", .. place, .. Sending(file)])).Errors, StringComparison.Ordinal);

        // A factory of anything else would take the tokens for good.
        var foreign = await RunAsync(["deposit-address", "show", "--factory", _world.Token.Address.ToString(), "--to", account.ToString(), "--ethereum", _world.Ethereum.Endpoint.ToString()]);
        Assert.Equal((2, $"neurochain: --factory: {_world.Token.Address} is no deposit factory\n"), (foreign.ExitCode, foreign.Errors));
    }

    [Fact]
    public async Task ValidatorsStopTheBridgeAndAVoteOrdersTheVault()
    {
        var keys = _world.Members.Select(member => (Key: member.Home.In("keys/validator.json"), Password: member.Home.In("keys/password"), member.Api)).ToArray();
        Task<CommandOutcome> ByAsync(int i, params string[] words) => CommandRunner.RunAsync([.. words, "--key", keys[i].Key, "--password-file", keys[i].Password, "--node", keys[i].Api]);

        // The vault is to be known before it is ordered anything.
        await Eventually.HoldsAsync(async () => (await RunAsync(["status"])).Output.Contains("takes locks and pays", StringComparison.Ordinal), "the chain knows the vault");
        var paused = await ByAsync(0, "bridge", "pause", "credits");
        Assert.True(paused.ExitCode == 0, paused.ToString());
        Assert.Contains("a validator stopped credits (stop count 1; a vote resumes)", (await RunAsync(["status"])).Output, StringComparison.Ordinal);
        await DecideAsync(1, "bridge", "resume", "--reason", "all is well");
        await Eventually.HoldsAsync(async () => (await RunAsync(["status"])).Output.Contains("none (stop count 1)", StringComparison.Ordinal), "the bridge goes on");
        await DecideAsync(2, "bridge", "order", "limits", "--capacity", "1000", "--per-second", "0.5", "--min-lock", "3");

        var (_, file) = await KeyAsync("relayer");
        await Eventually.HoldsAsync(async () => (await RunAsync(["proof", "--order", "1"])).ExitCode == 0, "the order is certified");
        var relayed = await RunAsync(["relay", "--once", .. Sending(file)]);
        Assert.True(relayed.ExitCode == 0, relayed.ToString());
        Assert.Contains("order 1: done in block", relayed.Output, StringComparison.Ordinal);
        Assert.Equal(Amount.FromNtk(1_000), new Amount(await _world.Vault.NumberAsync("bucketCapacity")));
        Assert.Equal(Amount.FromNtk(3), new Amount(await _world.Vault.NumberAsync("minLock")));
        Assert.Contains("FailedPrecondition", (await ByAsync(0, "bridge", "redirect", "9", "--to", _world.Receiver.ToString())).Errors, StringComparison.Ordinal);
        Assert.Contains("FailedPrecondition", (await ByAsync(0, "bridge", "veto", Words.Of(1).ToString())).Errors, StringComparison.Ordinal);

        var small = await RunAsync(["deposit", "--amount", "2", .. Sending(file)]);
        Assert.Equal((2, "neurochain: --amount: at least 3 NTK\n"), (small.ExitCode, small.Errors));

        async Task DecideAsync(int proposal, params string[] words)
        {
            var proposed = await ByAsync(0, words);
            Assert.True(proposed.ExitCode == 0, proposed.ToString());
            for (var i = 1; i < 3; i++)
            {
                var vote = await ByAsync(i, "validator", "vote", $"{proposal}", "yes");
                Assert.True(vote.ExitCode == 0, vote.ToString());
            }
        }
    }

    // F14 from the command line: the one that comes second pays nothing and says so.
    private async Task RelayByTwoAsync(string burnId, Address receiver)
    {
        var ((_, poor), (_, first), (second, other)) = (await KeyAsync("poor", ether: 0), await KeyAsync("first"), await KeyAsync("second"));
        var empty = await RunAsync(["relay", "--once", .. Sending(poor)]);
        Assert.Equal(1, empty.ExitCode);
        Assert.Contains("account: waits: EmptyBalance", empty.Output, StringComparison.Ordinal);

        var relayed = await RunAsync(["relay", "--once", .. Sending(first)]);
        Assert.True(relayed.ExitCode == 0, relayed.ToString());
        Assert.Contains($"release {burnId}: done in block", relayed.Output, StringComparison.Ordinal);
        Assert.Equal(Amount.FromNtk(30), await _world.BalanceAsync(receiver));
        var again = await RunAsync(["relay", "--once", .. Sending(other)]);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(10 * Amount.UnitsPerNtk, LocalEthereum.Number(await _world.Ethereum.CallAsync("eth_getBalance", second.Address.ToString(), "latest")));
        Assert.Equal(Amount.FromNtk(30), await _world.BalanceAsync(receiver));
    }

    // F15: nobody gets a certificate for what was never burned: no validator signs anything for it, and no node makes a call of it.
    private async Task UnknownBurnAsync()
    {
        var unknown = await RunAsync(["proof", "--withdrawal", Words.Of(15).ToString()]);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("NotFound", unknown.Errors, StringComparison.Ordinal);
    }

    private async Task<(PrivateKey Key, string File)> KeyAsync(string name, ulong ntk = 0, ulong ether = 10)
    {
        var (key, file) = (PrivateKey.Generate(), Path.Combine(_folder.FullName, $"{name}.json"));
        KeystoreFile.Save(file, key, "a password", ScryptCost.Light);
        await _world.Ethereum.CallAsync("anvil_setBalance", key.Address.ToString(), new UInt256(ether * Amount.UnitsPerNtk).ToString());
        if (ntk > 0) await _world.Token.SendAsync(_world.Holder, "transfer", AbiValue.Address(key.Address), AbiValue.Amount(Amount.FromNtk(ntk)));
        return (key, file);
    }

    private string[] Signing(string key) => ["--key", key, "--password-file", Password];

    private string[] Sending(string key) => [.. Signing(key), "--ethereum", _world.Ethereum.Endpoint.ToString(), "--poll", "1"];

    private Task<CommandOutcome> RunAsync(string[] words) => CommandRunner.RunAsync(["bridge", .. words, "--node", _world.Members[0].Api]);
}
