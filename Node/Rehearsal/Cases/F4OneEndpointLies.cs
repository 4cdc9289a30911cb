using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>One liar among three.</summary>
internal sealed class F4OneEndpointLies : RehearsalCase
{
    private const int RoundsMax = 24;

    public override string Number => "F4";

    public override string Name => "one of a validator's three endpoints lies";

    public override string Wanted => "outvoted and named in the log; every lock credited as it is";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (node, named, locks) = (world.Nodes[0], new List<string>(), 0UL);
        var before = await world.BalanceAsync(world.Account.Address).ConfigureAwait(false);
        foreach (var (lie, cause) in new[] { ("amount", "Receipts"), ("no index", "LogIndex"), ("hash", "Header"), ("all is final", "FinalizedIsLatest") })
        {
            var place = node.LogPlace();
            node.Proxies[1].Lie = Lies.Named(lie);
            // Who serves a block follows from its hash: it takes as long as it takes until the liar does.
            bool IsNamed() => node.LogSince(place).Contains($"endpoint endpoint-1: {cause}", StringComparison.Ordinal);
            for (var round = 0; round < RoundsMax && !IsNamed(); round++)
            {
                await world.Site.LockAsync(Amount.FromNtk(1), BridgeContracts.RecipientOf(world.Account.Address)).ConfigureAwait(false);
                locks++;
                await world.Site.FinalizeAsync().ConfigureAwait(false);
                await world.UntilAllHaveReadAsync().ConfigureAwait(false);
            }

            RehearsalFault.Unless(IsNamed(), $"the lie \"{lie}\" was never named as {cause}");
            node.Proxies[1].Lie = (_, _, result) => result;
            named.Add($"\"{lie}\" as {cause}");
        }

        await world.UntilDepositAsync(await world.Site.NonceAsync().ConfigureAwait(false)).ConfigureAwait(false);
        RehearsalFault.Compare(before + Amount.FromNtk(locks), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        return $"named {string.Join(", ", named)}; {locks} locks of 1 NTK credited as they are";
    }
}
