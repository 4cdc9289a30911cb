using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A call of a contract, or the payload of a transaction that makes it.</summary>
/// <param name="From">Who calls.</param>
/// <param name="To">The contract.</param>
/// <param name="Data">Selector and arguments.</param>
public sealed record EthereumCall(Address From, Address To, ReadOnlyMemory<byte> Data);

/// <summary>What a call gave: bytes, or what it reverted with.</summary>
/// <param name="Returned">None where it reverted.</param>
/// <param name="Reverted">Null where it did not.</param>
public sealed record CallOutcome(ReadOnlyMemory<byte> Returned, Revert? Reverted);

/// <summary>What a transaction would need.</summary>
/// <param name="Gas">0 where it would revert.</param>
/// <param name="Reverted">Null where it would not.</param>
public sealed record GasOutcome(ulong Gas, Revert? Reverted);

/// <summary>Why a call reverted.</summary>
/// <param name="Name">A custom error of the bridge's contracts, a text, or that there is no reason.</param>
/// <param name="Words">Arguments of a custom error, all of which are static.</param>
public sealed record Revert(string Name, ImmutableArray<Hash256> Words)
{
    /// <summary>What a contract does that knows no reasons, as the real NTK.</summary>
    public const string Silent = "reverted without a reason";

    private static readonly ContractArtifact[] Contracts = [.. new[] { "NtkVault", "DepositFactory", "Deposit", "BurnGate" }.Select(ContractArtifact.Load)];

    /// <summary>Names what a revert gave back. Never fails.</summary>
    public static Revert Read(ReadOnlySpan<byte> data)
    {
        foreach (var contract in Contracts)
            if (contract.ErrorOf(data) is { } name)
                return new Revert(name, WordsOf(data[AbiSelector.Size..]));
        return new Revert(RevertReason.Read(data).ToString(), []);
    }

    /// <summary>The argument at a place as a number; null where there is none, or it is larger.</summary>
    public ulong? Number(int place) => place < Words.Length && UInt256.FromHash(Words[place]).TryToUInt64(out var number) ? number : null;

    public override string ToString() => Words.IsEmpty ? Name : $"{Name}({string.Join(", ", Words.Select(word => UInt256.FromHash(word)))})";

    private static ImmutableArray<Hash256> WordsOf(ReadOnlySpan<byte> arguments)
    {
        var words = ImmutableArray.CreateBuilder<Hash256>();
        for (; arguments.Length >= Hash256.Size; arguments = arguments[Hash256.Size..]) words.Add(Hash256.FromBytes(arguments[..Hash256.Size]));
        return words.DrainToImmutable();
    }
}

/// <summary>What an endpoint calls the newest block.</summary>
/// <param name="Number">Height.</param>
/// <param name="Timestamp">Seconds.</param>
/// <param name="BaseFee">Wei for each gas, which is burned.</param>
public sealed record SendingHead(ulong Number, ulong Timestamp, UInt128 BaseFee);

/// <summary>A transaction that is in a block.</summary>
/// <param name="Hash">Its own.</param>
/// <param name="Block">The block's number.</param>
/// <param name="Succeeded">False where it reverted; it has paid all the same.</param>
/// <param name="GasUsed">By it alone.</param>
/// <param name="GasPrice">Wei for each gas that it paid.</param>
/// <param name="Logs">Of whatever contracts it came by.</param>
public sealed record MinedReceipt(Hash256 Hash, ulong Block, bool Succeeded, ulong GasUsed, UInt128 GasPrice, ImmutableArray<EthereumLog> Logs);

/// <summary>What an endpoint said to a transaction. None of it is believed: only a receipt says that it was taken.</summary>
public enum SubmitVerdict
{
    Taken,
    AlreadyKnown,
    NonceTooLow,
    Underpriced,
    InsufficientFunds,
    Refused,
}

/// <param name="Verdict">Read out of a message that each program words in its own way: for whoever reads the log, nothing follows from it.</param>
/// <param name="Detail">The message.</param>
public sealed record SubmitOutcome(SubmitVerdict Verdict, string Detail);
