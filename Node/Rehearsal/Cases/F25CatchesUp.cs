using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A week offline.</summary>
internal sealed class F25CatchesUp : RehearsalCase
{
    private const int BlocksAway = 1_000, BatchMax = 10, Locks = 4;

    public override string Number => "F25";

    public override string Name => "a validator is away for 1,000 blocks of Ethereum, and its endpoints serve ten headers at a time";

    public override string Wanted => "it resumes at its stored cursor, halves what it asks for, and reads every event";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (node, to) = (world.Nodes[^1], PrivateKey.Generate().Address);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        var cursor = (await node.StatusAsync().ConfigureAwait(false)).Watch.Scanned;
        await node.StopAsync().ConfigureAwait(false);
        var (place, first, last) = (node.LogPlace(), 0UL, 0UL);
        for (var i = 0; i < Locks; i++)
        {
            last = await world.Site.LockAsync(Amount.FromNtk(2), BridgeContracts.RecipientOf(to)).ConfigureAwait(false);
            if (i == 0) first = last;
            await world.Site.MineAsync(BlocksAway / Locks).ConfigureAwait(false);
            await world.UntilAllHaveReadAsync(except: node).ConfigureAwait(false);
        }

        foreach (var proxy in node.Proxies) proxy.BatchMax = BatchMax;
        node.Start();
        await world.UntilAllAnswerAsync().ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        foreach (var proxy in node.Proxies) proxy.BatchMax = int.MaxValue;
        var log = node.LogSince(place);
        RehearsalFault.Unless(log.Contains($"watches Ethereum from block {cursor} on", StringComparison.Ordinal), $"it did not resume at {cursor}");
        RehearsalFault.Unless(log.Contains("Ethereum: NotServed", StringComparison.Ordinal), "nothing that it asked for was refused");
        for (var nonce = first; nonce <= last; nonce++)
            RehearsalFault.Unless(log.Contains($"has events {nonce} to {nonce} of the vault", StringComparison.Ordinal), $"it did not read event {nonce}");
        await world.UntilDepositAsync(last).ConfigureAwait(false);
        RehearsalFault.Compare(Amount.FromNtk(2 * Locks), await world.BalanceAsync(to).ConfigureAwait(false), "the account");
        return $"resumed at block {cursor}, asked for less where it was refused, read events {first} to {last} over {BlocksAway} blocks, at the head with the others";
    }
}
