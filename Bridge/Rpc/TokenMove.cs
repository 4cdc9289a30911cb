using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Base units of a token that went from one holder to another, at a place of Ethereum's chain.</summary>
/// <param name="Block">Number of the block.</param>
/// <param name="LogIndex">Of the log in it.</param>
/// <param name="From">Zero where they came to be.</param>
/// <param name="To">Zero where they were burned.</param>
/// <param name="Value">Base units.</param>
public readonly record struct TokenMove(ulong Block, ulong LogIndex, Address From, Address To, UInt128 Value)
{
    /// <summary>Transfer(address,address,uint256) of ERC-20.</summary>
    public static readonly AbiEvent Transfer = AbiEvent.Of("Transfer(address,address,uint256)", 2);

    /// <summary>Burn(address,uint256) of the real NTK, which emits no Transfer with it.</summary>
    public static readonly AbiEvent Burn = AbiEvent.Of("Burn(address,uint256)", 1);

    /// <summary>Of one answer to eth_getLogs.</summary>
    public const int MovesMax = 1 << 16;

    internal static Answered<ImmutableArray<TokenMove>> Read(JsonElement list, Address token, ulong from, ulong to)
    {
        if (list.ValueKind != JsonValueKind.Array) return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.Malformed, "logs: a list");
        if (list.GetArrayLength() > MovesMax) return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.TooLarge, $"more than {MovesMax} logs");
        var moves = ImmutableArray.CreateBuilder<TokenMove>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var fields = new RpcFields(item);
            var (block, index) = (fields.UInt64("blockNumber"), fields.UInt64("logIndex"));
            if (RpcReceipts.ReadLog(item) is not { } log || fields.Failed is not null) return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.Malformed, $"log {moves.Count}");
            if (log.Address != token || block < from || block > to) return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.WrongSubject, $"a log of {log.Address} in block {block}");
            if (!TryRead(log, block, index, out var move)) return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.Malformed, $"log {index} of block {block} is no event of a token");
            if (moves.Count > 0 && (block, index).CompareTo((moves[^1].Block, moves[^1].LogIndex)) <= 0)
                return Answered<ImmutableArray<TokenMove>>.No(EndpointFault.Malformed, $"log {index} of block {block} is out of order");
            moves.Add(move);
        }

        return moves.DrainToImmutable();
    }

    private static bool TryRead(EthereumLog log, ulong block, ulong index, out TokenMove move)
    {
        var isBurn = Burn.IsIn(log);
        var topics = (isBurn ? Burn : Transfer).Open(log, 1, out var data);
        var (from, to, value) = (topics.Address(), isBurn ? Address.Zero : topics.Address(), data.UInt128());
        move = new TokenMove(block, index, from, to, value);
        return topics.IsWhole && data.IsWhole;
    }
}
