using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// Holders, relayers, guardians, validators, thieves and the recovery address, one call at a time. A vault that retires, by an order or by a
/// recovery, is followed by its successor, and the calls go on there. The same seed gives the same calls.
/// </summary>
internal sealed class RandomCaller
{
    private readonly SeededStream _stream;
    private readonly Contract _deposit;
    private readonly List<PendingRelease> _unpaid = [];
    private readonly List<PendingRelease> _paid = [];
    private readonly Func<Task<string>>[] _kinds;
    private readonly List<byte[]> _late = [];
    private readonly List<SetChange> _changes = [];
    private VaultWorld _world;
    private VaultWorld? _next;
    private int _changesBeforeNext;
    private ulong _recoveryDue;
    private ValidatorKeys? _old;
    private ulong _sets;

    private RandomCaller(VaultWorld world, ulong seed, Contract deposit)
    {
        (_world, _stream, _deposit) = (world, new SeededStream(seed), deposit);
        Worlds = [world];
        _kinds =
        [
            LockAsync, LockAsync, LockAsync, LockAsync, LockAsync, FlushAsync, FlushAsync, ReleaseAsync, ReleaseAsync, ReleaseAsync, ReleaseAsync, ReleaseTwiceAsync, ReleaseOfOldSetAsync,
            ChangedAmountAsync, TooFewSignersAsync, FollowAsync, FollowAsync, PauseAsync, UnpauseAsync, UnpauseAsync, UnpauseAsync, LimitsAsync, ApplyLimitsAsync,
            RescueAsync, GuardianAsync, LateOrderAsync, RetireAsync, CompleteRetireAsync, CompleteRetireAsync, RecoverAsync, CancelRecoveryAsync,
            WarpAsync, WarpAsync, StrangerAsync, ForwardAsync, NoForkAsync,
        ];
    }

    /// <summary>The vaults, one after the other; the last one is the present one.</summary>
    public List<VaultWorld> Worlds { get; }

    /// <summary>How often each kind of call was made, and how it ended.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public static async Task<RandomCaller> CreateAsync(VaultWorld world, ulong seed)
    {
        var factory = await Contract.DeployAsync(world.Ethereum, world.Owner, "DepositFactory", AbiValue.Address(world.Vault.Address));
        var recipient = AbiValue.Word(Words.Of(world.Bob));
        await factory.SendAsync(world.Stranger, "deploy", recipient);
        var deposit = new Contract(world.Ethereum, ContractArtifact.Load("Deposit"), await factory.AddressAsync("addressOf", recipient));
        return new RandomCaller(world, seed, deposit);
    }

    public Task<string> StepAsync() => _kinds[_stream.NextBelow((ulong)_kinds.Length)]();

    /// <summary>What ends a vault.</summary>
    public async Task EndAsync(bool byFork)
    {
        if (byFork)
        {
            var (a, b) = _world.Fork();
            await _world.Vault.SendAsync(_world.Stranger, VaultCalls.ProveFork(a, b, _world.Chain.SetNumber));
            return;
        }

        var count = (await VaultSlots.ReadAsync(_world.Vault)).PauseCount;
        if (count > 0) await SendAsync("unpause", _world.Stranger, _world.ActCall(BridgeAction.Unpause(_world.NextActionId(), count, VaultWorld.Far)));
        await _world.Ethereum.WarpByAsync(VaultWorld.UnpauseDelay);
        await SendAsync("complete unpause", _world.Stranger, _world.Vault.Artifact.Call("completeUnpause"));
        var next = await _world.WithVaultAsync(config => config with { Predecessor = _world.Vault.Address });
        await _world.ActAsync(BridgeAction.Retire(_world.NextActionId(), next.Vault.Address, VaultWorld.Far));
        await _world.Ethereum.WarpByAsync(VaultWorld.RetireDelay);
        await _world.Vault.SendAsync(_world.Stranger, "completeRetire");
    }

    private Task<string> LockAsync() => SendAsync("lock", _world.Alice, _world.LockCall(_stream.NextBelow(5_000)));

    private async Task<string> FlushAsync()
    {
        await _world.Token.SendAsync(_world.Alice, "transfer", AbiValue.Address(_deposit.Address), AbiValue.Amount(Amount.FromNtk(_stream.NextBelow(50))));
        return await SendAsync("flush", _world.Stranger, _deposit.Artifact.Call("flush"), _deposit);
    }

    private async Task<string> ReleaseAsync()
    {
        if (_unpaid.Count == 0 || _stream.NextChance(2, 3)) _unpaid.Add(_world.Burn(1 + _stream.NextBelow(3_000)));
        var release = _unpaid[(int)_stream.NextBelow((ulong)_unpaid.Count)];
        var said = await SendAsync("release", _world.Stranger, _world.ReleaseCall(release));
        if (said != "release") return said;
        _unpaid.Remove(release);
        _paid.Add(release);
        return said;
    }

