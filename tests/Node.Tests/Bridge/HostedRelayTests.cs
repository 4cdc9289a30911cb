using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>Relayers inside running nodes: the set changes, and the vault follows without anybody's doing.</summary>
public sealed class HostedRelayTests
{
    [Fact]
    public async Task F16_ANodesRelayerBringsTheNextSetAndWithdrawalsGoOnUnderIt()
    {
        await using var world = await BridgedNetwork.StartAsync();
        var relayers = await AddRelayersAsync(world);
        var account = PrivateKey.Generate();
        await world.LockAsync(1_000, account.Address);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_000)), "all nodes credit it");

        var members = world.Members;
        var change = new GovernanceAction { ChangePower = new ChangePower { Address = members[3].Validator.ToByteString(), Power = 12 } };
        await world.Network.VoteAsync(members[0], change, members);
        await RunningNetwork.EventuallyAsync(() => !VaultSets.AreFollowed(members[0].State), "the set changes");
        // Burned while the vault goes by the old set: it waits, and is certified when the chain knows that the vault has followed.
        var burnId = await world.WithdrawAsync(account, Amount.FromNtk(300), world.Receiver);
        await FollowsAsync(world, 1);
        Assert.Equal(WithdrawalState.Waiting, WithdrawalRecord.Get(members[0].State, burnId)!.State);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => VaultSets.AreFollowed(members[0].State), "the chain knows that the vault follows");
        await PaidAsync(world, world.Receiver, Amount.FromNtk(300));

        // One paid for each: the others waited for their turns and found it done.
        var paid = 0;
        foreach (var relayer in relayers)
            if (LocalEthereum.Number(await world.Ethereum.CallAsync("eth_getTransactionCount", relayer.ToString(), "latest")) > 0) paid++;
        Assert.InRange(paid, 1, 2);
        Assert.Equal(Hash256.FromBytes(Words.Of(1).ToArray()), await world.Vault.ReadAsync("isReleased", AbiValue.Word(burnId)));
    }

    /// <summary>Nobody was told to: a validator that watches Ethereum has a relayer with an account of its own, which needs ether and nothing else.</summary>
    [Fact]
    public async Task ValidatorsBringTheNextSetUntold()
    {
        await using var world = await BridgedNetwork.StartAsync(relays: true);
        var members = world.Members;
        foreach (var member in members)
        {
            var opened = KeystoreFile.TryLoad(member.Home.In("keys/relayer.json"), File.ReadAllText(member.Home.In("keys/password")).TrimEnd(), out var key, out _);
            Assert.True(opened);
            await world.Ethereum.CallAsync("anvil_setBalance", key!.Address.ToString(), new UInt256(Amount.UnitsPerNtk).ToString());
        }

        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Status.Nonce >= 1, "the chain knows the vault");
        var change = new GovernanceAction { ChangePower = new ChangePower { Address = members[3].Validator.ToByteString(), Power = 12 } };
        await world.Network.VoteAsync(members[0], change, members);
        await FollowsAsync(world, 1);
    }

    private static async Task<List<Address>> AddRelayersAsync(BridgedNetwork world)
    {
        var relayers = new List<Address>();
        foreach (var member in world.Members)
        {
            var key = PrivateKey.Generate();
            KeystoreFile.Save(member.Home.In("keys/relayer.json"), key, File.ReadAllText(member.Home.In("keys/password")).TrimEnd(), ScryptCost.Light);
            await world.Ethereum.CallAsync("anvil_setBalance", key.Address.ToString(), new UInt256(Amount.UnitsPerNtk).ToString());
            await member.StopAsync();
            await member.StartAsync(options => options with
            {
                Relay = new RelaySettings { Url = world.Ethereum.Endpoint.ToString(), What = "all", PollSeconds = 1, TurnSeconds = 20, Confirmations = 1 },
            });
            relayers.Add(key.Address);
        }

        return relayers;
    }

    private static Task FollowsAsync(BridgedNetwork world, ulong set) => WaitAsync(async () => await world.Vault.NumberAsync("setNumber") == set, $"the vault follows set {set}");

    private static Task PaidAsync(BridgedNetwork world, Address receiver, Amount amount) => WaitAsync(async () => await world.BalanceAsync(receiver) == amount, $"{receiver} is paid");

    private static Task WaitAsync(Func<Task<bool>> fact, string what) => Eventually.HoldsAsync(fact, what, TimeSpan.FromMinutes(2));
}
