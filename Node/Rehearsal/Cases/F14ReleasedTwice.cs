using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A burn is paid once, whoever brings it.</summary>
internal sealed class F14ReleasedTwice : RehearsalCase
{
    public override string Number => "F14";

    public override string Name => "two relayers bring one release in the same block, and a third later";

    public override string Wanted => "one is paid; the others revert, and the receiver has it once";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site, Amount.FromNtk(60));
        var receiver = PrivateKey.Generate().Address;
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        var call = await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        var (_, both) = await site.SendTogetherAsync((world.Ethereum.Accounts[6], call), (world.Ethereum.Accounts[7], call)).ConfigureAwait(false);
        RehearsalFault.Compare(1, both.Count(one => one.Succeeded), "transactions that paid");
        var refusal = await site.Vault.RefusalAsync(site.Stranger, call).ConfigureAwait(false);
        RehearsalFault.Compare("AlreadyReleased", refusal, "the third");
        RehearsalFault.Compare(amount, await site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver");
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"one of two paid {amount} NTK, the third is refused by {refusal}";
    }
}
