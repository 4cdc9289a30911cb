using System.Collections.Immutable;

namespace NeuroChain.Ledger;

/// <summary>A rule that a release brings. It holds from the height on that validators agreed on, and for nobody before.</summary>
/// <param name="Name">As the vote names it.</param>
/// <param name="EndBlock">
/// What each block under it does at its end, after the modules before <see cref="UpgradesModule"/>; null where it only changes what modules do,
/// which ask <see cref="UpgradesModule.IsActive"/> for its name.
/// </param>
public sealed record UpgradeRule(string Name, Action<BlockContext>? EndBlock = null);

/// <summary>
/// The rules, beside those that hold since genesis, that a program can carry out. A state carries them from block to block, so that programs of
/// two releases are two values and no more: a test has both in one process.
/// </summary>
public sealed class ChainRules(params ImmutableArray<UpgradeRule> known)
{
    /// <summary>Of this program. A release that changes rules adds each of them here.</summary>
    public static readonly ChainRules OfThisRelease = new();

    public ImmutableArray<UpgradeRule> Known { get; } = known;

    /// <summary>Null where this program cannot carry it out.</summary>
    public UpgradeRule? Find(string name) => Known.FirstOrDefault(rule => rule.Name == name);
}
