using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>A vault with its token on Ethereum, people, and the chain that stands behind it.</summary>
internal sealed record VaultWorld(LocalEthereum Ethereum, Contract Token, Contract Vault, VaultConfig Config, SideChain Chain)
{
    public static readonly GenesisHash Genesis = new(Words.Of(0x6e6e));

    /// <summary>A deadline far behind all that a test does.</summary>
    public const ulong Far = 2_500_000_000;

    public const ulong Day = 24 * 3600;

    public const ulong UnpauseDelay = Day;

    public const ulong LoosenDelay = 2 * Day;

    public const ulong ForkWindow = 12 * Day;

    public const ulong RetireDelay = 14 * Day;

    public const ulong RecoveryDelay = 30 * Day;

    /// <summary>Ends with the old 2018 date, so that the token is free.</summary>
    private const ulong FreezeEnd = 1_518_739_199;

    private int _actions;

    public Address Owner => Ethereum.Accounts[0];

    public Address Alice => Ethereum.Accounts[1];

    public Address Bob => Ethereum.Accounts[2];

    public Address Guardian => Ethereum.Accounts[3];

    public Address Recovery => Ethereum.Accounts[4];

    /// <summary>Calls what anyone may call.</summary>
    public Address Stranger => Ethereum.Accounts[5];

    public VaultAddress VaultAddress => new(Ethereum.ChainId, Vault.Address);

    /// <summary>A vault over MockNtk; Alice has a million of it and lets the vault take it.</summary>
    public static async Task<VaultWorld> DeployAsync(LocalEthereum ethereum, ValidatorKeys? keys = null)
    {
        keys ??= ValidatorKeys.Of(4, 1);
        var owner = ethereum.Accounts[0];
        var token = await Contract.DeployAsync(ethereum, owner, "test/MockNtk", AbiValue.Number(FreezeEnd));
        var config = new VaultConfig(token.Address, Genesis.Value, keys.Set.Validators)
        {
            Guardians = [ethereum.Accounts[3]],
            Recovery = ethereum.Accounts[4],
        };
        var vault = await Contract.DeployAsync(ethereum, owner, "NtkVault", config.ToAbi());
        var world = new VaultWorld(ethereum, token, vault, config, new SideChain(keys, Genesis));
        await token.SendAsync(owner, "transfer", AbiValue.Address(world.Alice), AbiValue.Amount(Amount.FromNtk(1_000_000)));
        await world.ApproveAsync(vault.Address);
        return world;
    }

    /// <summary>The same contracts, and the chain from its beginning.</summary>
    public VaultWorld Anew() => this with { Chain = new SideChain(Chain.Keys, Genesis), _actions = 0 };

    /// <summary>Another vault. The chain behind it is the same one, from its beginning.</summary>
    public async Task<VaultWorld> WithVaultAsync(Func<VaultConfig, VaultConfig> change)
    {
        var config = change(Config);
        var vault = await Contract.DeployAsync(Ethereum, Owner, "NtkVault", config.ToAbi());
        var world = Anew() with { Vault = vault, Config = config };
        await world.ApproveAsync(vault.Address);
        return world;
    }

    /// <summary>A vault over another token, of which Alice has three hundred million.</summary>
    public async Task<VaultWorld> WithTokenAsync(string name)
    {
        var token = await Contract.DeployAsync(Ethereum, Owner, name);
        await token.SendAsync(Owner, "mint", AbiValue.Address(Alice), AbiValue.Amount(Amount.FromNtk(300_000_000)));
        return await (this with { Token = token }).WithVaultAsync(config => config with { Token = token.Address });
    }

    public Task<LocalReceipt> ApproveAsync(Address spender) =>
        Token.SendAsync(Alice, "approve", AbiValue.Address(spender), AbiValue.Amount(Amount.FromNtk(300_000_000)));

    public Task<LocalReceipt> LockAsync(ulong ntk) => Vault.SendAsync(Alice, LockCall(ntk));

    public byte[] LockCall(ulong ntk) => VaultCalls.Lock(Amount.FromNtk(ntk), Words.Of(Alice));

    /// <summary>A leaf in the chain's range for so many NTK.</summary>
    public PendingRelease Burn(ulong ntk, Address? to = null, ulong deadline = Far) => Burn(Amount.FromNtk(ntk), to, deadline);

    public PendingRelease Burn(Amount amount, Address? to = null, ulong deadline = Far)
    {
        var id = BridgeLeaf.BurnId(Genesis, new Height(Chain.Height + 1), new TransactionHash(Words.Of(0x7a)), Chain.Leaves.Count);
        var withdrawal = new BridgeWithdrawal(id, to ?? Bob, amount, deadline);
        return new PendingRelease(withdrawal, Chain.Leaves.Append(BridgeLeaf.Release(VaultAddress, withdrawal)));
    }

    /// <summary>Calldata that pays it, under the chain's next block.</summary>
    public byte[] ReleaseCall(PendingRelease release) =>
        VaultCalls.Release(Chain.Certify(), release.Withdrawal, Chain.Leaves.Prove(release.Index));

    public Task<LocalReceipt> ReleaseAsync(PendingRelease release) => Vault.SendAsync(Stranger, ReleaseCall(release));

    public Hash256 NextActionId() => Words.Of((UInt128)(0xac70000 + ++_actions));

    /// <summary>Calldata of an order that is in the chain's range.</summary>
    public byte[] ActCall(BridgeAction action)
    {
        var index = Chain.Leaves.Append(BridgeLeaf.Action(VaultAddress, action));
        return VaultCalls.Act(Chain.Certify(), action, Chain.Leaves.Prove(index));
    }

    public Task<LocalReceipt> ActAsync(BridgeAction action) => Vault.SendAsync(Stranger, ActCall(action));

    public Task<LocalReceipt> FollowAsync(ValidatorKeys next) => Vault.SendAsync(Stranger, Chain.Change(next).Follow);

    /// <summary>Calldata of a change whose leaf is nowhere: for certificates that are refused before it matters.</summary>
    public static byte[] FollowCall(VaultCertificate certificate) => VaultCalls.Follow(certificate, new MountainProof(0, 1, []));

    /// <summary>The order to unpause, and the day that it takes.</summary>
    public async Task UnpauseAsync(uint pauseCount)
    {
        await ActAsync(BridgeAction.Unpause(NextActionId(), pauseCount, Far));
        await Ethereum.WarpByAsync(UnpauseDelay);
        await Vault.SendAsync(Stranger, "completeUnpause");
    }

    public Task<LocalReceipt> PauseAsync(byte what) => Vault.SendAsync(Guardian, "pause", AbiValue.Number(what));

    /// <summary>What anyone's call is refused with.</summary>
    public Task<string> RefusalAsync(byte[] call) => Vault.RefusalAsync(Stranger, call);

    /// <summary>What the deployment of a vault is refused with.</summary>
    public async Task<string> RefusalAsync(VaultConfig config) =>
        KnownErrors.NameOf(await Ethereum.RefusalAsync(Owner, null, Vault.Artifact.Creation(config.ToAbi())));

    public async Task<Amount> BalanceAsync(Address account) => new(await Token.NumberAsync("balanceOf", AbiValue.Address(account)));

    /// <summary>Two blocks at one height, both certified by the same set.</summary>
    public (VaultCertificate A, VaultCertificate B) Fork()
    {
        var a = Chain.Certify();
        return (a, Chain.Certify(height: a.Height, block: Words.Of(0xbad)));
    }
}

/// <summary>A withdrawal with its place in the range.</summary>
internal sealed record PendingRelease(BridgeWithdrawal Withdrawal, ulong Index);
