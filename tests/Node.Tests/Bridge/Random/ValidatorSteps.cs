using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What validators and guardians do: power, keys, pauses on both sides, vetoes, redirections; and who brings their words to the vault.</summary>
internal sealed class ValidatorSteps(BridgeRun run, HolderSteps holders)
{
    private const int TriesMax = 10;

    private BridgedNetwork World => run.World;

    /// <summary>Another power for one of them, never so much that the other three are no quorum.</summary>
    public async Task<string> ChangePowerAsync(SeededStream stream)
    {
        var member = World.Members[(int)stream.NextBelow((ulong)World.Members.Count)];
        ulong PowerNow() => ValidatorsModule.Members(run.State).Validators.Single(validator => validator.Address == member.Validator).Power;
        var power = 10 + ((PowerNow() - 10 + 1 + stream.NextBelow(2)) % 3);
        var action = new GovernanceAction { ChangePower = new ChangePower { Address = member.Validator.ToByteString(), Power = power } };
        await run.DecideAsync(action, () => PowerNow() == power, "the power is another one");
        run.Count("power changed");
        return $"{member} has power {power}";
    }

    /// <summary>A new key for one of them, signed by the old one and the new one; its node goes on with it. Whoever was away is back first.</summary>
    public async Task<string> RotateAsync(SeededStream stream)
    {
        foreach (var away in World.Members.Where(member => !member.IsRunning)) await away.StartAsync();
        var member = World.Members[(int)stream.NextBelow((ulong)World.Members.Count)];
        var fresh = PrivateKey.FromSeed(stream.NextHash());
        var sequence = ValidatorRecord.Get(member.State, member.Validator)!.Sequence;
        var consent = fresh.Sign(KeyRotations.Consent(run.State.GenesisHash, member.Validator, fresh.Address, sequence).Digest);
        var rotation = new KeyRotation { Sequence = sequence, NewAddress = fresh.Address.ToByteString(), Signature = ByteString.CopyFrom(consent.Bytes) };
        Assert.Equal(MempoolRejection.None, await member.SubmitAsync(body => body.KeyRotation = rotation));
        // The old key signs until the new one is elected.
        await RunningNetwork.EventuallyAsync(() => member.State.Next.Validators.Contains(fresh.Address), "the new key is elected");
        var height = member.State.Height.Plus(2);
        await RunningNetwork.EventuallyAsync(() => member.State.Height >= height, "the old key has signed its last");
        await member.ReplaceKeyAsync(fresh);
        run.Count("key rotated");
        return $"{member} signs with {fresh.Address}";
    }

    /// <summary>Brings the vault the next set, where there is one.</summary>
    public async Task<string> FollowAsync(SeededStream? _ = null)
    {
        if (VaultSets.NextToFollow(run.State) is not { } next) return "the vault goes by the elected set";
        if (await run.VaultCallAsync(new GetVaultCallRequest { Set = next.Number }) is not { } call) return $"set {next.Number} cannot be brought yet";
        var refusal = await run.SendAsync(World.Stranger, call);
        if (refusal != KnownErrors.None) return $"set {next.Number} refused: {refusal}"; // brought already, and the chain does not know yet
        run.Count("set followed");
        return $"the vault follows set {next.Number}";
    }

    public async Task<string> PauseChainAsync(SeededStream stream)
    {
        var (what, status, member) = (1 + (uint)stream.NextBelow(3), run.Status, World.Speaker);
        if (((uint)status.Paused & what) == what) return "paused already";
        Assert.Equal(MempoolRejection.None, await member.SubmitAsync(body => body.BridgePause = new BridgePause { What = what, StopCount = status.StopCount }));
        await RunningNetwork.EventuallyAsync(() => run.Status.StopCount > status.StopCount, "the pause is in a block");
        run.Count("chain paused");
        return $"the chain pauses {(BridgeSides)what}";
    }

    public async Task<string> ResumeChainAsync(SeededStream? _ = null)
    {
        var status = run.Status;
        if (status.Paused == BridgeSides.None) return "not paused";
        await run.DecideAsync(new GovernanceAction { ResumeBridge = new ResumeBridge { StopCount = status.StopCount } }, () => run.Status.Paused == BridgeSides.None, "the chain goes on");
        run.Count("chain resumed");
        return "the chain goes on";
    }

    public async Task<string> PauseVaultAsync(SeededStream stream)
    {
        var what = 1 + stream.NextBelow(3);
        var refusal = await run.SendAsync(World.Guardian, World.Vault.Artifact.Call("pause", AbiValue.Number(what)));
        if (refusal != KnownErrors.None) return $"pause refused: {refusal}";
        run.Count("vault paused");
        return $"the guardian pauses {what}";
    }

