using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A small withdrawal goes through without anybody's doing but a relayer's.</summary>
internal sealed class MigrationWithdrawal : RehearsalCase
{
    public override string Number => "M4";

    public override string Name => "a small withdrawal, brought to the vault by a relayer";

    public override string Wanted => "certified at once, paid by the vault, and the chain knows it";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), Amount.FromNtk(300));
        var receiver = PrivateKey.Generate().Address;
        var burnId = await world.WithdrawAsync(from, amount, receiver).ConfigureAwait(false);
        await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        var (_, key) = await world.RelayerKeyAsync().ConfigureAwait(false);
        var (code, output) = await world.RelayAsync(key).ConfigureAwait(false);
        RehearsalFault.Unless(code == 0 && output.Contains($"release {burnId}: done in block", StringComparison.Ordinal), $"the relayer ended with {code}: {output}");
        RehearsalFault.Compare(amount, await world.Site.BalanceAsync(receiver).ConfigureAwait(false), "the receiver on Ethereum");
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"{amount} NTK paid by the vault and settled here";
    }
}
