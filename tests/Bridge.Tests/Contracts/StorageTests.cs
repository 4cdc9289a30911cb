using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Where the vault keeps what: the chain proves these slots, so that to move one is to change the protocol.</summary>
public sealed class StorageTests(VaultFixture fixture) : VaultTest(fixture)
{
    private static readonly string[] Layout =
    [
        "0.0 released",
        "1.0 totalLocked", "1.16 totalReleased",
        "2.0 eventNonce", "2.8 bucketLevel", "2.20 bucketTime", "2.25 pauseCount", "2.29 flags",
        "3.0 eventChain",
        "4.0 validatorsRoot",
        "5.0 setHeight", "5.8 bucketCapacity", "5.20 bucketPerSecond",
        "6.0 minLock", "6.12 unpauseDue",
        "7.0 pendingLimits",
        "8.0 retirement",
        "9.0 recoveryMove",
        "10.0 history",
        "11.0 actionsDone",
        "12.0 guardians",
        "13.0 marks",
        "14.0 lastOrders",
    ];

    [Fact]
    public void TheCompilerPutsTheVariablesWhereTheProtocolSays() =>
        Assert.Equal(Layout, Vault.Artifact.Storage.Select(variable => $"{variable.Slot}.{variable.Offset} {variable.Label}"));

    [Fact]
    public async Task ANewVaultIsAsItsConfigurationSays()
    {
        var deployed = await World.WithVaultAsync(config => config with { SetHeight = 77 });
        var slots = await VaultSlots.ReadAsync(deployed.Vault);
        var config = deployed.Config;
        Assert.Equal((Chain.Keys.Set.Root, 77UL, 1UL), (slots.ValidatorsRoot, slots.SetHeight, slots.EventNonce));
        Assert.Equal((config.Capacity.Units, config.PerSecond.Units, config.MinLock.Units), (slots.Capacity, slots.PerSecond, slots.MinLock));
        Assert.Equal((config.Capacity.Units, VaultFlags.None, 0u), (slots.BucketLevel, slots.Flags, slots.PauseCount));
        Assert.Equal(Words.Greatest, await Ethereum.SlotAsync(deployed.Vault.Address, Words.Entry(Words.Of(World.Guardian), 12)));
        Assert.Equal("HeightTooLow", await deployed.RefusalAsync(VaultWorld.FollowCall(Chain.Certify(height: 77, next: Words.Of(1)))));
    }

