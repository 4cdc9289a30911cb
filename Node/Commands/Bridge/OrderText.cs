using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Orders to the vault in words: who votes sees what the words of the arguments say.</summary>
internal static class OrderText
{
    public static string Of(OrderVault order)
    {
        var text = (BridgeActionKind)Math.Min(order.Kind, byte.MaxValue) switch
        {
            BridgeActionKind.Unpause when Words(order, 1) is { } read => $"end the pauses up to number {Units(read[0])}, a day later",
            BridgeActionKind.SetLimits when Words(order, 3) is { } read => $"limit releases to {Ntk(read[0])} at once and {Ntk(read[1])} a second, locks to {Ntk(read[2])} at least",
            BridgeActionKind.Retire when Words(order, 1) is { } read => $"RETIRE: move all that it holds to the vault {At(read[0])}, 14 days later, AND CLOSE THIS CHAIN'S BRIDGE until a rule takes that vault over",
            BridgeActionKind.Rescue when Words(order, 3) is { } read => $"send {Units(read[2])} base units of the token {At(read[0])}, which it does not owe, to {At(read[1])}",
            BridgeActionKind.CancelRecovery when Words(order, 1) is { } read => $"cancel the recovery that is due at {Units(read[0])}",
            BridgeActionKind.SetGuardian when Words(order, 2) is { } read => read[1].IsZero ? $"put the guardian {At(read[0])} out of office, two days later" : $"make {At(read[0])} a guardian",
            _ => null,
        };
        return text ?? $"kind {order.Kind} with arguments {Hex.Encode(order.Arguments.Span)}, WHICH THIS PROGRAM CANNOT READ";
    }

    private static UInt256[]? Words(OrderVault order, int count)
    {
        if (order.Arguments.Length != count * UInt256.Size) return null;
        return [.. Enumerable.Range(0, count).Select(place => UInt256.FromBytes(order.Arguments.Span.Slice(place * UInt256.Size, UInt256.Size)))];
    }

    private static string Ntk(UInt256 word) => word.TryToUInt128(out var units) ? $"{new Amount(units)} NTK" : "MORE THAN THERE IS";

    private static string Units(UInt256 word) => word.TryToUInt128(out var units) ? units.ToString(System.Globalization.CultureInfo.InvariantCulture) : word.ToString();

    private static string At(UInt256 word)
    {
        var bytes = word.ToHash().ToArray();
        return bytes.AsSpan(0, Hash256.Size - Address.Size).ContainsAnyExcept((byte)0) ? $"{word} (NO ADDRESS)" : Address.FromBytes(bytes.AsSpan(Hash256.Size - Address.Size)).ToString();
    }
}
