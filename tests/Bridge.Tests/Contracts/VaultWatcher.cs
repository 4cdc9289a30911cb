using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// Reads the vault's storage, balance and logs after each call and compares: what the slots say is what the logs add up to, what is there
/// covers what is owed, and nothing changed that the logs do not tell of.
/// </summary>
internal sealed class VaultWatcher(VaultWorld world)
{
    private const VaultFlags Ends = VaultFlags.Forked | VaultFlags.Retired;

    private readonly HashSet<Hash256> _paid = [];
    private readonly List<(ulong Time, UInt128 Amount)> _releases = [];
    private Hash256 _chain;
    private ulong _nonce;
    private ulong _nextBlock;
    private UInt128 _locked, _released;
    private UInt128 _greatestCapacity = world.Config.Capacity.Units, _greatestRate = world.Config.PerSecond.Units;
    private VaultSlots? _last;

    public async Task CheckAsync(string when)
    {
        var names = await ReadLogsAsync(when);
        var slots = await VaultSlots.ReadAsync(world.Vault);
        var balance = (await world.BalanceAsync(world.Vault.Address)).Units;

        Assert.True((_nonce, _chain) == (slots.EventNonce, slots.EventChain), $"{when}: the event chain is not the fold of the logs");
        Assert.True((_locked, _released) == (slots.TotalLocked, slots.TotalReleased), $"{when}: totals are not the sums of the logs");
        Assert.True(slots.TotalLocked >= slots.TotalReleased, $"{when}: more released than locked");
        Assert.True(balance >= slots.Outstanding, $"{when}: the vault has {balance} and owes {slots.Outstanding}");
        CheckWindows(slots, when);
        if (_last is { } last) CheckChanges(last, slots, names, when);
        _last = slots;
    }

    private async Task<HashSet<string>> ReadLogsAsync(string when)
    {
        var names = new HashSet<string>();
        var head = await world.Ethereum.HeightAsync();
        if (head < _nextBlock) return names; // nothing was sent, and a range that begins behind the head is refused
        foreach (var log in await world.Ethereum.LogsAsync(world.Vault.Address, _nextBlock))
        {
            var name = world.Vault.Artifact.Events.Single(entry => entry.Topic == log.Topics[0]).Name;
            names.Add(name);
            Assert.True(Words.Low(log.Topics[1]) == ++_nonce, $"{when}: the nonces have a gap");
            _chain = EventChain.Fold(_chain, log, world.Vault.Artifact);
            if (name == "Locked") _locked += Word(log, 0);
            if (name == "VaultRetired") _released += Word(log, 1);
            if (name != "Released") continue;
            _released += Word(log, 0);
            Assert.True(_paid.Add(log.Topics[2]), $"{when}: {log.Topics[2]} was paid twice");
            _releases.Add((await world.Ethereum.TimeAsync(), Word(log, 0)));
        }

        _nextBlock = head + 1;
        return names;
    }

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
        // Stray tokens of a retired vault go on; nothing else ever happens again.
        if ((last.Flags & Ends) != 0) Assert.True(names.All(name => name == "Rescued"), $"{when}: after the end came {string.Join(", ", names)}");
    }

    private static UInt128 Word(LocalLog log, int index) => Words.Low(Hash256.FromBytes(log.Data.AsSpan(32 * index, 32)));
}
