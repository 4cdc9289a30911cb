using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>More than a third of the power would have to be misled.</summary>
internal sealed class F5TwoEndpointsLieAlike : RehearsalCase
{
    public override string Number => "F5";

    public override string Name => "two of one validator's three endpoints tell the same whole lie";

    public override string Wanted => "that validator is wrong and alone; the chain credits the truth by the other three";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        // Another Ethereum of the same genesis, with the same vault and another amount: whole to whoever checks hashes.
        var (victim, lie) = (world.Nodes[^1], await world.OtherEthereumAsync().ConfigureAwait(false));
        var (account, before) = (BridgeContracts.RecipientOf(world.Account.Address), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false));
        await victim.StopAsync().ConfigureAwait(false);
        var nonce = await world.Site.LockAsync(Amount.FromNtk(5), account).ConfigureAwait(false);
        while (await lie.NonceAsync().ConfigureAwait(false) < nonce) await lie.LockAsync(Amount.FromNtk(500), account).ConfigureAwait(false);
        var told = await lie.Ethereum.HeightAsync().ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        // Both are equally long: nothing but their content tells them apart.
        var (here, there) = (await world.Ethereum.HeightAsync().ConfigureAwait(false), told + LocalEthereum.FinalityBlocks);
        if (there < here) await lie.MineAsync((int)(here - told)).ConfigureAwait(false);
        else await lie.FinalizeAsync().ConfigureAwait(false);
        if (here < there) await world.Site.MineAsync((int)(there - here)).ConfigureAwait(false);
        Directory.Delete(victim.Home.EthereumFolder, recursive: true);
        victim.Proxies[1].Target = victim.Proxies[2].Target = lie.Ethereum.Endpoint;
        victim.Start();
        await world.UntilAllAnswerAsync().ConfigureAwait(false);
        await world.UntilAsync(async () => (await victim.StatusAsync().ConfigureAwait(false)).Watch.Scanned >= told, "the misled validator reads the lie to its end").ConfigureAwait(false);
        var blamed = victim.LogSince(0).Contains("endpoint endpoint-0:", StringComparison.Ordinal);
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);
        await world.BlocksAsync(5).ConfigureAwait(false); // time for its word to do harm
        RehearsalFault.Compare(before + Amount.FromNtk(5), await world.BalanceAsync(world.Account.Address).ConfigureAwait(false), "the account");
        RehearsalFault.Compare(0, (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Halts.Count, "halts");
        RehearsalFault.Unless(blamed, $"{victim.Name} did not blame the honest endpoint: it was not misled");

        world.TellTheTruth();
        await victim.WatchAnewAsync().ConfigureAwait(false);
        await world.UntilAllAnswerAsync().ConfigureAwait(false);
        await world.UntilAllHaveReadAsync().ConfigureAwait(false);
        return $"{victim.Name} read the lie of 500 NTK to its end and blamed the honest endpoint; lock {nonce} gave 5 NTK on all four, no halt";
    }
}
