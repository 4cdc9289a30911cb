using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Something that anybody may bring to the vault.</summary>
public abstract record RelayItem
{
    private RelayItem() { }

    /// <summary>Names it for log, state and memory.</summary>
    public abstract string Key { get; }

    /// <summary>Whose turn it is follows from this number, so that the gas goes around.</summary>
    public abstract ulong Number { get; }

    /// <summary>Two certificates for one height: the vault stops for good.</summary>
    /// <param name="Set">That signed both.</param>
    /// <param name="Calldata">Of the proof.</param>
    public sealed record Fork(ulong Set, ReadOnlyMemory<byte> Calldata) : RelayItem
    {
        public override string Key => $"fork of set {Set}";

        public override ulong Number => Set;
    }

    /// <summary>The next validator set.</summary>
    public sealed record Follow(ulong Set) : RelayItem
    {
        public override string Key => $"set {Set}";

        public override ulong Number => Set;
    }

    /// <summary>An order of the validators.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="Kind">For people.</param>
    /// <param name="Leaf">Its place in the range: later ones on one subject replace earlier ones.</param>
    /// <param name="DeadlineSeconds">The last second of Ethereum's clock in which it is taken.</param>
    public sealed record Order(ulong Id, string Kind, ulong Leaf, ulong DeadlineSeconds) : RelayItem
    {
        public override string Key => $"order {Id}";

        public override ulong Number => Leaf;
    }

    /// <summary>What an order began and anybody ends when it is due.</summary>
    public sealed record Completion(CompletionKind Kind, ulong DueSeconds) : RelayItem
    {
        public override string Key => $"{Kind} of {DueSeconds}";

        public override ulong Number => DueSeconds;
    }

    /// <summary>A withdrawal.</summary>
    /// <param name="BurnId">Names it.</param>
    /// <param name="Amount">What is paid.</param>
    /// <param name="Leaf">Its place in the range.</param>
    /// <param name="DeadlineSeconds">The last second of Ethereum's clock in which it is taken.</param>
    public sealed record Release(Hash256 BurnId, Amount Amount, ulong Leaf, ulong DeadlineSeconds) : RelayItem
    {
        public override string Key => $"release {BurnId}";

        public override ulong Number => Leaf;
    }
}

public enum CompletionKind
{
    Unpause,
    Limits,
    Retirement,
}

/// <summary>What the chain has for the vault.</summary>
/// <param name="ElectedSet">Number of the set that is elected.</param>
/// <param name="Orders">That may not be carried out yet.</param>
/// <param name="Releases">That may not be paid yet.</param>
public sealed record RelayOffers(ulong ElectedSet, ImmutableArray<RelayItem.Order> Orders, ImmutableArray<RelayItem.Release> Releases);

/// <summary>What the vault says of itself, at about one time.</summary>
/// <param name="TimeSeconds">Of the newest block.</param>
/// <param name="Flags">As in its storage (docs/protocol/bridge.md).</param>
/// <param name="SetNumber">Of the set that it goes by.</param>
/// <param name="UnpauseDue">0: nothing is pending; so for the other two.</param>
/// <param name="LimitsDue">Seconds.</param>
/// <param name="RetireDue">Seconds.</param>
/// <param name="Available">What may be released at once.</param>
/// <param name="Capacity">What may ever be released at once.</param>
/// <param name="PerSecond">By which it fills.</param>
/// <param name="Done">Keys of the offers that are done.</param>
public sealed record VaultView(
    ulong TimeSeconds,
    byte Flags,
    ulong SetNumber,
    ulong UnpauseDue,
    ulong LimitsDue,
    ulong RetireDue,
    Amount Available,
    Amount Capacity,
    Amount PerSecond,
    ImmutableHashSet<string> Done)
{
    public bool IsReleasePaused => (Flags & 2) != 0;

    public bool IsForked => (Flags & 4) != 0;

    public bool IsRetired => (Flags & 16) != 0;
}

/// <summary>How much a relayer brings.</summary>
public enum RelayScope
{
    /// <summary>Changes of the validator set alone: what every validator sees to.</summary>
    Sets,

    Everything,
}
