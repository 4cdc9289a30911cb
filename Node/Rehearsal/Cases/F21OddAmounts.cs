using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Amounts at and beyond the bounds, on both sides.</summary>
internal sealed class F21OddAmounts : RehearsalCase
{
    public override string Number => "F21";

    public override string Name => "amounts of 0, above the cap, and of 2^256 - 1";

    public override string Wanted => "the vault reverts on each lock, the chain refuses each withdrawal by name";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site);
        var recipient = BridgeContracts.RecipientOf(from.Address);
        var seen = new List<string>();
        foreach (var (what, amount) in new[] { ("0", Words.Of(0)), ("the cap and a unit", Words.Of(Amount.FromNtk(100_000_000).Units + 1)), ("2^256 - 1", Words.Greatest) })
        {
            var refusal = await site.Vault.RefusalAsync(site.Holder, "lock", AbiValue.Word(amount), AbiValue.Word(recipient)).ConfigureAwait(false);
            RehearsalFault.Unless(refusal is "BelowMinimum" or "AboveCap" or KnownErrors.NoData, $"a lock of {what}: {refusal}");
            seen.Add($"lock of {what}: {refusal}");
        }

        foreach (var (what, amount) in new[] { ("0", Amount.Zero), ("the cap and a unit", Amount.FromNtk(100_000_000) + new Amount(1)), ("2^128 - 1", new Amount(UInt128.MaxValue)) })
            seen.Add($"withdrawal of {what}: {await world.WithdrawalRefusalAsync(from, amount, site.Receiver).ConfigureAwait(false)}");

        return string.Join("; ", seen);
    }
}