    private async Task<string> ReleaseTwiceAsync()
    {
        if (_paid.Count == 0) return "nothing paid yet";
        return await SendAsync("release twice", _world.Stranger, _world.ReleaseCall(_paid[(int)_stream.NextBelow((ulong)_paid.Count)]));
    }

    private async Task<string> ReleaseOfOldSetAsync()
    {
        if (_old is null) return "no old set yet";
        var present = _world.Chain.Keys;
        _world.Chain.Keys = _old;
        var call = _world.ReleaseCall(_world.Burn(1));
        _world.Chain.Keys = present;
        return await SendAsync("release of an old set", _world.Stranger, call);
    }

    private Task<string> ChangedAmountAsync()
    {
        var release = _world.Burn(1);
        var more = release.Withdrawal with { Amount = Amount.FromNtk(1000) };
        return SendAsync("changed amount", _world.Stranger, VaultCalls.Release(_world.Chain.Certify(), more, _world.Chain.Leaves.Prove(release.Index)));
    }

    private Task<string> TooFewSignersAsync()
    {
        var release = _world.Burn(1);
        var certificate = _world.Chain.Certify(signers: [0, 1]);
        return SendAsync("too few signers", _world.Stranger, VaultCalls.Release(certificate, release.Withdrawal, _world.Chain.Leaves.Prove(release.Index)));
    }

    private async Task<string> FollowAsync()
    {
        // Now and then the set before comes back.
        var (old, number) = (_world.Chain.Keys, _world.Chain.SetNumber);
        var next = _old is not null && _stream.NextChance(1, 3) ? _old : ValidatorKeys.Of(4 + (int)_stream.NextBelow(3), 100 + ++_sets);
        var change = _world.Chain.Change(next);
        var said = await SendAsync("follow", _world.Stranger, change.Follow);
        if (said != "follow")
        {
            (_world.Chain.Keys, _world.Chain.SetNumber) = (old, number); // the vault is closed and stays with its set
            return said;
        }

        _old = old;
        _changes.Add(change);
        return said;
    }

    private async Task<string> PauseAsync() => _stream.NextChance(1, 2)
        ? "no pause"
        : await SendAsync("pause", _world.Guardian, _world.Vault.Artifact.Call("pause", AbiValue.Number(1 + _stream.NextBelow(3))));

    private async Task<string> UnpauseAsync()
    {
        var count = (await VaultSlots.ReadAsync(_world.Vault)).PauseCount;
        if (count > 0 && _stream.NextChance(1, 4)) count--; // an old order
        var said = await SendAsync("unpause", _world.Stranger, _world.ActCall(BridgeAction.Unpause(_world.NextActionId(), count, VaultWorld.Far)));
        if (_stream.NextChance(1, 4)) return said;
        await _world.Ethereum.WarpByAsync(VaultWorld.UnpauseDelay);
        return await SendAsync("complete unpause", _world.Stranger, _world.Vault.Artifact.Call("completeUnpause"));
    }

    private Task<string> LimitsAsync()
    {
        var capacity = Amount.FromNtk(2_000 + _stream.NextBelow(20_000));
        var action = BridgeAction.SetLimits(_world.NextActionId(), capacity, Amount.FromNtk(1 + _stream.NextBelow(3)), Amount.FromNtk(1), VaultWorld.Far);
        return OrderAsync("limits", action);
    }

    private Task<string> GuardianAsync() =>
        OrderAsync("guardian", BridgeAction.SetGuardian(_world.NextActionId(), _world.Guardian, _stream.NextChance(3, 4), VaultWorld.Far));

    // Of those that were kept back: what came after them on their subject may be done.
    private async Task<string> LateOrderAsync()
    {
        if (_late.Count == 0) return "no late order yet";
        var call = _late[(int)_stream.NextBelow((ulong)_late.Count)];
        _late.Remove(call);
        return await SendAsync("late order", _world.Stranger, call);
    }

    // Every third order is kept back, and another one may overtake it.
    private async Task<string> OrderAsync(string kind, BridgeAction action)
    {
        var call = _world.ActCall(action);
        if (!_stream.NextChance(1, 3)) return await SendAsync(kind, _world.Stranger, call);
        _late.Add(call);
        return $"{kind}: kept back";
    }

    private async Task<string> RetireAsync()
    {
        // Locks end with the order, so that it is seldom; a second one begins the time anew.
        if (_stream.NextChance(3, 4)) return "no retirement";
        var next = await SuccessorAsync();
        return await SendAsync("retire", _world.Stranger, _world.ActCall(BridgeAction.Retire(_world.NextActionId(), next.Vault.Address, VaultWorld.Far)));
    }

    private async Task<string> CompleteRetireAsync()
    {
        if (_next is not null && _stream.NextChance(1, 2)) await _world.Ethereum.WarpByAsync(VaultWorld.RetireDelay);
        var said = await SendAsync("complete retirement", _world.Stranger, _world.Vault.Artifact.Call("completeRetire"));
        if (said == "complete retirement") await MoveAsync();
        return said;
    }

