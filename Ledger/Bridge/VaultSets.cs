using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Which validator set each block named as the next one, since the set that the vault goes by: a set that the vault follows must be one of them.
/// Layout: count 2, ascending by height: height 8, root of the set 32. The block of the height and all after it, up to the next entry, name that set.
/// </summary>
internal static class VaultSets
{
    // Changes that nobody brings to Ethereum: beyond so many the oldest are forgotten, and a vault that follows one of those stops the bridge.
    private const int Most = 1_024;

    private static readonly StateKey Key = StateKey.Of(StateModule.Bridge, BridgeKeys.Sets);

    public static void InitializeGenesis(StateOverlay state, Hash256 root) => Store(state, [(Height.Genesis, root)]);

    /// <summary>Whether the block of that height, which is decided, named the set as the next one.</summary>
    public static bool WasNamed(BlockContext context, Height height, Hash256 root)
    {
        if (height >= context.Height) return false;
        var sets = All(context.State);
        for (var i = sets.Length - 1; i >= 0; i--)
            if (sets[i].Since <= height)
                return sets[i].Root == root;
        return false;
    }

    /// <summary>The vault goes by the set that the block of that height named: what was before it is of no use any more.</summary>
    public static void Follow(StateOverlay state, Height height)
    {
        var sets = All(state);
        var present = sets.Length - 1;
        while (present > 0 && sets[present].Since > height) present--;
        if (present > 0) Store(state, sets[present..]);
    }

    /// <summary>Writes down what the next block will name.</summary>
    public static void EndBlock(BlockContext context)
    {
        var sets = All(context.State);
        var root = ValidatorsModule.Members(context.State).Root;
        if (sets[^1].Root == root) return;
        sets = sets.Add((context.Height.Next(), root));
        Store(context.State, sets.Length > Most ? sets.RemoveAt(0) : sets);
    }

    /// <summary>Whether the vault goes by the set that is elected now. Until it does, keys of an old set can sign for it.</summary>
    public static bool AreFollowed(IStateReader state) => BridgeStatus.Get(state).FollowedRoot == ValidatorsModule.Members(state).Root;

    /// <summary>
    /// Whether the bond of who left the set stays where it is: what its keys sign is believed by the vault as long as the vault has not followed. A
    /// vault that pays no more, or that is not there yet, believes nobody.
    /// </summary>
    public static bool HoldsBond(IStateReader state, Address validator)
    {
        if (!BridgeStatus.Exists(state)) return false;
        var status = BridgeStatus.Get(state);
        const VaultFlags Ended = VaultFlags.Forked | VaultFlags.Retired;
        return status.Nonce > 0 && (status.Vault & Ended) == VaultFlags.None && !AreFollowed(state)
            && !ValidatorsModule.Members(state).Contains(validator) && ValidatorRecord.Get(state, validator) is not null;
    }

    private static ImmutableArray<(Height Since, Hash256 Root)> All(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the first set");
        var reader = new ByteReader(bytes);
        var sets = new (Height Since, Hash256 Root)[reader.Count16(Most, 8 + Hash256.Size)];
        for (var i = 0; i < sets.Length; i++) sets[i] = (reader.Height(), reader.Hash());
        Invariant.Check(reader.IsWhole, "the list of sets is as it was written");
        return [.. sets];
    }

    private static void Store(StateOverlay state, ImmutableArray<(Height Since, Hash256 Root)> sets)
    {
        var writer = new ByteWriter().UInt16((ushort)sets.Length);
        foreach (var (since, root) in sets) writer.Height(since).Hash(root);
        state.Set(Key, writer.ToArray());
    }
}
