using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// Reads the vault's storage, its logs and what the token says that moved, after each call, and compares: the tokens moved as the vault's logs say
/// and to whom, the slots are what the logs add up to, what is there is exactly what is owed and what was mis-sent, and nothing changed that
/// the logs do not tell of.
/// </summary>
internal sealed class VaultWatcher(VaultWorld world)
{
    private const VaultFlags Ends = VaultFlags.Forked | VaultFlags.Retired;

    private static readonly Hash256 TransferTopic = Eip712.TypeHash("Transfer(address,address,uint256)");

    private readonly HashSet<Hash256> _paid = [];
    private readonly List<(ulong Time, UInt128 Amount)> _releases = [];
    private Hash256 _chain;
    private ulong _nonce;
    private ulong _nextBlock;
    private UInt128 _locked, _released, _stray;
    private UInt128 _greatestCapacity = world.Config.Capacity.Units, _greatestRate = world.Config.PerSecond.Units;
    private VaultSlots? _last;

    public VaultWorld World => world;

    public async Task CheckAsync(string when)
    {
        var names = await ReadLogsAsync(when);
        var slots = await VaultSlots.ReadAsync(world.Vault);
        var balance = (await world.BalanceAsync(world.Vault.Address)).Units;

        Assert.True((_nonce, _chain) == (slots.EventNonce, slots.EventChain), $"{when}: the event chain is not the fold of the logs");
        Assert.True((_locked, _released) == (slots.TotalLocked, slots.TotalReleased), $"{when}: totals are not the sums of the logs");
        Assert.True(slots.TotalLocked >= slots.TotalReleased, $"{when}: more released than locked");
        Assert.True(balance == slots.Outstanding + _stray, $"{when}: the vault has {balance}, owes {slots.Outstanding} and was sent {_stray}");
        CheckWindows(slots, when);
        if (_last is { } last) CheckChanges(last, slots, names, when);
        _last = slots;
    }

    private async Task<HashSet<string>> ReadLogsAsync(string when)
    {
        var names = new HashSet<string>();
        var head = await world.Ethereum.HeightAsync();
        if (head < _nextBlock) return names; // nothing was sent, and a range that begins behind the head is refused
        var logs = await world.Ethereum.LogsAsync(world.Vault.Address, _nextBlock);
        foreach (var log in logs) names.Add(await ReadAsync(log, when));
        await CheckTransfersAsync([.. logs], when);
        _nextBlock = head + 1;
        return names;
    }

    private async Task<string> ReadAsync(LocalLog log, string when)
    {
        Assert.True(Words.Low(log.Topics[1]) == ++_nonce, $"{when}: the nonces have a gap");
        _chain = EventChain.Fold(_chain, log, world.Vault.Artifact);
        if (_nonce % EventChain.MarkEvery == 0)
            Assert.True(_chain == await world.Ethereum.SlotAsync(world.Vault.Address, Words.Entry(Words.Of(_nonce), 13)), $"{when}: the mark {_nonce} is not the chain");
        var name = NameOf(log);
        if (name is "Locked" or "Inherited") _locked += Word(log, 0);
        if (name == "VaultRetired") _released += Word(log, 1);
        if (name != "Released") return name;
        _released += Word(log, 0);
        Assert.True(_paid.Add(log.Topics[2]), $"{when}: {log.Topics[2]} was paid twice");
        _releases.Add((await world.Ethereum.TimeAsync(), Word(log, 0)));
        return name;
    }

    // What the token says that moved is what the vault's logs of the same transaction say, from whom and to whom. Without such logs it was
    // mis-sent, and nothing left.
    private async Task CheckTransfersAsync(List<LocalLog> logs, string when)
    {
        var moves = (await world.Ethereum.LogsAsync(world.Token.Address, _nextBlock)).Where(log => log.Topics[0] == TransferTopic)
            .Select(log => (log.Transaction, From: Words.Address(log.Topics[1]), To: Words.Address(log.Topics[2]), Amount: Word(log, 0))).ToList();
        foreach (var transaction in moves.Where(move => move.From == world.Vault.Address || move.To == world.Vault.Address).GroupBy(move => move.Transaction))
        {
            var told = logs.Where(log => log.Transaction == transaction.Key).Select(MoveOf).OfType<(Address From, Address To, UInt128 Amount)>().ToList();
            if (told.Count == 0 && transaction.All(move => move.To == world.Vault.Address)) _stray += transaction.Aggregate(UInt128.Zero, (sum, move) => sum + move.Amount);
            else Assert.True(told.SequenceEqual(transaction.Select(move => (move.From, move.To, move.Amount))), $"{when}: the vault's logs are not what the token moved");
        }

        var moved = logs.Where(log => MoveOf(log) is not null).Select(log => log.Transaction).ToHashSet();
        Assert.True(moved.IsSubsetOf(moves.Select(move => move.Transaction)), $"{when}: logs of a move, and no token moved");
        foreach (var rescue in logs.Where(log => NameOf(log) == "Rescued" && MoveOf(log) is not null)) _stray -= Word(rescue, 0);
    }

