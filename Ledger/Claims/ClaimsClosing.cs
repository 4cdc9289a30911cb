using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>Late claims: a vote names a later closing height, be the present one past or not. It never comes nearer.</summary>
internal static class ClaimsClosing
{
    public static TransactionRejection Check(BlockContext context, ExtendClaims action)
    {
        if (ClaimsStatus.Get(context.State) is not { } status) return TransactionRejection.ClaimsMissing;
        var closing = new Height(action.ClosingHeight);
        return closing > status.ClosingHeight && closing > context.Height ? TransactionRejection.None : TransactionRejection.ClosingNotLater;
    }

    public static TransactionRejection Carry(BlockContext context, ExtendClaims action)
    {
        (ClaimsStatus.Get(context.State)!.Value with { ClosingHeight = new Height(action.ClosingHeight) }).Store(context.State);
        context.Emit("claims.extended", ("closing_height", action.ClosingHeight));
        return TransactionRejection.None;
    }
}
