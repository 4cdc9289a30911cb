using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>An item that is not to be brought now, and why.</summary>
/// <param name="Item">What.</param>
/// <param name="Why">For people.</param>
/// <param name="IsDone">Whether the vault has it: somebody brought it.</param>
public sealed record RelayHeld(RelayItem Item, string Why, bool IsDone);

/// <summary>What is to be brought, in this order, and what is not.</summary>
/// <param name="Due">First things first.</param>
/// <param name="Held">The rest.</param>
/// <param name="Closed">Why the vault takes nothing any more; null where it does.</param>
public sealed record RelayAgenda(ImmutableArray<RelayItem> Due, ImmutableArray<RelayHeld> Held, string? Closed);

/// <summary>
/// From what the chain offers and what the vault says to what is brought next: a function. A proof of a fork goes before all; then the next set, without which
/// soon nothing is taken; then orders in the order of their leaves, one of which may end a pause; what is due; and withdrawals, the oldest first.
/// </summary>
public static class RelayPlan
{
    // A transaction takes some blocks, and one that comes too late has paid for nothing.
    private const ulong MarginSeconds = 60;

    // The year 9999.
    private const long TimeMax = 253_402_300_799;

    /// <param name="offers">Of the chain.</param>
    /// <param name="vault">As it stands.</param>
    /// <param name="forks">Evidence that somebody has.</param>
    /// <param name="scope">How much is brought.</param>
    public static RelayAgenda Next(RelayOffers offers, VaultView vault, ImmutableArray<RelayItem.Fork> forks, RelayScope scope)
    {
        if (vault.IsForked) return Closed("a fork was proven to the vault: only a recovery moves its tokens");
        if (vault.IsRetired) return Closed("the vault is retired: another one has its tokens");
        var due = ImmutableArray.CreateBuilder<RelayItem>();
        var held = ImmutableArray.CreateBuilder<RelayHeld>();
        due.AddRange(forks);
        // Only the next one: each is proven by the set before it.
        if (vault.SetNumber < offers.ElectedSet) due.Add(new RelayItem.Follow(vault.SetNumber + 1));
        if (scope == RelayScope.Sets) return new RelayAgenda(due.DrainToImmutable(), [], null);
        foreach (var order in offers.Orders.OrderBy(order => order.Leaf)) Place(order, WhyNot(order, vault));
        due.AddRange(Completions(vault));
        foreach (var release in offers.Releases.OrderBy(release => release.Leaf)) Place(release, WhyNot(release, vault));
        return new RelayAgenda(due.DrainToImmutable(), held.DrainToImmutable(), null);

        void Place(RelayItem item, string? why)
        {
            var isDone = vault.Done.Contains(item.Key);
            if (isDone) held.Add(new RelayHeld(item, "done", true));
            else if (why is not null) held.Add(new RelayHeld(item, why, false));
            else due.Add(item);
        }
    }

    private static string? WhyNot(RelayItem.Order order, VaultView vault) => Expired(order.DeadlineSeconds, vault);

    private static string? WhyNot(RelayItem.Release release, VaultView vault)
    {
        if (Expired(release.DeadlineSeconds, vault) is { } expired) return expired;
        if (vault.IsReleasePaused) return "a guardian stopped releases";
        if (release.Amount > vault.Capacity) return $"it is above the vault's limit of {vault.Capacity} NTK";
        if (release.Amount <= vault.Available) return null;
        return vault.PerSecond.IsZero ? "the vault's limit is used up and does not fill" : $"for the vault's limit, until about {TimeOf(release.Amount, vault)}";
    }

    private static string? Expired(ulong deadline, VaultView vault) => vault.TimeSeconds + MarginSeconds > deadline ? "its deadline is over, or too near" : null;

    private static IEnumerable<RelayItem> Completions(VaultView vault)
    {
        if (IsDue(vault.UnpauseDue, vault)) yield return new RelayItem.Completion(CompletionKind.Unpause, vault.UnpauseDue);
        if (IsDue(vault.LimitsDue, vault)) yield return new RelayItem.Completion(CompletionKind.Limits, vault.LimitsDue);
        if (IsDue(vault.RetireDue, vault) && !vault.IsReleasePaused) yield return new RelayItem.Completion(CompletionKind.Retirement, vault.RetireDue);
    }

    private static bool IsDue(ulong due, VaultView vault) => due != 0 && vault.TimeSeconds >= due;

    // By the clock and not as a time to go, so that it is the same from pass to pass.
    private static string TimeOf(Amount amount, VaultView vault)
    {
        var seconds = vault.TimeSeconds + (((amount - vault.Available).Units + vault.PerSecond.Units - 1) / vault.PerSecond.Units);
        return seconds <= TimeMax ? DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : "the end of days";
    }

    private static RelayAgenda Closed(string why) => new([], [], why);
}
