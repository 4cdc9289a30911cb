using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The chain behind a vault as a relayer sees it: what it has for the vault, under its newest certificate.</summary>
internal sealed class SideRelayChain(VaultWorld world) : IRelayChain
{
    private readonly List<PendingRelease> _releases = [];
    private readonly List<(BridgeAction Action, ulong Leaf)> _orders = [];
    private readonly Dictionary<ulong, byte[]> _changes = [];

    /// <summary>How often calldata were asked for.</summary>
    public int Calls { get; private set; }

    /// <summary>Why it does not answer; null where it does.</summary>
    public string? Silence { get; set; }

    /// <summary>So many of the next calldata come too late.</summary>
    public int SlowCalls { get; set; }

    public PendingRelease Burn(ulong ntk, ulong deadline = VaultWorld.Far)
    {
        var release = world.Burn(ntk, deadline: deadline);
        _releases.Add(release);
        return release;
    }

    public void Order(Func<Hash256, BridgeAction> make)
    {
        var action = make(Words.Of((UInt128)_orders.Count + 1));
        _orders.Add((action, world.Chain.Leaves.Append(BridgeLeaf.Action(world.VaultAddress, action))));
    }

    public void Change(ValidatorKeys next)
    {
        var change = world.Chain.Change(next);
        _changes[world.Chain.SetNumber] = change.Follow;
    }

    public Task<ChainAnswer<RelayOffers>> OffersAsync(CancellationToken cancellation) => Task.FromResult<ChainAnswer<RelayOffers>>(Silence is not null
        ? ChainAnswer<RelayOffers>.Silent(Silence)
        : new RelayOffers(
            world.Chain.SetNumber,
            [.. _orders.Select((order, i) => new RelayItem.Order((ulong)i + 1, order.Action.Kind.ToString(), order.Leaf, order.Action.DeadlineSeconds))],
            [.. _releases.Select(release => new RelayItem.Release(release.Withdrawal.BurnId, release.Withdrawal.Amount, release.Index, release.Withdrawal.DeadlineSeconds))]));

    public Task<ChainAnswer<ReadOnlyMemory<byte>>> CallOfAsync(RelayItem item, CancellationToken cancellation)
    {
        Calls++;
        if (SlowCalls > 0)
        {
            SlowCalls--;
            return Task.FromResult(ChainAnswer<ReadOnlyMemory<byte>>.Silent("the node does not answer in time"));
        }

        return Task.FromResult<ChainAnswer<ReadOnlyMemory<byte>>>((ReadOnlyMemory<byte>)(item switch
        {
            RelayItem.Follow follow => _changes[follow.Set],
            RelayItem.Order order => Act(_orders[(int)order.Id - 1]),
            RelayItem.Release release => world.ReleaseCall(_releases.Single(one => one.Withdrawal.BurnId == release.BurnId)),
            _ => throw new System.Diagnostics.UnreachableException(),
        }));
    }

    private byte[] Act((BridgeAction Action, ulong Leaf) order) => VaultCalls.Act(world.Chain.Certify(), order.Action, world.Chain.Leaves.Prove(order.Leaf));
}
