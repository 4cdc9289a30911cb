using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A validator set: how often the set had changed with it, the last height of the one before, whose header names it as next, and its root.</summary>
public readonly record struct NamedSet(ulong Number, Height LastHeight, Hash256 Root);

/// <summary>
/// Which validator sets the chain had, from the one that the vault goes by on. Each change is a leaf of the bridge root, so that the vault passes none
/// over; and what the vault follows must be the next of them. Layout: count 2, in their order: number 8, height 8, root 32.
/// </summary>
public static class VaultSets
{
    // Changes that nobody brings to Ethereum: beyond so many the oldest are forgotten, and a vault that then follows the next one stops the bridge.
    private const int Most = 1_024;

    private static readonly StateKey Key = StateKey.Of(StateModule.Bridge, BridgeKeys.Sets);

    internal static void InitializeGenesis(StateOverlay state, Hash256 root) => Store(state, [new NamedSet(0, Height.Genesis, root)]);

    /// <summary>The vault begins with a set: false where the chain never had it from that height on.</summary>
    internal static bool TryBegin(BlockContext context, Height lastHeight, Hash256 root) => TryFollow(context, lastHeight, root, sets => sets);

    /// <summary>The vault goes on to the next set: false where that is another one.</summary>
    internal static bool TryFollow(BlockContext context, Height lastHeight, Hash256 root) => TryFollow(context, lastHeight, root, sets => [.. sets.Skip(1).Take(1)]);

    /// <summary>Makes the leaf of a change, in the block before the one whose header names the new set.</summary>
    internal static void EndBlock(BlockContext context)
    {
        var sets = All(context.State);
        var root = ValidatorsModule.Members(context.State).Root;
        if (sets[^1].Root == root) return;
        var changed = new NamedSet(sets[^1].Number + 1, context.Height.Next(), root);
        sets = sets.Add(changed);
        Store(context.State, sets.Length > Most ? sets.RemoveAt(0) : sets);
        var index = BridgeLeaves.Append(context.State, BridgeLeaf.SetChange(changed.Number, changed.LastHeight, root));
        context.Emit("bridge.set_changed", ("number", changed.Number), ("last_height", changed.LastHeight), ("set_root", root), ("leaf", index));
    }

    /// <summary>The set that the vault must follow next: null where it goes by the elected one. The certificate of its last height does it, with its leaf's path.</summary>
    public static NamedSet? NextToFollow(IStateReader state) => All(state) is { Length: > 1 } sets ? sets[1] : null;

    /// <summary>From the set that the vault goes by to the one that is elected now.</summary>
    public static ImmutableArray<NamedSet> FromFollowed(IStateReader state) => All(state);

    /// <summary>Whether the vault goes by the set that is elected now. Until it does, keys of an old set can sign for it.</summary>
    public static bool AreFollowed(IStateReader state) => All(state).Length == 1;

    /// <summary>
    /// Whether the bond of who left the set stays where it is: what its keys sign is believed by the vault as long as the vault has not followed. A
    /// vault that pays no more, or that is not there yet, believes nobody.
    /// </summary>
    internal static bool HoldsBond(IStateReader state, Address validator)
    {
        if (!BridgeStatus.Exists(state)) return false;
        var status = BridgeStatus.Get(state);
        const VaultFlags Ended = VaultFlags.Forked | VaultFlags.Retired;
        return status.Nonce > 0 && (status.Vault & Ended) == VaultFlags.None && !AreFollowed(state)
            && !ValidatorsModule.Members(state).Contains(validator) && ValidatorRecord.Get(state, validator) is not null;
    }

    // What was before the followed one is of no use any more. A change of the block that is executed, or of a later one, is not decided.
    private static bool TryFollow(BlockContext context, Height lastHeight, Hash256 root, Func<ImmutableArray<NamedSet>, ImmutableArray<NamedSet>> among)
    {
        var sets = All(context.State);
        var followed = among(sets).Where(set => set.LastHeight == lastHeight && set.Root == root && lastHeight < context.Height).ToImmutableArray();
        if (followed.IsEmpty) return false;
        Store(context.State, sets[sets.IndexOf(followed[0])..]);
        return true;
    }

    private static ImmutableArray<NamedSet> All(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the first set");
        var reader = new ByteReader(bytes);
        var sets = new NamedSet[reader.Count16(Most, 16 + Hash256.Size)];
        for (var i = 0; i < sets.Length; i++) sets[i] = new NamedSet(reader.UInt64(), reader.Height(), reader.Hash());
        Invariant.Check(reader.IsWhole, "the list of sets is as it was written");
        return [.. sets];
    }

    private static void Store(StateOverlay state, ImmutableArray<NamedSet> sets)
    {
        var writer = new ByteWriter().UInt16((ushort)sets.Length);
        foreach (var (number, lastHeight, root) in sets) writer.UInt64(number).Height(lastHeight).Hash(root);
        state.Set(Key, writer.ToArray());
    }
}