    private async Task<string> RecoverAsync()
    {
        if (_stream.NextChance(1, 2) || _next is null)
        {
            var next = await SuccessorAsync();
            _recoveryDue = await _world.Ethereum.TimeAsync() + VaultWorld.RecoveryDelay + 1; // a transaction is a second later
            await _world.Ethereum.SetNextTimeAsync(_recoveryDue - VaultWorld.RecoveryDelay);
            return await SendAsync("start recovery", _world.Recovery, _world.Vault.Artifact.Call("startRecovery", AbiValue.Address(next.Vault.Address)));
        }

        if (_stream.NextChance(1, 2)) await _world.Ethereum.WarpByAsync(VaultWorld.RecoveryDelay);
        var said = await SendAsync("finish recovery", _world.Recovery, _world.Vault.Artifact.Call("finishRecovery"));
        if (said == "finish recovery") await MoveAsync();
        return said;
    }

    private Task<string> CancelRecoveryAsync() =>
        OrderAsync("cancel recovery", BridgeAction.CancelRecovery(_world.NextActionId(), _recoveryDue, VaultWorld.Far));

    // One successor is enough for all orders that name one. It is made for the chain as it is then.
    private async Task<VaultWorld> SuccessorAsync()
    {
        if (_next is not null) return _next;
        var chain = _world.Chain;
        var made = await _world.WithVaultAsync(config => config with
        {
            Predecessor = _world.Vault.Address,
            Validators = chain.Keys.Set.Validators,
            SetNumber = chain.SetNumber,
            SetHeight = chain.Height,
        });
        _changesBeforeNext = _changes.Count;
        return _next = made with { Chain = chain };
    }

    private async Task MoveAsync()
    {
        foreach (var change in _changes.Skip(_changesBeforeNext)) await _next!.Vault.SendAsync(_world.Stranger, change.Follow);
        Worlds.Add(_next!);
        (_world, _next, _recoveryDue) = (_next!, null, 0);
        foreach (var old in new[] { _unpaid, _paid }) old.Clear(); // leaves name their vault
        _late.Clear();
    }

    private async Task<string> ForwardAsync()
    {
        var old = Worlds[(int)_stream.NextBelow((ulong)Worlds.Count)];
        if (_stream.NextChance(1, 2)) await _world.Token.SendAsync(_world.Alice, "transfer", AbiValue.Address(old.Vault.Address), AbiValue.Number(_stream.NextBelow(1000)));
        return await SendAsync("forward", _world.Stranger, _world.Vault.Artifact.Call("forward", AbiValue.Address(_world.Token.Address)), old.Vault);
    }

    // The same block in two rounds, and the end that was followed.
    private async Task<string> NoForkAsync()
    {
        var certificate = _world.Chain.Certify();
        var again = _world.Chain.Certify(height: certificate.Height, round: 1);
        var call = _changes.Count > 0 && _stream.NextChance(1, 2)
            ? _changes[^1].Evidence(_world.Chain.SetNumber - 1)
            : VaultCalls.ProveFork(certificate, again, _world.Chain.SetNumber);
        return await SendAsync("no fork", _world.Stranger, call);
    }

    private Task<string> ApplyLimitsAsync() => SendAsync("apply limits", _world.Stranger, _world.Vault.Artifact.Call("applyLimits"));

    private async Task<string> RescueAsync()
    {
        var stray = Amount.FromNtk(_stream.NextBelow(10));
        await _world.Token.SendAsync(_world.Alice, "transfer", AbiValue.Address(_world.Vault.Address), AbiValue.Amount(stray));
        var wanted = Amount.FromNtk(_stream.NextBelow(20));
        var action = BridgeAction.Rescue(_world.NextActionId(), _world.Token.Address, _world.Alice, wanted, VaultWorld.Far);
        return await OrderAsync("rescue", action);
    }

    private async Task<string> WarpAsync()
    {
        await _world.Ethereum.WarpByAsync(1 + _stream.NextBelow(_stream.NextChance(1, 4) ? VaultWorld.RetireDelay : 100_000));
        return "time";
    }

    private async Task<string> StrangerAsync()
    {
        var artifact = _world.Vault.Artifact;
        byte[][] calls =
        [
            artifact.Call("pause", AbiValue.Number(3)),
            artifact.Call("inherit", AbiValue.Number(1)),
            artifact.Call("startRecovery", AbiValue.Address(_world.Token.Address)),
            artifact.Call("finishRecovery"),
        ];
        var said = await SendAsync("stranger", _world.Stranger, calls[_stream.NextBelow((ulong)calls.Length)]);
        return said;
    }

    private async Task<string> SendAsync(string kind, Address from, byte[] call, Contract? to = null)
    {
        var receipt = await _world.Ethereum.TrySendAsync(from, (to ?? _world.Vault).Address, call);
        var said = receipt.Succeeded ? kind : $"{kind}: refused";
        Done[said] = Done.GetValueOrDefault(said) + 1;
        return said;
    }
}
