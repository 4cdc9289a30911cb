using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A transaction with its signature, as eth_sendRawTransaction takes it. The sender is whoever signed: a signature that nobody made is found out
/// by <see cref="TryRecoverSender"/>.
/// </summary>
public sealed record SignedEthereumTransaction(EthereumTransaction Transaction, Signature Signature)
{
    /// <summary>v of a legacy transaction: 27 or 28, or twice the chain's id and 35 or 36 (EIP-155).</summary>
    private const ulong UnprotectedV = 27, ProtectedV = 35;

    private const byte ListOffset = 0xc0;

    private const int HalfSize = 32;

    public Hash256 Hash => Keccak256.Hash(Encode());

    public bool TryRecoverSender(out Address sender) => Signature.TryRecover(Transaction.SigningHash, out sender);

    public byte[] Encode()
    {
        var writer = Transaction.Begin(out var list);
        Transaction.WriteFields(writer);
        var bytes = Signature.Bytes;
        writer.UInt64(V(bytes[2 * HalfSize]));
        writer.UInt256(UInt256.FromBytes(bytes[..HalfSize])).UInt256(UInt256.FromBytes(bytes[HalfSize..(2 * HalfSize)]));
        return writer.End(list).ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedEthereumTransaction? signed, out EthereumFault fault)
    {
        signed = null;
        fault = bytes.IsEmpty ? EthereumFault.Truncated : EthereumFault.UnknownType;
        var type = bytes is [<= (byte)EthereumTransactionType.DynamicFee and > 0, ..] ? bytes[0] : (byte)0;
        if (type == 0 && bytes is not [>= ListOffset, ..]) return false;
        fault = EthereumFault.TooLarge;
        if (bytes.Length > EthereumTransaction.BytesMax) return false;
        var reader = new RlpReader(type == 0 ? bytes : bytes[1..]);
        var list = reader.List();
        signed = ReadFrom(ref list, (EthereumTransactionType)type);
        reader.Leave(ref list);
        reader.End();
        fault = reader.Fault;
        if (fault != EthereumFault.None) signed = null;
        return signed is not null;
    }

    private ulong V(ulong parity)
    {
        if (Transaction.Type != EthereumTransactionType.Legacy) return parity;
        return parity + (Transaction.ChainId is { } chain ? ProtectedV + (2 * chain) : UnprotectedV);
    }

    private static SignedEthereumTransaction? ReadFrom(ref RlpReader list, EthereumTransactionType type)
    {
        var isLegacy = type == EthereumTransactionType.Legacy;
        var transaction = new EthereumTransaction
        {
            Type = type,
            ChainId = isLegacy ? null : list.UInt64(),
            Nonce = list.UInt64(),
            MaxPriorityFeePerGas = type == EthereumTransactionType.DynamicFee ? list.UInt256() : UInt256.Zero,
            MaxFeePerGas = list.UInt256(),
            GasLimit = list.UInt64(),
            To = ReadTo(ref list),
            Value = list.UInt256(),
            Data = list.Bytes(EthereumTransaction.BytesMax).ToArray(),
            AccessList = isLegacy ? [] : ReadAccessList(ref list),
        };
        var v = list.UInt64();
        if (isLegacy && v >= ProtectedV) transaction = transaction with { ChainId = (v - ProtectedV) / 2 };
        var signature = ReadSignature(ref list, ParityOf(isLegacy, v));
        list.Fail(transaction.Check());
        return signature is null ? null : new SignedEthereumTransaction(transaction, signature);
    }

    // Another number is none that a signature can have.
    private static byte ParityOf(bool isLegacy, ulong v) => (isLegacy, v) switch
    {
        (false, <= 1) => (byte)v,
        (true, UnprotectedV or UnprotectedV + 1) => (byte)(v - UnprotectedV),
        (true, >= ProtectedV) => (byte)((v - ProtectedV) % 2),
        _ => byte.MaxValue,
    };

    private static Signature? ReadSignature(ref RlpReader list, byte parity)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        list.UInt256().CopyTo(bytes);
        list.UInt256().CopyTo(bytes[HalfSize..]);
        bytes[2 * HalfSize] = parity;
        if (!Signature.TryFromBytes(bytes, out var signature)) list.Fail(EthereumFault.MalformedSignature);
        return signature;
    }

    private static Address? ReadTo(ref RlpReader list)
    {
        var to = list.Bytes();
        if (to.Length is not 0 and not Address.Size) list.Fail(EthereumFault.WrongSize);
        return Address.TryFromBytes(to, out var address) ? address : null;
    }

    private static ImmutableArray<AccessListEntry> ReadAccessList(ref RlpReader reader)
    {
        var list = reader.List();
        var entries = ImmutableArray.CreateBuilder<AccessListEntry>();
        while (list.HasMore)
        {
            var entry = list.List();
            var address = entry.Address();
            var slotList = entry.List();
            var slots = ImmutableArray.CreateBuilder<Hash256>();
            while (slotList.HasMore) slots.Add(slotList.Hash());
            entry.Leave(ref slotList);
            list.Leave(ref entry);
            entries.Add(new AccessListEntry(address, slots.DrainToImmutable()));
        }

        reader.Leave(ref list);
        return entries.DrainToImmutable();
    }
}
