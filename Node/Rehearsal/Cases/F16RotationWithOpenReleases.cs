using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Nothing that is open is lost by a change of keys.</summary>
internal sealed class F16RotationWithOpenReleases : RehearsalCase
{
    public override string Number => "F16";

    public override string Name => "the validator set changes while a release is certified and not paid";

    public override string Wanted => "the old certificate is refused once the vault follows; under the new set it is paid once";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site, Amount.FromNtk(70));
        var receiver = PrivateKey.Generate().Address;
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        var old = await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        var set = await RehearsalSets.ChangeAsync(world).ConfigureAwait(false);
        await RehearsalSets.FollowAsync(world, set).ConfigureAwait(false);
        var refusal = await site.Vault.RefusalAsync(site.Stranger, old).ConfigureAwait(false);
        RehearsalFault.Unless(refusal != KnownErrors.None, "the certificate of the old set is still taken");
        await site.Vault.SendAsync(site.Stranger, await world.ReleaseCallAsync(burnId).ConfigureAwait(false)).ConfigureAwait(false);
        RehearsalFault.Compare("AlreadyReleased", await site.Vault.RefusalAsync(site.Stranger, await world.ReleaseCallAsync(burnId).ConfigureAwait(false)).ConfigureAwait(false), "a second release");
        RehearsalFault.Compare(amount, await site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver");
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"set {set}: the old certificate is refused by {refusal}; {amount} NTK paid once under the new one";
    }
}
