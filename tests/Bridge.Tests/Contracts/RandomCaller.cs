using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Holders, relayers, guardians, validators and thieves, one call at a time. The same seed gives the same calls.</summary>
internal sealed class RandomCaller
{
    private readonly VaultWorld _world;
    private readonly SeededStream _stream;
    private readonly Contract _deposit;
    private readonly List<PendingRelease> _unpaid = [];
    private readonly List<PendingRelease> _paid = [];
    private readonly Func<Task<string>>[] _kinds;
    private ValidatorKeys? _old;
    private ulong _sets;

    private RandomCaller(VaultWorld world, ulong seed, Contract deposit)
    {
        (_world, _stream, _deposit) = (world, new SeededStream(seed), deposit);
        _kinds =
        [
            LockAsync, LockAsync, LockAsync, FlushAsync, ReleaseAsync, ReleaseAsync, ReleaseAsync, ReleaseTwiceAsync, ReleaseOfOldSetAsync, ChangedAmountAsync,
            TooFewSignersAsync, FollowAsync, PauseAsync, UnpauseAsync, UnpauseAsync, LimitsAsync, ApplyLimitsAsync, RescueAsync, WarpAsync, StrangerAsync,
        ];
    }

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
            await _world.Vault.SendAsync(_world.Stranger, VaultCalls.ProveFork(a, b, (ulong)await _world.Vault.NumberAsync("pastSets")));
            return;
        }

        var next = await _world.WithVaultAsync(config => config with { Predecessor = _world.Vault.Address });
        await _world.ActAsync(BridgeAction.Retire(_world.NextActionId(), next.Vault.Address, VaultWorld.Far));
        await _world.Ethereum.WarpByAsync(14 * 24 * 3600);
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
        var (old, next) = (_world.Chain.Keys, ValidatorKeys.Of(4 + (int)_stream.NextBelow(3), 100 + ++_sets));
        var said = await SendAsync("follow", _world.Stranger, VaultCalls.Follow(_world.Chain.Change(next)));
        if (said == "follow") _old = old;
        else _world.Chain.Keys = old; // the vault is closed and stays with its set
        return said;
    }

    private Task<string> PauseAsync() =>
        SendAsync("pause", _world.Guardian, _world.Vault.Artifact.Call("pause", AbiValue.Number(1 + _stream.NextBelow(3))));

    private async Task<string> UnpauseAsync()
    {
        var count = (await VaultSlots.ReadAsync(_world.Vault)).PauseCount;
        if (count > 0 && _stream.NextChance(1, 4)) count--; // an old order
        return await SendAsync("unpause", _world.Stranger, _world.ActCall(BridgeAction.Unpause(_world.NextActionId(), count, VaultWorld.Far)));
    }

    private Task<string> LimitsAsync()
    {
        var capacity = Amount.FromNtk(2_000 + _stream.NextBelow(20_000));
        var action = BridgeAction.SetLimits(_world.NextActionId(), capacity, Amount.FromNtk(1 + _stream.NextBelow(3)), Amount.FromNtk(1), VaultWorld.Far);
        return SendAsync("limits", _world.Stranger, _world.ActCall(action));
    }

    private Task<string> ApplyLimitsAsync() => SendAsync("apply limits", _world.Stranger, _world.Vault.Artifact.Call("applyLimits"));

    private async Task<string> RescueAsync()
    {
        var stray = Amount.FromNtk(_stream.NextBelow(10));
        await _world.Token.SendAsync(_world.Alice, "transfer", AbiValue.Address(_world.Vault.Address), AbiValue.Amount(stray));
        var wanted = Amount.FromNtk(_stream.NextBelow(20));
        var action = BridgeAction.Rescue(_world.NextActionId(), _world.Token.Address, _world.Alice, wanted, VaultWorld.Far);
        return await SendAsync("rescue", _world.Stranger, _world.ActCall(action));
    }

    private async Task<string> WarpAsync()
    {
        await _world.Ethereum.WarpByAsync(1 + _stream.NextBelow(100_000));
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
            artifact.Call("forward", AbiValue.Address(_world.Token.Address)),
            artifact.Call("completeRetire"),
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