    // The move of NTK that a log of the vault tells of.
    private (Address From, Address To, UInt128 Amount)? MoveOf(LocalLog log) => NameOf(log) switch
    {
        "Locked" or "Inherited" => (Words.Address(log.Topics[2]), world.Vault.Address, Word(log, 0)),
        "Released" => (world.Vault.Address, Words.Address(log.Topics[3]), Word(log, 0)),
        "Rescued" when Words.Address(log.Topics[2]) == world.Token.Address => (world.Vault.Address, Words.Address(log.Topics[3]), Word(log, 0)),
        "VaultRetired" => (world.Vault.Address, Words.Address(Hash256.FromBytes(log.Data.AsSpan(0, 32))), Word(log, 1)),
        _ => null,
    };

    // In any time t at most capacity + rate * t, with the most generous limits that ever held.
    private void CheckWindows(VaultSlots slots, string when)
    {
        (_greatestCapacity, _greatestRate) = (UInt128.Max(_greatestCapacity, slots.Capacity), UInt128.Max(_greatestRate, slots.PerSecond));
        UInt128 sum = 0;
        for (var i = _releases.Count - 1; i >= 0; i--)
        {
            sum += _releases[i].Amount;
            var time = _releases[^1].Time - _releases[i].Time;
            Assert.True(sum <= _greatestCapacity + (_greatestRate * time), $"{when}: {sum} left within {time} s");
        }
    }

    private static void CheckChanges(VaultSlots last, VaultSlots now, HashSet<string> names, string when)
    {
        Assert.True(now.SetHeight >= last.SetHeight, $"{when}: the set height fell");
        var followed = names.Contains("ValidatorsFollowed");
        Assert.True(followed == (now.ValidatorsRoot != last.ValidatorsRoot), $"{when}: only follow changes the set");
        Assert.True(followed == (now.SetHeight > last.SetHeight), $"{when}: only follow raises the set height");
        var limitsSame = (now.Capacity, now.PerSecond, now.MinLock) == (last.Capacity, last.PerSecond, last.MinLock);
        Assert.True(limitsSame || names.Contains("LimitsSet"), $"{when}: only an order changes limits");
        Assert.True(now.PauseCount == last.PauseCount || names.Contains("PausedSet"), $"{when}: only a guardian pauses");
        Assert.True((last.Flags & Ends) == (last.Flags & now.Flags & Ends), $"{when}: an end was undone");
        if (last.Flags.HasFlag(VaultFlags.LockPaused)) Assert.False(names.Contains("Locked"), $"{when}: locked while paused");
        if (last.Flags.HasFlag(VaultFlags.ReleasePaused)) Assert.False(names.Contains("Released"), $"{when}: released while paused");
        if (last.Flags.HasFlag(VaultFlags.Retiring)) Assert.False(names.Contains("Locked"), $"{when}: locked while retiring");
        // Stray tokens of a retired vault go on, and those of a forked one by a recovery; nothing else ever happens again.
        string[] left = last.Flags.HasFlag(VaultFlags.Retired) ? ["Rescued"] : ["RecoveryStarted", "VaultRetired"];
        if ((last.Flags & Ends) != 0) Assert.True(names.IsSubsetOf(left), $"{when}: after the end came {string.Join(", ", names)}");
    }

    private string NameOf(LocalLog log) => world.Vault.Artifact.Events.Single(entry => entry.Topic == log.Topics[0]).Name;

    private static UInt128 Word(LocalLog log, int index) => Words.Low(Hash256.FromBytes(log.Data.AsSpan(32 * index, 32)));
}
