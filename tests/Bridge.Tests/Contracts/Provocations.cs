using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>For each custom error the shortest way to it. What it returns is the error that came.</summary>
internal static class Provocations
{
    public static readonly IReadOnlyDictionary<string, Func<VaultWorld, Task<string>>> All = new Dictionary<string, Func<VaultWorld, Task<string>>>
    {
        ["NtkVault.AboveCap"] = world => world.RefusalAsync(world.LockCall(100_000_001)),
        ["NtkVault.AboveOutstanding"] = world => world.RefusalAsync(world.ReleaseCall(world.Burn(1))),
        ["NtkVault.AboveSurplus"] = world => Ordered(world, BridgeAction.Rescue(world.NextActionId(), world.Token.Address, world.Bob, new Amount(1), VaultWorld.Far)),
        ["NtkVault.ActionAlreadyDone"] = async world =>
        {
            var action = BridgeAction.SetGuardian(world.NextActionId(), world.Bob, true, VaultWorld.Far);
            await world.ActAsync(action);
            return await Ordered(world, action);
        },
        ["NtkVault.AlreadyInherited"] = async world =>
        {
            var next = await world.WithVaultAsync(config => config with { Predecessor = world.Alice });
            await next.Vault.SendAsync(world.Alice, "inherit", AbiValue.Number(1));
            return await next.Vault.RefusalAsync(world.Alice, "inherit", AbiValue.Number(1));
        },
        ["NtkVault.AlreadyReleased"] = async world =>
        {
            await world.LockAsync(10);
            var release = world.Burn(1);
            await world.ReleaseAsync(release);
            return await world.RefusalAsync(world.ReleaseCall(release));
        },
        ["NtkVault.AmountNotReceived"] = async world =>
        {
            var evil = await world.WithTokenAsync("test/FeeToken");
            return await evil.Vault.RefusalAsync(evil.Alice, evil.LockCall(1000));
        },
        ["NtkVault.BadArguments"] = world => Ordered(world, new BridgeAction(world.NextActionId(), BridgeActionKind.Unpause, [], VaultWorld.Far)),
        ["NtkVault.BadGuardian"] = world => world.RefusalAsync(world.Config with { Guardians = [Address.Zero] }),
        ["NtkVault.BadLimits"] = world => world.RefusalAsync(world.Config with { Capacity = Amount.Zero }),
        ["NtkVault.BadPause"] = world => world.Vault.RefusalAsync(world.Guardian, "pause", AbiValue.Number(0)),
        ["NtkVault.BadTarget"] = world => world.RefusalAsync(world.ReleaseCall(world.Burn(1, world.Vault.Address))),
        ["NtkVault.BadValidators"] = world => world.RefusalAsync(world.Config with { Validators = [] }),
        ["NtkVault.BelowMinimum"] = world => world.RefusalAsync(world.LockCall(0)),
        ["NtkVault.DifferentHeights"] = world => world.RefusalAsync(VaultCalls.ProveFork(world.Chain.Certify(), world.Chain.Certify(), 0)),
        ["NtkVault.EmptyRoot"] = world =>
        {
            var release = world.Burn(1);
            var certificate = world.Chain.Certify(bridgeRoot: Hash256.Zero);
            return world.RefusalAsync(VaultCalls.Release(certificate, release.Withdrawal, world.Chain.Leaves.Prove(release.Index)));
        },
        ["NtkVault.Expired"] = world => world.RefusalAsync(world.ReleaseCall(world.Burn(1, deadline: LocalEthereum.GenesisSeconds - 1))),
        ["NtkVault.ForkTooOld"] = async world =>
        {
            var (a, b) = world.Fork();
            await world.FollowAsync(ValidatorKeys.Of(4, 60));
            await world.Ethereum.WarpByAsync(VaultWorld.ForkWindow + 1);
            return await world.RefusalAsync(VaultCalls.ProveFork(a, b, 0));
        },
        ["NtkVault.HeightOutsideSet"] = async world =>
        {
            var old = world.Chain.Keys;
            await world.FollowAsync(ValidatorKeys.Of(4, 60));
            world.Chain.Keys = old;
            var (a, b) = world.Fork();
            return await world.RefusalAsync(VaultCalls.ProveFork(a, b, 0));
        },
        ["NtkVault.HeightTooLow"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify(height: 0))),
        ["NtkVault.IsForked"] = async world =>
        {
            var (a, b) = world.Fork();
            await world.Vault.SendAsync(world.Stranger, VaultCalls.ProveFork(a, b, 0));
            return await world.RefusalAsync(world.LockCall(1));
        },
        ["NtkVault.IsPaused"] = async world =>
        {
            await world.PauseAsync(1);
            return await world.RefusalAsync(world.LockCall(1));
        },
        ["NtkVault.IsRetired"] = async world =>
        {
            await RetireAsync(world, "NtkVault");
            await world.Vault.SendAsync(world.Stranger, "completeRetire");
            return await world.RefusalAsync(world.LockCall(1));
        },
        ["NtkVault.IsRetiring"] = async world =>
        {
            await RetireAsync(world, "NtkVault");
            return await world.RefusalAsync(world.LockCall(1));
        },
        ["NtkVault.LimitReached"] = async world =>
        {
            await world.LockAsync(600_000);
            return await world.RefusalAsync(world.ReleaseCall(world.Burn(500_001)));
        },
        ["NtkVault.NoAmount"] = world => world.RefusalAsync(world.ReleaseCall(world.Burn(0))),
        ["NtkVault.NoBlock"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify(block: Hash256.Zero))),
        ["NtkVault.NoCode"] = world => world.RefusalAsync(world.Config with { Token = world.Bob }),
        ["NtkVault.NoFork"] = world =>
        {
            var certificate = world.Chain.Certify();
            return world.RefusalAsync(VaultCalls.ProveFork(certificate, certificate, 0));
        },
        ["NtkVault.NoGenesis"] = world => world.RefusalAsync(world.Config with { Genesis = Hash256.Zero }),
        ["NtkVault.NoQuorum"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify(signers: [0, 1]))),
        ["NtkVault.NoRecipient"] = world => world.RefusalAsync(VaultCalls.Lock(Amount.FromNtk(1), Hash256.Zero)),
        ["NtkVault.NoValidators"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify(next: Hash256.Zero))),
        ["NtkVault.NotGuardian"] = world => world.Vault.RefusalAsync(world.Stranger, "pause", AbiValue.Number(1)),
        ["NtkVault.NotMoved"] = async world =>
        {
            await world.LockAsync(10);
            await RetireAsync(world, "test/IdleSuccessor");
            return await world.RefusalAsync(world.Vault.Artifact.Call("completeRetire"));
        },
        ["NtkVault.NotPredecessor"] = world => world.Vault.RefusalAsync(world.Stranger, "inherit", AbiValue.Number(1)),
        ["NtkVault.NotRecovery"] = world => world.Vault.RefusalAsync(world.Stranger, "finishRecovery"),
        ["NtkVault.NotRetired"] = world => world.Vault.RefusalAsync(world.Stranger, "forward", AbiValue.Address(world.Token.Address)),
        ["NtkVault.NothingPending"] = world => world.Vault.RefusalAsync(world.Stranger, "applyLimits"),
        ["NtkVault.OutsideRange"] = world => ReleaseBy(world, proof => proof with { Index = proof.Count }),
        ["NtkVault.PathLength"] = world => ReleaseBy(world, proof => proof with { Path = proof.Path.Add(Hash256.Zero) }),
        ["NtkVault.WrongPath"] = world => ReleaseBy(world, proof => proof with { Count = 2, Path = [Hash256.Zero] }),
        ["NtkVault.PowersMismatch"] = world => FollowedBy(world, [world.Bob], [1, 1]),
        ["NtkVault.TooManyValidators"] = world =>
            FollowedBy(world, [.. Enumerable.Repeat(world.Bob, 101)], [.. Enumerable.Repeat(1UL, 101)]),
        ["NtkVault.ReentrancyGuardReentrantCall"] = async world =>
        {
            var evil = await world.WithTokenAsync("test/ReentrantToken");
            await evil.Token.SendAsync(evil.Alice, "arm", AbiValue.Address(evil.Vault.Address), AbiValue.Bytes(evil.LockCall(1)));
            return await evil.Vault.RefusalAsync(evil.Alice, evil.LockCall(1));
        },
        ["NtkVault.SafeERC20FailedOperation"] = async world =>
        {
            var evil = await world.WithTokenAsync("test/FalseToken");
            return await evil.Vault.RefusalAsync(evil.Alice, evil.LockCall(1));
        },
        ["NtkVault.SameValidators"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify())),
        ["NtkVault.SignatureCount"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify() with { Signatures = [] })),
        ["NtkVault.StaleOrder"] = async world =>
        {
            var first = world.ActCall(BridgeAction.SetGuardian(world.NextActionId(), world.Bob, true, VaultWorld.Far));
            await world.ActAsync(BridgeAction.SetGuardian(world.NextActionId(), world.Bob, false, VaultWorld.Far));
            return await world.RefusalAsync(first);
        },
        ["NtkVault.StaleRecovery"] = async world =>
        {
            await world.Vault.SendAsync(world.Recovery, "startRecovery", AbiValue.Address(world.Token.Address));
            return await Ordered(world, BridgeAction.CancelRecovery(world.NextActionId(), 1, VaultWorld.Far));
        },
        ["NtkVault.StalePauseCount"] = world => Ordered(world, BridgeAction.Unpause(world.NextActionId(), 5, VaultWorld.Far)),
        ["NtkVault.TooEarly"] = async world =>
        {
            await world.Vault.SendAsync(world.Recovery, "startRecovery", AbiValue.Address(world.Token.Address));
            return await world.Vault.RefusalAsync(world.Recovery, "finishRecovery");
        },
        ["NtkVault.UnknownAction"] = world => Ordered(world, new BridgeAction(world.NextActionId(), 0, [], VaultWorld.Far)),
        ["NtkVault.UnknownSet"] = world =>
        {
            var (a, b) = world.Fork();
            return world.RefusalAsync(VaultCalls.ProveFork(a, b, 1));
        },
        ["NtkVault.UnknownSigner"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify() with { Signers = 16 })),
        ["NtkVault.WrongSignature"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify() with { Round = 1 })),
        ["NtkVault.WrongValidators"] = world => world.RefusalAsync(VaultWorld.FollowCall(world.Chain.Certify() with { Powers = [] })),

        ["Deposit.BelowMinimum"] = async world => await (await DepositAsync(world, Words.Of(world.Bob))).RefusalAsync(world.Bob, "flush"),
        ["Deposit.NotOwner"] = async world => await SweepAsync(world, await DepositAsync(world, Words.Of(world.Bob)), world.Alice, world.Token),
        ["Deposit.NotAClone"] = async world =>
        {
            var factory = await FactoryAsync(world);
            return await DepositAt(world, await factory.AddressAsync("implementation")).RefusalAsync(world.Bob, "flush");
        },
        ["Deposit.SafeERC20FailedOperation"] = async world =>
        {
            var deposit = await DepositAsync(world, Words.Of(world.Bob));
            var stray = await Contract.DeployAsync(world.Ethereum, world.Owner, "test/FalseToken");
            return await SweepAsync(world, deposit, world.Bob, stray);
        },
        ["DepositFactory.FailedDeployment"] = async world =>
        {
            var factory = await FactoryAsync(world);
            await factory.SendAsync(world.Bob, "deploy", AbiValue.Word(Words.Of(1)));
            return await factory.RefusalAsync(world.Bob, "deploy", AbiValue.Word(Words.Of(1)));
        },
        ["DepositFactory.NoRecipient"] = async world =>
            await (await FactoryAsync(world)).RefusalAsync(world.Bob, "deploy", AbiValue.Word(Hash256.Zero)),

        ["BurnGate.AmountNotBurned"] = async world => await BurnAsync(await world.WithTokenAsync("test/IdleToken"), Words.Of(1)),
        ["BurnGate.BelowMinimum"] = world => BurnAsync(world, Words.Of(1), amount: 0),
        ["BurnGate.NoCode"] = async world => KnownErrors.NameOf(await world.Ethereum.RefusalAsync(
            world.Owner, null, ContractArtifact.Load("BurnGate").Creation(AbiValue.Address(world.Bob), AbiValue.Number(1)))),
        ["BurnGate.NoMinimum"] = async world => KnownErrors.NameOf(await world.Ethereum.RefusalAsync(
            world.Owner, null, ContractArtifact.Load("BurnGate").Creation(AbiValue.Address(world.Token.Address), AbiValue.Number(0)))),
        ["BurnGate.NoRecipient"] = world => BurnAsync(world, Hash256.Zero),
        ["BurnGate.ReentrancyGuardReentrantCall"] = async world =>
        {
            var evil = await world.WithTokenAsync("test/ReentrantToken");
            var gate = await GateAsync(evil);
            var call = gate.Artifact.Call("burn", AbiValue.Number(5), AbiValue.Word(Words.Of(1)));
            await evil.Token.SendAsync(evil.Alice, "arm", AbiValue.Address(gate.Address), AbiValue.Bytes(call));
            return await gate.RefusalAsync(evil.Alice, call);
        },
        ["BurnGate.SafeERC20FailedOperation"] = async world => await BurnAsync(await world.WithTokenAsync("test/FalseToken"), Words.Of(1)),
    };

    private static Task<string> Ordered(VaultWorld world, BridgeAction action) => world.RefusalAsync(world.ActCall(action));

    private static Task<string> ReleaseBy(VaultWorld world, Func<MountainProof, MountainProof> change)
    {
        var release = world.Burn(1);
        var proof = change(world.Chain.Leaves.Prove(release.Index));
        return world.RefusalAsync(VaultCalls.Release(world.Chain.Certify(), release.Withdrawal, proof));
    }

    // The validators certify a root that no chain of ours would make, and then somebody uses it.
    private static async Task<string> FollowedBy(VaultWorld world, Address[] validators, ulong[] powers)
    {
        var root = Keccak256.Hash(
            AbiValue.Encode(AbiValue.Array(validators.Select(AbiValue.Address)), AbiValue.Array(powers.Select(power => AbiValue.Number(power)))));
        await world.Vault.SendAsync(world.Stranger, world.Chain.End(root).Follow);
        var unsigned = world.Chain.Certify() with { Validators = [.. validators], Powers = [.. powers], Signers = 0, Signatures = [] };
        return await world.RefusalAsync(VaultWorld.FollowCall(unsigned));
    }

    private static async Task RetireAsync(VaultWorld world, string successor)
    {
        var next = successor == "NtkVault"
            ? (await world.WithVaultAsync(config => config with { Predecessor = world.Vault.Address })).Vault
            : await Contract.DeployAsync(world.Ethereum, world.Owner, successor);
        await world.ActAsync(BridgeAction.Retire(world.NextActionId(), next.Address, VaultWorld.Far));
        await world.Ethereum.WarpByAsync(VaultWorld.RetireDelay);
    }

    private static Task<Contract> FactoryAsync(VaultWorld world) =>
        Contract.DeployAsync(world.Ethereum, world.Owner, "DepositFactory", AbiValue.Address(world.Vault.Address));

    private static async Task<Contract> DepositAsync(VaultWorld world, Hash256 recipient)
    {
        var factory = await FactoryAsync(world);
        await factory.SendAsync(world.Bob, "deploy", AbiValue.Word(recipient));
        return DepositAt(world, await factory.AddressAsync("addressOf", AbiValue.Word(recipient)));
    }

    private static Task<string> SweepAsync(VaultWorld world, Contract deposit, Address by, Contract token) =>
        deposit.RefusalAsync(by, "sweep", AbiValue.Address(token.Address), AbiValue.Address(world.Alice));

    private static Contract DepositAt(VaultWorld world, Address address) => new(world.Ethereum, ContractArtifact.Load("Deposit"), address);

    private static async Task<Contract> GateAsync(VaultWorld world)
    {
        var gate = await Contract.DeployAsync(world.Ethereum, world.Owner, "BurnGate", AbiValue.Address(world.Token.Address), AbiValue.Number(1));
        await world.ApproveAsync(gate.Address);
        return gate;
    }

    private static async Task<string> BurnAsync(VaultWorld world, Hash256 recipient, ulong amount = 5) =>
        await (await GateAsync(world)).RefusalAsync(world.Alice, "burn", AbiValue.Number(amount), AbiValue.Word(recipient));
}
