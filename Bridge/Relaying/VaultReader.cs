using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Asks the vault how it stands, by calls that cost nothing.</summary>
public sealed class VaultReader(SendingEndpoint endpoint, Address vault)
{
    private static readonly ImmutableArray<string> Values = ["flags", "setNumber", "unpauseDue", "pendingLimits", "retirement", "available", "limits"];

    /// <summary>With which of these orders and releases are done.</summary>
    public async Task<Answered<VaultView>> ReadAsync(IReadOnlyCollection<RelayItem> offered, CancellationToken cancellation)
    {
        var head = await endpoint.HeadAsync(cancellation);
        if (head.Fault != EndpointFault.None) return head.As<VaultView>();
        var values = await endpoint.CallsAsync([.. Values.Select(name => Call(BridgeContracts.Read(name)))], cancellation);
        if (values.Fault != EndpointFault.None) return values.As<VaultView>();
        if (values.Value.Any(value => value.Reverted is not null || value.Returned.IsEmpty)) return Answered<VaultView>.No(EndpointFault.Malformed, $"there is no vault at {vault}");
        var done = ImmutableHashSet.CreateBuilder<string>();
        foreach (var some in offered.Chunk(SendingEndpoint.CallsMax))
        {
            var answers = await endpoint.CallsAsync([.. some.Select(item => Call(Question(item)))], cancellation);
            if (answers.Fault != EndpointFault.None) return answers.As<VaultView>();
            for (var i = 0; i < some.Length; i++)
                if (!Word(answers.Value[i], 0).IsZero)
                    done.Add(some[i].Key);
        }

        return Read(head.Value!, values.Value, done.ToImmutable());
    }

    private static Answered<VaultView> Read(SendingHead head, ImmutableArray<CallOutcome> values, ImmutableHashSet<string> done)
    {
        var flags = Word(values[0], 0);
        var isWhole = flags.TryToUInt64(out var bits) & bits <= byte.MaxValue;
        isWhole &= Word(values[1], 0).TryToUInt64(out var set);
        isWhole &= Word(values[2], 0).TryToUInt64(out var unpause);
        isWhole &= Word(values[3], 2).TryToUInt64(out var limits);
        isWhole &= Word(values[4], 1).TryToUInt64(out var retire);
        isWhole &= Word(values[5], 0).TryToUInt128(out var available);
        isWhole &= Word(values[6], 0).TryToUInt128(out var capacity);
        isWhole &= Word(values[6], 1).TryToUInt128(out var perSecond);
        if (!isWhole) return Answered<VaultView>.No(EndpointFault.Malformed, "the vault's values");
        return new VaultView(head.Timestamp, (byte)bits, set, unpause, limits, retire, new Amount(available), new Amount(capacity), new Amount(perSecond), done);
    }

    // The greatest number where there is no such word, which fits nowhere.
    private static UInt256 Word(CallOutcome outcome, int place)
    {
        var at = place * Hash256.Size;
        return outcome.Returned.Length >= at + Hash256.Size ? UInt256.FromBytes(outcome.Returned.Span.Slice(at, Hash256.Size)) : UInt256.MaxValue;
    }

    private static byte[] Question(RelayItem item) => item switch
    {
        RelayItem.Order order => BridgeContracts.IsDone(order.Id),
        RelayItem.Release release => BridgeContracts.IsReleased(release.BurnId),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private EthereumCall Call(byte[] data) => new(Address.Zero, vault, data);
}
