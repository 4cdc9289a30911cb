using System.Collections.Immutable;

namespace NeuroChain.Ledger;

/// <summary>A rule that a release brings. It holds from the height on that validators agreed on, and for nobody before.</summary>
/// <param name="Name">As the vote names it.</param>
/// <param name="EndBlock">
/// What each block under it does at its end, after the modules before <see cref="UpgradesModule"/>; null where it only changes what modules do,
/// which ask <see cref="UpgradesModule.IsActive"/> for its name.
/// </param>
public sealed record UpgradeRule(string Name, Action<BlockContext>? EndBlock = null)
{
    /// <summary>What becomes of the records where the rule writes them by other layouts; null where it does not.</summary>
    public StateMigration? Migration { get; init; }
}

/// <summary>
/// Records are written anew when a rule begins: before the first transaction of its first block. Until then the same program reads and writes them as
/// they were, and asks <see cref="StateFormat.Of"/> of the state that it reads which way that is, for it may be one of the past.
/// </summary>
/// <param name="From">The format that the state must have; another is refused by name.</param>
/// <param name="To">The one that it has from then on: a greater one.</param>
/// <param name="Rewrite">A function of the state alone.</param>
public sealed record StateMigration(uint From, uint To, Action<StateOverlay> Rewrite);

/// <summary>
/// The rules, beside those that hold since genesis, that a program can carry out. A state carries them from block to block, so that programs of
/// two releases are two values and no more: a test has both in one process.
/// </summary>
public sealed class ChainRules(params ImmutableArray<UpgradeRule> known)
{
    /// <summary>Of this program. A release that changes rules adds each of them here.</summary>
    public static readonly ChainRules OfThisRelease = new();

    public ImmutableArray<UpgradeRule> Known { get; } = known;

    /// <summary>
    /// The format in which this program's genesis is written. A release that changes the layout of any record without a rule counts this up: it
    /// serves new chains, and refuses the states of older ones instead of reading them wrongly.
    /// </summary>
    public uint GenesisFormat { get; init; } = StateFormat.First;

    /// <summary>Null where this program cannot carry it out.</summary>
    public UpgradeRule? Find(string name) => Known.FirstOrDefault(rule => rule.Name == name);
}
