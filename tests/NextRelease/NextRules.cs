using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.NextRelease;

/// <summary>The release after this one, as the tests of upgrades install it: all the same but for two rules that a vote may begin.</summary>
public static class NextRules
{
    /// <summary>Each block says that it holds.</summary>
    public const string Name = "blocks-say-so";

    /// <summary>A rule that no release should have: each block makes its author a unit out of nothing.</summary>
    public const string Minting = "blocks-mint";

    public static readonly ChainRules All = new(
        new UpgradeRule(Name, context => context.Emit("next.said", ("height", context.Height))),
        new UpgradeRule(Minting, context => AccountsModule.Credit(context.State, context.Author, new Amount(1))));
}
