using NeuroChain.Ledger;

namespace NeuroChain.NextRelease;

/// <summary>The release after this one, as the tests of upgrades install it: all the same but for one rule, under which each block says that it holds.</summary>
public static class NextRules
{
    public const string Name = "blocks-say-so";

    public static readonly ChainRules All = new(new UpgradeRule(Name, context => context.Emit("next.said", ("height", context.Height))));
}
