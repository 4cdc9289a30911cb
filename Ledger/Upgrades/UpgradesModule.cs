using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// New rules begin at heights that validators agreed on. A node whose program does not know a rule stops before the block that it would
/// execute wrongly, and says what it needs.
/// </summary>
public sealed class UpgradesModule : LedgerModule
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["upgrades.scheduled", "upgrades.cancelled"];

    /// <summary>Whether a rule holds for the block of that height.</summary>
    public static bool IsActive(IStateReader state, string name, Height height) =>
        UpgradeRecord.Get(state).Upgrades.Any(upgrade => upgrade.Name == name && upgrade.Height <= height);

    /// <inheritdoc/>
    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        if (ChainRules.OfThisRelease.GenesisFormat > StateFormat.First) StateFormat.Set(state, ChainRules.OfThisRelease.GenesisFormat);
    }

    /// <summary>To be asked of a stored state, or of one that came from elsewhere, before a program works on it.</summary>
    /// <exception cref="OperatorException">Its records are not written as this program reads them.</exception>
    public static void RequireReadable(LedgerState state)
    {
        RequireKnown(state, state.Height);
        var (found, read) = (StateFormat.Of(state), FormatAfter(state));
        if (found != read)
            throw new OperatorException(
                $"the state after height {state.Height} has format {found} and this program reads format {read} there: install the version that the chain runs by, and start again with the same data");
    }

    /// <exception cref="OperatorException">A rule holds at that height that this program does not know.</exception>
    public static void RequireKnown(LedgerState state, Height height)
    {
        foreach (var upgrade in UpgradeRecord.Get(state).Upgrades)
        {
            if (upgrade.Height > height || state.Rules.Find(upgrade.Name) is not null) continue;
            throw new OperatorException(
                $"upgrade \"{upgrade.Name}\" holds from height {upgrade.Height} on and this program does not know it: install a version that does, and start again with the same data");
        }
    }

    /// <summary>Before the first transaction of a block: writes the records anew by the rules that begin with it.</summary>
    /// <exception cref="OperatorException">The state is not of the format that a rule begins from.</exception>
    internal static void BeginBlock(BlockContext context)
    {
        if (context.Rules.Known.IsEmpty) return;
        foreach (var upgrade in UpgradeRecord.Get(context.State).Upgrades.Where(upgrade => upgrade.Height == context.Height))
        {
            if (context.Rules.Find(upgrade.Name)?.Migration is not { } migration) continue;
            Invariant.Check(migration.To > migration.From, "formats count up");
            if (StateFormat.Of(context.State) is var found && found != migration.From)
                throw new OperatorException(
                    $"upgrade \"{upgrade.Name}\" begins at height {context.Height} and makes format {migration.To} of format {migration.From}, and the state has format {found}: install a version that can go on from there, and start again with the same data");
            migration.Rewrite(context.State);
            StateFormat.Set(context.State, migration.To);
        }
    }

    // As far as this program knows the rules.
    private static uint FormatAfter(LedgerState state)
    {
        var format = state.Rules.GenesisFormat;
        foreach (var upgrade in UpgradeRecord.Get(state).Upgrades.OrderBy(upgrade => upgrade.Height)) // of one height in the order of scheduling
            if (upgrade.Height <= state.Height && state.Rules.Find(upgrade.Name)?.Migration is { } migration)
                format = migration.To;
        return format;
    }

    /// <inheritdoc/>
    public override void EndBlock(BlockContext context)
    {
        if (context.Rules.Known.IsEmpty) return;
        foreach (var upgrade in UpgradeRecord.Get(context.State).Upgrades)
            if (upgrade.Height <= context.Height)
                context.Rules.Find(upgrade.Name)?.EndBlock?.Invoke(context);
    }

    internal static TransactionRejection Check(BlockContext context, ScheduleUpgrade action)
    {
        var upgrades = UpgradeRecord.Get(context.State).Upgrades;
        // It must begin after the vote and the delay, or nobody could prepare.
        if (action.Height <= context.Height.Value + 1) return TransactionRejection.UpgradeTooSoon;
        if (upgrades.Any(upgrade => upgrade.Name == action.Name)) return TransactionRejection.UpgradeNameTaken;
        return upgrades.Length >= Limits.UpgradesMax ? TransactionRejection.TooManyUpgrades : TransactionRejection.None;
    }

    internal static TransactionRejection Check(BlockContext context, CancelUpgrade action) =>
        UpgradeRecord.Get(context.State).Upgrades.Any(upgrade => upgrade.Name == action.Name && upgrade.Height > context.Height.Next())
            ? TransactionRejection.None
            : TransactionRejection.UnknownUpgrade;

    internal static TransactionRejection Schedule(BlockContext context, ScheduleUpgrade action)
    {
        var record = UpgradeRecord.Get(context.State);
        new UpgradeRecord(record.Upgrades.Add(new Upgrade(action.Name, new Height(action.Height)))).Store(context.State);
        context.Emit("upgrades.scheduled", ("name", action.Name), ("height", new Height(action.Height)));
        return TransactionRejection.None;
    }

    internal static TransactionRejection Cancel(BlockContext context, CancelUpgrade action)
    {
        var record = UpgradeRecord.Get(context.State);
        new UpgradeRecord([.. record.Upgrades.Where(upgrade => upgrade.Name != action.Name)]).Store(context.State);
        context.Emit("upgrades.cancelled", ("name", action.Name));
        return TransactionRejection.None;
    }
}