    [Fact]
    public async Task EachCallChangesTheSlotsThatTheProtocolSays()
    {
        await World.LockAsync(1000);
        var release = World.Burn(400);
        var id = release.Withdrawal.BurnId;
        Assert.Equal(Hash256.Zero, await Ethereum.SlotAsync(Vault.Address, Words.Entry(id, 0)));
        await World.ReleaseAsync(release);
        var paid = await Ethereum.TimeAsync();
        Assert.Equal(Words.Of(1), await Ethereum.SlotAsync(Vault.Address, Words.Entry(id, 0)));
        var slots = await VaultSlots.ReadAsync(Vault);
        Assert.Equal((Ntk(1000), Ntk(400), 3UL), (slots.TotalLocked, slots.TotalReleased, slots.EventNonce));
        Assert.Equal((Ntk(499_600), paid), (slots.BucketLevel, slots.BucketTime));

        var first = Chain.Keys.Set.Root;
        await World.FollowAsync(ValidatorKeys.Of(4, 50));
        Assert.Equal(Words.Of(1), await Vault.SlotAsync(10)); // length of the history; its records begin at keccak(10)
        var record = Keccak256.Hash(Words.Of(10).ToArray());
        Assert.Equal(first, await Ethereum.SlotAsync(Vault.Address, record));

        var action = BridgeAction.SetLimits(World.NextActionId(), new Amount(Ntk(600_000)), new Amount(Ntk(6)), new Amount(Ntk(1)), VaultWorld.Far);
        await World.ActAsync(action);
        var due = await Ethereum.TimeAsync() + VaultWorld.LoosenDelay;
        Assert.Equal(Words.Of(1), await Ethereum.SlotAsync(Vault.Address, Words.Entry(action.ActionId, 11)));
        Assert.Equal(Words.Of(Chain.Leaves.Count), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Subject(BridgeActionKind.SetLimits, Address.Zero), 14)));
        var pending = await Vault.SlotAsync(7);
        Assert.Equal((Ntk(600_000), Ntk(6), (UInt128)due), (Words.Field(pending, 0, 12), Words.Field(pending, 12, 12), Words.Field(pending, 24, 5)));

        await World.ActAsync(BridgeAction.Retire(World.NextActionId(), World.Token.Address, VaultWorld.Far));
        due = await Ethereum.TimeAsync() + VaultWorld.RetireDelay;
        Assert.Equal(Words.Of(Chain.Leaves.Count), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Subject(BridgeActionKind.Retire, Address.Zero), 14)));
        var retirement = await Vault.SlotAsync(8);
        Assert.Equal((Words.Field(Words.Of(World.Token.Address), 4, 16), (UInt128)due), (Words.Field(retirement, 4, 16), Words.Field(retirement, 20, 5)));
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(World.Token.Address));
        due = await Ethereum.TimeAsync() + VaultWorld.RecoveryDelay;
        Assert.Equal((UInt128)due, Words.Field(await Vault.SlotAsync(9), 20, 5));

        await World.ActAsync(BridgeAction.SetGuardian(World.NextActionId(), World.Guardian, false, VaultWorld.Far));
        due = await Ethereum.TimeAsync() + VaultWorld.LoosenDelay;
        Assert.Equal(Words.Of(due), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Words.Of(World.Guardian), 12)));
        Assert.Equal(Words.Of(Chain.Leaves.Count), await Ethereum.SlotAsync(Vault.Address, Words.Entry(Subject(BridgeActionKind.SetGuardian, World.Guardian), 14)));
        await World.PauseAsync(1);
        await World.ActAsync(BridgeAction.Unpause(World.NextActionId(), 1, VaultWorld.Far));
        due = await Ethereum.TimeAsync() + VaultWorld.UnpauseDelay;
        Assert.Equal((Ntk(1), (UInt128)due), (Words.Field(await Vault.SlotAsync(6), 0, 12), Words.Field(await Vault.SlotAsync(6), 12, 5)));
    }

    [Fact]
    public async Task TheEventChainIsTheFoldOfAllLogs()
    {
        var next = await World.WithVaultAsync(config => config with { Predecessor = Vault.Address });
        await World.LockAsync(1000);
        await World.ReleaseAsync(World.Burn(400));
        await World.PauseAsync(3);
        await World.FollowAsync(ValidatorKeys.Of(4, 50));
        await World.UnpauseAsync(1);
        await World.ActAsync(BridgeAction.SetGuardian(World.NextActionId(), World.Bob, true, VaultWorld.Far));
        await World.ActAsync(BridgeAction.SetLimits(World.NextActionId(), Amount.FromNtk(9), Amount.FromNtk(9), Amount.FromNtk(1), VaultWorld.Far));
        await World.ActAsync(BridgeAction.Rescue(World.NextActionId(), World.Token.Address, World.Bob, Amount.Zero, VaultWorld.Far));
        await Vault.SendAsync(World.Recovery, "startRecovery", AbiValue.Address(World.Token.Address));
        await World.ActAsync(BridgeAction.CancelRecovery(World.NextActionId(), await Ethereum.TimeAsync() + VaultWorld.RecoveryDelay, VaultWorld.Far));
        await World.ActAsync(BridgeAction.Retire(World.NextActionId(), next.Vault.Address, VaultWorld.Far));
        await Ethereum.WarpByAsync(VaultWorld.RetireDelay);
        await Vault.SendAsync(World.Stranger, "completeRetire");
        var (a, b) = next.Fork();
        await next.Vault.SendAsync(World.Stranger, VaultCalls.ProveFork(a, b, 0));

        var seen = new HashSet<string>();
        foreach (var vault in new[] { Vault, next.Vault })
        {
            var chain = Hash256.Zero;
            UInt128 nonce = 0;
            foreach (var log in await Ethereum.LogsAsync(vault.Address, 0))
            {
                Assert.Equal(++nonce, Words.Low(log.Topics[1]));
                chain = EventChain.Fold(chain, log, vault.Artifact);
                seen.Add(vault.Artifact.Events.Single(entry => entry.Topic == log.Topics[0]).Name);
            }

            var slots = await VaultSlots.ReadAsync(vault);
            Assert.Equal((chain, nonce), (slots.EventChain, (UInt128)slots.EventNonce));
        }

        Assert.Equal(Vault.Artifact.Events.Select(entry => entry.Name).Order(), seen.Order()); // each event of the interface was there
    }

    // kind * 2^160 + guardian
    private static Hash256 Subject(BridgeActionKind kind, Address guardian) =>
        Hash256.FromBytes([.. new byte[11], (byte)kind, .. guardian.ToArray()]);

    private static UInt128 Ntk(ulong ntk) => Amount.FromNtk(ntk).Units;
}
