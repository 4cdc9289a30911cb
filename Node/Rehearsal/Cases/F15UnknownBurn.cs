using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Nobody gets a certificate for what was never burned: validators sign blocks and nothing else.</summary>
internal sealed class F15UnknownBurn : RehearsalCase
{
    public override string Number => "F15";

    public override string Name => "a release is asked for that nobody burned";

    public override string Wanted => "no validator gives a call for it; the vault refuses it under a true certificate and path";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var unknown = Words.Of(0xf15);
        foreach (var node in world.Nodes)
        {
            try
            {
                await node.Bridge.CallOfReleaseAsync(unknown, world.Cancelled).ConfigureAwait(false);
                throw new RehearsalFault($"{node.Name} made a call for a burn that never was");
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.NotFound)
            {
            }
        }

        var (from, site) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site);
        var burnId = await world.WithdrawAsync(from, Amount.FromNtk(20), site.Receiver).ConfigureAwait(false);
        var call = await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        RehearsalFault.Unless(VaultCallContent.TryRead(call, out var content) && content is VaultCallContent.Release, "the node's call is no release");
        var release = (VaultCallContent.Release)content!;
        var seen = new List<string>();
        foreach (var (what, forged) in new[]
        {
            ("another id", release.Withdrawal with { BurnId = unknown }),
            ("more NTK", release.Withdrawal with { Amount = release.Withdrawal.Amount + new Amount(1) }),
            ("another receiver", release.Withdrawal with { To = site.Stranger }),
            ("a later deadline", release.Withdrawal with { DeadlineSeconds = release.Withdrawal.DeadlineSeconds + 1 }),
        })
        {
            var refusal = await site.Vault.RefusalAsync(site.Stranger, VaultCalls.Release(release.Certificate, forged, release.Path)).ConfigureAwait(false);
            RehearsalFault.Unless(refusal != KnownErrors.None, $"{what}: paid");
            seen.Add($"{what}: {refusal}");
        }

        await site.Vault.SendAsync(site.Stranger, call).ConfigureAwait(false);
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"NotFound from all four; {string.Join(", ", seen)}";
    }
}
