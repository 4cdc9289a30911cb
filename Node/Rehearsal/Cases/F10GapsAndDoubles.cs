using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Each nonce once, and none before the one before it, while a stranger brings proofs beside the validators.</summary>
internal sealed class F10GapsAndDoubles : RehearsalCase
{
    private const int TriesMax = 5, SendsMax = 200;

    public override string Number => "F10";

    public override string Name => "a stranger brings the second of two locks before the first, and both again";

    public override string Wanted => "refused by VaultNonceGap before the first is in, by NothingNew after; each credited once";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (stranger, to) = (await world.FundedAsync(3_000).ConfigureAwait(false), PrivateKey.Generate().Address);
        var (reasons, locks) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0UL);
        // The validators bring what the stranger leaves out within a block or two: he may come too late, and tries again.
        for (var tries = 0; tries < TriesMax && !reasons.Keys.Any(IsGap); tries++)
        {
            await LockAsync(world, to).ConfigureAwait(false);
            var second = await LockAsync(world, to).ConfigureAwait(false);
            locks += 2;
            var last = await world.Site.NonceAsync().ConfigureAwait(false);
            var evidence = await RehearsalEvidence.OfAsync(world.Ethereum, second.BlockNumber, 0).ConfigureAwait(false);
            await world.Site.FinalizeAsync().ConfigureAwait(false);
            foreach (var reason in await FloodAsync(world, stranger, evidence, last).ConfigureAwait(false)) reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            await world.UntilDepositAsync(last).ConfigureAwait(false);
            var again = await RehearsalEvidence.OutcomeAsync(world.Nodes[0], stranger, evidence, world.Cancelled).ConfigureAwait(false);
            RehearsalFault.Unless(again != "taken", "the second lock was taken twice");
            reasons[again] = reasons.GetValueOrDefault(again) + 1;
        }

        RehearsalFault.Compare(Amount.FromNtk(3 * locks), await world.BalanceAsync(to).ConfigureAwait(false), "the account");
        var counts = string.Join(", ", reasons.Select(reason => $"{reason.Key} ({reason.Value})"));
        RehearsalFault.Unless(reasons.Keys.Any(IsGap), $"never before the first: {counts}");
        return $"{locks} locks credited once each; the stranger's proofs: {counts}";
    }

    private static bool IsGap(string reason) => reason.Contains("VaultNonceGap", StringComparison.Ordinal) || reason.Contains("is missing before", StringComparison.Ordinal);

    private static Task<LocalReceipt> LockAsync(RehearsalWorld world, Address to) =>
        world.Site.Vault.SendAsync(world.Site.Holder, BridgeContracts.Lock(Amount.FromNtk(3), BridgeContracts.RecipientOf(to)));

    // Proofs one after the other until the chain has the lock; what came of each.
    private static async Task<List<string>> FloodAsync(RehearsalWorld world, PrivateKey stranger, BridgeEvidence evidence, ulong nonce)
    {
        var (sent, outcomes) = (new List<TransactionHash>(), new List<string>());
        while (sent.Count < SendsMax && (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).Nonce < nonce)
        {
            var (hash, refusal) = await RehearsalEvidence.SendAsync(world.Nodes[0], stranger, evidence, world.Cancelled).ConfigureAwait(false);
            if (hash is { } one) sent.Add(one);
            else outcomes.Add(refusal);
            await Task.Delay(20, world.Cancelled).ConfigureAwait(false);
        }

        foreach (var one in sent) outcomes.Add(await RehearsalEvidence.OutcomeAsync(world.Nodes[0], one, world.Cancelled).ConfigureAwait(false));
        return outcomes;
    }
}
