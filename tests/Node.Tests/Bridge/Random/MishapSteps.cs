using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>What nobody does on purpose: Ethereum takes blocks back, endpoints lie or are away, nodes end and begin again.</summary>
internal sealed class MishapSteps(BridgeRun run, HolderSteps holders)
{
    private BridgedNetwork World => run.World;

    public async Task<string> MineAsync(SeededStream stream)
    {
        var blocks = 1 + (int)stream.NextBelow(12);
        await World.MineAsync(blocks);
        return $"{blocks} blocks of Ethereum";
    }

    /// <summary>Blocks that all had seen and that were not final are replaced by empty ones; a lock is in the first of them, or none.</summary>
    public async Task<string> ReorganizeAsync(SeededStream stream)
    {
        var depth = 1 + (int)stream.NextBelow(BridgedNetwork.FinalityBlocks - 1);
        if (stream.NextChance(2, 3)) await holders.LockAsync(stream);
        await World.MineAsync(depth - 1);
        await run.Faults.LookedAsync();
        await run.CheckAsync();
        await World.Ethereum.CallAsync("anvil_reorg", depth, Array.Empty<object>());
        run.Count("reorganised");
        return $"the last {depth} blocks are others";
    }

    /// <summary>Ethereum's node falls back behind blocks that it had shown.</summary>
    public async Task<string> RevertAsync(SeededStream stream)
    {
        var snapshot = await World.Ethereum.SnapshotAsync();
        await holders.LockAsync(stream);
        await World.MineAsync((int)stream.NextBelow(BridgedNetwork.FinalityBlocks - 2));
        if (stream.NextChance(1, 2)) await run.Faults.LookedAsync();
        await run.FallBackAsync(snapshot);
        run.Count("fell back");
        return "the last blocks are gone";
    }

    /// <summary>One endpoint of each validator lies or is away, and the chain hears of a lock as if nothing was.</summary>
    public async Task<string> FailOneOfEachAsync(SeededStream stream, bool mayHang)
    {
        var faults = run.Faults.FailOneOfEach(stream, mayHang);
        await holders.LockAsync(stream);
        run.Count("one endpoint of three failed");
        if (!run.Faults.IsHeard) return $"{faults}; one validator is away besides";
        await run.HearAllAsync();
        return faults;
    }

    public async Task<string> DeafenAsync(SeededStream stream)
    {
        var deaf = await run.Faults.DeafenAsync(stream);
        run.Count("one validator deaf");
        return $"{deaf} hears one of its three endpoints";
    }

    /// <summary>No validator hears two endpoints; a lock that is final meanwhile is not heard of.</summary>
    public async Task<string> DarkenAsync(SeededStream stream)
    {
        await run.Faults.DarkenAsync(stream, run.Ethereum.FinalNonce);
        await holders.LockAsync(stream);
        await World.FinalizeAsync();
        var height = run.State.Height.Plus(5);
        await RunningNetwork.EventuallyAsync(() => run.State.Height >= height, "the chain goes on");
        run.Count("all validators deaf");
        return "no validator hears two of its three endpoints";
    }

    public Task<string> HealAsync(SeededStream _)
    {
        run.Faults.Heal();
        return Task.FromResult("all endpoints tell the truth");
    }

    /// <summary>One node ends, or the one that had ended begins again.</summary>
    public async Task<string> StopOrStartAsync(SeededStream stream)
    {
        if (await StartAsync() is { } started) return started;
        var member = World.Members[(int)stream.NextBelow((ulong)World.Members.Count)];
        await member.StopAsync();
        run.Count("node stopped");
        return $"{member} ended";
    }

    public async Task<string> RestartAsync(SeededStream stream)
    {
        if (await StartAsync() is { } started) return started;
        var member = World.Members[(int)stream.NextBelow((ulong)World.Members.Count)];
        await member.StopAsync();
        await member.StartAsync();
        run.Count("node restarted");
        return $"{member} began again";
    }

    /// <summary>The node that had ended begins again; null where all run.</summary>
    public async Task<string?> StartAsync()
    {
        if (World.Members.FirstOrDefault(member => !member.IsRunning) is not { } away) return null;
        await away.StartAsync();
        run.Count("node restarted");
        return $"{away} is back";
    }
}
