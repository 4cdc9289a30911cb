using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>What came over is money here.</summary>
internal sealed class MigrationTransfer : RehearsalCase
{
    public override string Number => "M3";

    public override string Name => "a transfer on this chain";

    public override string Wanted => "what was credited can be paid with, for a fee";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, to, amount) = (await world.FundedAsync(2_000).ConfigureAwait(false), PrivateKey.Generate().Address, Amount.FromNtk(250));
        var (_, height) = await world.PayAsync(from, body => body.Transfer = new Transfer { To = to.ToByteString(), Amount = amount.ToByteString() }).ConfigureAwait(false);
        RehearsalFault.Compare(amount, await world.BalanceAsync(to).ConfigureAwait(false), "the receiver");
        return $"{amount} NTK paid in block {height}";
    }
}