    /// <summary>The validators order the end of the vault's pause; somebody brings the order, and a day later ends the pause.</summary>
    public async Task<string> UnpauseVaultAsync(SeededStream? _ = null)
    {
        var slots = await VaultSlots.ReadAsync(World.Vault);
        if ((slots.Flags & (Bridge.Tests.VaultFlags.LockPaused | Bridge.Tests.VaultFlags.ReleasePaused)) == 0) return "the vault is not paused";
        // Orders wait for the vault to follow the elected set.
        for (var tries = 0; !VaultSets.AreFollowed(run.State); tries++)
        {
            if (tries == TriesMax) return "the vault does not follow yet";
            await FollowAsync();
            if (!run.Faults.IsHeard) return "the chain cannot hear that the vault follows";
            await run.HearAllAsync();
        }

        var (order, words) = (run.Status.OrderNext, BridgeAction.Unpause(Hash256.Zero, slots.PauseCount, 0));
        var action = new GovernanceAction { OrderVault = new OrderVault { Kind = (uint)words.Kind, Arguments = ByteString.CopyFrom(words.Arguments.AsSpan()) } };
        await run.DecideAsync(action, () => OrderRecord.Get(run.State, order) is { DeadlineSeconds: > 0 }, "the order has its leaf");
        var call = await World.VaultCallAsync(new GetVaultCallRequest { Order = order });
        var refusal = await run.SendAsync(World.Stranger, call.Calldata.ToByteArray());
        if (refusal != KnownErrors.None) return $"order {order} refused: {refusal}";
        await World.Ethereum.WarpByAsync(VaultWorld.UnpauseDelay);
        await World.Vault.SendAsync(World.Stranger, "completeUnpause");
        run.Count("vault unpaused");
        return $"order {order} ended the vault's pause";
    }

    /// <summary>More than a third of the power is against the first withdrawal that is held: it comes back.</summary>
    public async Task<string> VetoAsync(SeededStream stream)
    {
        if (Held() is null)
        {
            await holders.BurnMuchAsync(stream);
            await run.CheckAsync();
        }

        if (Held() is not { } held) return "nothing is held";
        foreach (var member in World.Running.Take(2)) await member.SubmitAsync(body => body.BridgeVeto = new BridgeVeto { BurnId = held.BurnId.ToByteString() });
        // Or its time was over before.
        await RunningNetwork.EventuallyAsync(() => WithdrawalRecord.Get(run.State, held.BurnId) is not { State: WithdrawalState.Held }, "it is held no more");
        if (WithdrawalRecord.Get(run.State, held.BurnId) is not null) return $"too late for a veto against {held.BurnId}";
        run.Count("vetoed");
        return $"vetoed {held.BurnId}";
    }

    /// <summary>One validator says of a block of Ethereum what is not so: alone it is believed nothing.</summary>
    public async Task<string> LieAsync(SeededStream stream)
    {
        var member = World.Speaker;
        var (number, sequence) = (await World.Ethereum.HeightAsync() + 1 + stream.NextBelow(20), AttestationWords.Get(run.State, KeyRotations.Identity(run.State, member.Validator)).Sequence + 1);
        var word = new BridgeAttestation { Sequence = sequence };
        word.Blocks.Add(new EthereumBlock { Number = number, Hash = stream.NextHash().ToByteString() });
        await member.SubmitAsync(body => body.BridgeAttestation = word); // its own agent may speak at the same time, and have that number first
        run.Count("a validator lied");
        return $"{member} says that block {number} has another hash";
    }

    /// <summary>A vote gives the first lock in quarantine to an account.</summary>
    public async Task<string> RedirectAsync(SeededStream stream)
    {
        if (run.Expected.Quarantine.Count == 0) return "nothing is in quarantine";
        var (nonce, to) = (run.Expected.Quarantine.Keys.Min(), run.Accounts[(int)stream.NextBelow((ulong)run.Accounts.Length)].Address);
        var action = new GovernanceAction { RedirectLock = new RedirectLock { Nonce = nonce, To = to.ToByteString() } };
        await run.DecideAsync(action, () => Locks.InQuarantine(run.State, nonce) is null, "the lock is in quarantine no more");
        run.Count("redirected");
        return $"lock {nonce} redirected";
    }

    private ExpectedBurn? Held() => run.Expected.Burns.Values.FirstOrDefault(burn => WithdrawalRecord.Get(run.State, burn.BurnId) is { State: WithdrawalState.Held });
}
