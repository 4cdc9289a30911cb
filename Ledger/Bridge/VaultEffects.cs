using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What each event of the vault does here. The chain believes none of its sums: each must follow from the one before. One that does not stops the
/// bridge, and the cursor stays before it.
/// </summary>
internal static class VaultEffects
{
    /// <summary>Takes the next event; what is wrong with it where it cannot be.</summary>
    public static BridgeHalt Take(BlockContext context, EthereumLog log)
    {
        if (!VaultNotice.TryRead(log, out var happened)) return BridgeHalt.UnknownEvent;
        var status = BridgeStatus.Get(context.State);
        Invariant.Check(happened.Nonce == status.Nonce + 1, "events are taken in the order of their nonces");
        // The vault's own event is its first one, and no other is.
        if (happened is VaultNotice.Deployed != (happened.Nonce == 1)) return BridgeHalt.WrongVault;
        (status with { Nonce = happened.Nonce, EventChain = VaultNotice.Fold(status.EventChain, log) }).Store(context.State);
        return Apply(context, happened);
    }

    private static BridgeHalt Apply(BlockContext context, VaultNotice happened) => happened switch
    {
        VaultNotice.Locked locked => Lock(context, locked),
        VaultNotice.Released released => Release(context, released),
        VaultNotice.Deployed deployed => Deploy(context, deployed),
        VaultNotice.Followed followed => Follow(context, followed),
        VaultNotice.Paused paused => Pause(context, paused),
        VaultNotice.LimitsSet limits => Limit(context, limits),
        VaultNotice.Forked => Close(context, VaultFlags.Forked),
        VaultNotice.RetireStarted => Close(context, VaultFlags.Retiring),
        VaultNotice.Retired => Close(context, VaultFlags.Retired),
        VaultNotice.Inherited => BridgeHalt.WrongVault, // this chain began with its vault, and no vault was before it
        _ => Note(context, happened),
    };

    private static BridgeHalt Lock(BlockContext context, VaultNotice.Locked locked)
    {
        var before = BridgeStatus.Get(context.State).Locked;
        if (locked.Amount.IsZero || locked.Amount > SupplyModule.Cap || before + locked.Amount != locked.TotalLocked) return BridgeHalt.Supply;
        BridgeStatus.Change(context.State, status => status with { Locked = locked.TotalLocked });
        context.Emit("bridge.locked", ("nonce", locked.Nonce), ("sender", locked.Sender), ("recipient", locked.Recipient), ("amount", locked.Amount));
        Locks.Take(context, locked);
        return BridgeHalt.None;
    }

    private static BridgeHalt Release(BlockContext context, VaultNotice.Released released)
    {
        var before = BridgeStatus.Get(context.State).Released;
        if (released.Amount > SupplyModule.Cap || before + released.Amount != released.TotalReleased) return BridgeHalt.Supply;
        return Withdrawals.TryClose(context, released) ? BridgeHalt.None : BridgeHalt.Supply;
    }

    private static BridgeHalt Deploy(BlockContext context, VaultNotice.Deployed deployed)
    {
        if (deployed.Genesis != context.GenesisHash.Value || deployed.Token != context.Genesis.Bridge!.Token) return BridgeHalt.WrongVault;
        if (!VaultSets.TryBegin(context, deployed.SetHeight, deployed.Root)) return BridgeHalt.WrongVault;
        Follow(context, deployed.SetHeight, deployed.Root);
        context.Emit("bridge.deployed", ("set_height", deployed.SetHeight), ("set_root", deployed.Root));
        return BridgeHalt.None;
    }

    private static BridgeHalt Follow(BlockContext context, VaultNotice.Followed followed)
    {
        if (!VaultSets.TryFollow(context, followed.Height, followed.Root)) return BridgeHalt.WrongSet;
        Follow(context, followed.Height, followed.Root);
        context.Emit("bridge.followed", ("set_height", followed.Height), ("set_root", followed.Root));
        return BridgeHalt.None;
    }

    private static void Follow(BlockContext context, Height height, Hash256 root) =>
        BridgeStatus.Change(context.State, status => status with { FollowedRoot = root, FollowedHeight = height });

    private static BridgeHalt Pause(BlockContext context, VaultNotice.Paused paused)
    {
        const VaultFlags Pauses = VaultFlags.LocksPaused | VaultFlags.ReleasesPaused;
        BridgeStatus.Change(context.State, status => status with
        {
            Vault = (status.Vault & ~Pauses) | ((VaultFlags)paused.Flags & Pauses),
            VaultPauseCount = paused.PauseCount,
        });
        return Note(context, paused);
    }

    private static BridgeHalt Limit(BlockContext context, VaultNotice.LimitsSet limits)
    {
        BridgeStatus.Change(context.State, status => status with { VaultCapacity = limits.Capacity });
        return Note(context, limits);
    }

    private static BridgeHalt Close(BlockContext context, VaultFlags flag)
    {
        BridgeStatus.Change(context.State, status => status with { Vault = status.Vault | flag });
        context.Emit("bridge.vault_closed", ("cause", flag.ToString()));
        return BridgeHalt.None;
    }

    // What moves nothing here: the event says it to whoever watches.
    private static BridgeHalt Note(BlockContext context, VaultNotice happened)
    {
        context.Emit("bridge.vault", ("nonce", happened.Nonce), ("event", happened.GetType().Name));
        return BridgeHalt.None;
    }
}
