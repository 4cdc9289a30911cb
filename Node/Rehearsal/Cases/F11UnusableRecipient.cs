using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>One unusable lock holds nobody up.</summary>
internal sealed class F11UnusableRecipient : RehearsalCase
{
    public override string Number => "F11";

    public override string Name => "a lock for a word that is no account";

    public override string Wanted => "in quarantine, the next nonce goes on; a vote gives it to an account";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var heir = PrivateKey.Generate().Address;
        var lost = await world.Site.LockAsync(Amount.FromNtk(40), Words.Greatest).ConfigureAwait(false);
        var next = await world.CreditAsync(3, heir).ConfigureAwait(false);
        await world.UntilDepositAsync(lost, "Quarantined").ConfigureAwait(false);
        await RehearsalBooks.CheckAsync(world).ConfigureAwait(false);
        await world.VoteAsync(new GovernanceAction { RedirectLock = new RedirectLock { Nonce = lost, To = heir.ToByteString() } }).ConfigureAwait(false);
        await world.UntilAsync(async () => await world.Nodes[0].BalanceAsync(heir).ConfigureAwait(false) == Amount.FromNtk(43), "the vote gives it to an account").ConfigureAwait(false);
        return $"lock {lost} in quarantine, lock {next} credited; after a vote 40 NTK went to an account";
    }
}
