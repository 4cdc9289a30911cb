using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// The chain as a relayer sees it, by a node's API. It believes the node: what a node makes up, the vault refuses, and the refusal costs nothing.
/// </summary>
internal sealed class GrpcRelayChain(BridgeClient client, RelayScope scope) : IRelayChain
{
    // Orders have the numbers from 1 on without a gap; so many new ones are asked for in one pass.
    private const int OrdersPerPassMax = 64;

    // The oldest ones: the vault is asked for each in every pass.
    private const int ReleasesMax = 1_024;

    // Those that cannot be brought yet, or any more, the newest of them.
    private const int LaterMax = 16;

    private readonly SortedDictionary<ulong, RelayItem.Order> _orders = [];
    private readonly SortedSet<ulong> _later = [];
    private ulong _nextOrder = 1;

    public async Task<ChainAnswer<RelayOffers>> OffersAsync(CancellationToken cancellation)
    {
        try
        {
            var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
            if (scope == RelayScope.Sets) return new RelayOffers(status.ElectedSet, [], []);
            await LearnOrdersAsync(cancellation).ConfigureAwait(false);
            var isNothingOpen = !Amount.TryFromBytes(status.Open.Span, out var open) || open.IsZero;
            var withdrawals = isNothingOpen ? [] : await client.WithdrawalsAsync(cancellation).ConfigureAwait(false);
            var releases = withdrawals.Where(one => one.State == "Certified").Select(ReleaseOf).OfType<RelayItem.Release>().OrderBy(release => release.Leaf).Take(ReleasesMax);
            return new RelayOffers(status.ElectedSet, [.. _orders.Values], [.. releases]);
        }
        catch (RpcException refused)
        {
            return IsSilence(refused) ? ChainAnswer<RelayOffers>.Silent(TextOf(refused)) : ChainAnswer<RelayOffers>.No(TextOf(refused));
        }
    }

    public async Task<ChainAnswer<ReadOnlyMemory<byte>>> CallOfAsync(RelayItem item, CancellationToken cancellation)
    {
        try
        {
            var call = item switch
            {
                RelayItem.Follow follow => await client.CallOfSetAsync(follow.Set, cancellation).ConfigureAwait(false),
                RelayItem.Order order => await client.CallOfOrderAsync(order.Id, cancellation).ConfigureAwait(false),
                RelayItem.Release release => await client.CallOfReleaseAsync(release.BurnId, cancellation).ConfigureAwait(false),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            return call.Calldata.Memory;
        }
        catch (RpcException refused)
        {
            return IsSilence(refused) ? ChainAnswer<ReadOnlyMemory<byte>>.Silent(TextOf(refused)) : ChainAnswer<ReadOnlyMemory<byte>>.No(TextOf(refused));
        }
    }

    // Those whose deadline is over nobody can bring: they are forgotten.
    private async Task LearnOrdersAsync(CancellationToken cancellation)
    {
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (var (id, _) in _orders.Where(order => order.Value.DeadlineSeconds < now).ToArray()) _orders.Remove(id);
        foreach (var id in _later.ToArray()) await LearnOrderAsync(id, now, cancellation).ConfigureAwait(false);
        for (var i = 0; i < OrdersPerPassMax; i++)
            if (!await LearnOrderAsync(_nextOrder, now, cancellation).ConfigureAwait(false)) return;
            else _nextOrder++;
    }

    // False where there is none of that number yet. One that waits for its leaf is asked for again, and so is one that came too late: the node says both alike.
    private async Task<bool> LearnOrderAsync(ulong id, ulong now, CancellationToken cancellation)
    {
        try
        {
            var call = await client.CallOfOrderAsync(id, cancellation).ConfigureAwait(false);
            _later.Remove(id);
            if (call.Deadline >= now && VaultCallContent.TryRead(call.Calldata.Span, out var content) && content is VaultCallContent.Act act)
                _orders[id] = new RelayItem.Order(id, act.Action.Kind.ToString(), act.Path.Index, call.Deadline);
        }
        catch (RpcException none) when (none.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
        catch (RpcException notYet) when (notYet.StatusCode == StatusCode.FailedPrecondition)
        {
            _later.Add(id);
            if (_later.Count > LaterMax) _later.Remove(_later.Min);
        }

        return true;
    }

    private static RelayItem.Release? ReleaseOf(WithdrawalDetail withdrawal) =>
        Hash256.TryFromBytes(withdrawal.BurnId.Span, out var id) && Amount.TryFromBytes(withdrawal.Amount.Span, out var amount)
            ? new RelayItem.Release(id, amount, withdrawal.Leaf, withdrawal.Deadline)
            : null;

    // A node that is away, begins anew or is busy: it says nothing about what was asked for.
    private static bool IsSilence(RpcException refused) => refused.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;

    private static string TextOf(RpcException refused) => refused.StatusCode switch
    {
        StatusCode.Unavailable => $"no node answers: {refused.Status.Message}",
        StatusCode.DeadlineExceeded => "the node does not answer in time",
        StatusCode.FailedPrecondition => refused.Status.Message,
        _ => refused.Status.ToString(),
    };
}
