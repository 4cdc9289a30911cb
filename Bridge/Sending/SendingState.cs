using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A transaction as it was signed and noted, before anybody was given it.</summary>
/// <param name="Signed">With its signature.</param>
/// <param name="AtBlock">The newest block at that time.</param>
public sealed record SendingAttempt(SignedEthereumTransaction Signed, ulong AtBlock)
{
    public EthereumTransaction Transaction => Signed.Transaction;

    public Hash256 Hash => Signed.Hash;

    // Those that the planner makes are within the cap of fees, and what was stored is checked when it is read.
    public GasFees Fees => new(Transaction.MaxFeePerGas.Low, Transaction.MaxPriorityFeePerGas.Low);
}

/// <summary>The transaction of an account that is not done: one nonce, and all that was ever signed under it.</summary>
/// <param name="Purpose">What the caller named it: "release 0x...".</param>
/// <param name="Attempts">From the first on; each pays more than the one before it. At least one.</param>
/// <param name="LostSince">The block at which its nonce was first seen used without a receipt of any of them.</param>
public sealed record OpenTransaction(string Purpose, ImmutableArray<SendingAttempt> Attempts, ulong? LostSince)
{
    /// <summary>A raise is an eighth at least, so that the cap ends it before.</summary>
    public const int AttemptsMax = 64;

    public const int PurposeBytesMax = 128;

    public ulong Nonce => Attempts[0].Transaction.Nonce;

    public SendingAttempt Last => Attempts[^1];
}

/// <summary>All that an account must not forget. Nothing is handed to anybody before it stands here.</summary>
/// <param name="Open">At most one at a time.</param>
/// <param name="Settled">The last ones that were seen in blocks, ascending by nonce: a reorganisation may take them out again.</param>
/// <remarks>
/// Layout: version 1 | settled, count 2, each length-first as Ethereum encodes it | open 1; where it is 1: purpose, length first | first attempt's transaction,
/// length first | lost 1, block 8 | attempts, count 2, each: 1 where its data is the first one's, and left out; as Ethereum encodes it, length first | block 8.
/// </remarks>
public sealed record SendingState(OpenTransaction? Open, ImmutableArray<SignedEthereumTransaction> Settled)
{
    public const int SettledMax = 16;

    /// <summary>Of a call: two certificates of a hundred validators, as a fork is proven by, take 23,000.</summary>
    public const int DataBytesMax = 24 << 10;

    /// <summary>Of the whole.</summary>
    public const int BytesMax = 1 << 20;

    public static readonly SendingState Empty = new(null, []);

    private const byte Version = 1;

    // Beside its data: numbers, signature and lengths.
    private const int SignedBytesMax = DataBytesMax + 512;

    /// <summary>Notes what is about to be sent: under a new nonce, or in the place of what is open.</summary>
    public SendingState Noting(string purpose, SendingAttempt attempt) => this with
    {
        Open = Open is null ? new OpenTransaction(purpose, [attempt], null) : Open with { Attempts = Open.Attempts.Add(attempt), LostSince = null },
    };

    /// <summary>One of the attempts is in a block for good.</summary>
    public SendingState Settling(Hash256 mined)
    {
        var signed = Open!.Attempts.Single(attempt => attempt.Hash == mined).Signed;
        var settled = Settled.Add(signed);
        return new SendingState(null, settled.Length > SettledMax ? settled.RemoveAt(0) : settled);
    }

    /// <summary>The one that was settled under a nonce; null where it is forgotten or was never ours.</summary>
    public SignedEthereumTransaction? SettledAt(ulong nonce) => Settled.FirstOrDefault(signed => signed.Transaction.Nonce == nonce);

    public byte[] Encode()
    {
        var writer = new ByteWriter().Byte(Version).UInt16((ushort)Settled.Length);
        foreach (var signed in Settled) writer.LengthAndBytes(signed.Encode());
        writer.Byte(Open is null ? (byte)0 : (byte)1);
        if (Open is null) return writer.ToArray();
        writer.Text(Open.Purpose).LengthAndBytes(Open.Attempts[0].Signed.Encode()).Optional(Open.LostSince).UInt16((ushort)Open.Attempts.Length);
        foreach (var attempt in Open.Attempts)
        {
            var isSame = attempt.Transaction.Data.Span.SequenceEqual(Open.Attempts[0].Transaction.Data.Span);
            var bare = isSame ? attempt.Signed with { Transaction = attempt.Transaction with { Data = default } } : attempt.Signed;
            writer.Byte(isSame ? (byte)1 : (byte)0).LengthAndBytes(bare.Encode()).UInt64(attempt.AtBlock);
        }

        return writer.ToArray();
    }

    /// <summary>False for anything that this account did not sign for this network, and for any other spelling than <see cref="Encode"/> gives.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, ulong chainId, Address account, [NotNullWhen(true)] out SendingState? state)
    {
        state = null;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version) return false;
        var settled = new SignedEthereumTransaction[reader.Count16(SettledMax, sizeof(uint))];
        for (var i = 0; i < settled.Length; i++)
        {
            if (Read(reader.LengthAndBytes(SignedBytesMax), null, chainId, account) is not { } signed) return false;
            settled[i] = signed;
        }

        if (!TryReadOpen(ref reader, chainId, account, out var open) || !reader.IsWhole) return false;
        state = new SendingState(open, [.. settled]);
        return true;
    }

    private static bool TryReadOpen(ref ByteReader reader, ulong chainId, Address account, out OpenTransaction? open)
    {
        open = null;
        var isOpen = reader.Byte();
        if (reader.Failed || isOpen > 1) return false;
        if (isOpen == 0) return true;
        var purpose = reader.Text(OpenTransaction.PurposeBytesMax);
        if (Read(reader.LengthAndBytes(SignedBytesMax), null, chainId, account) is not { } first) return false;
        var lostSince = reader.Optional();
        var attempts = new SendingAttempt[reader.Count16(OpenTransaction.AttemptsMax, 1 + sizeof(uint) + sizeof(ulong))];
        for (var i = 0; i < attempts.Length; i++)
        {
            var isSame = reader.Flag();
            // With the type: a bare null would be memory without bytes, and those would be the data.
            ReadOnlyMemory<byte>? data = isSame ? first.Transaction.Data : default(ReadOnlyMemory<byte>?);
            if (Read(reader.LengthAndBytes(SignedBytesMax), data, chainId, account) is not { } signed) return false;
            if (signed.Transaction.Nonce != first.Transaction.Nonce || isSame != signed.Transaction.Data.Span.SequenceEqual(first.Transaction.Data.Span)) return false;
            attempts[i] = new SendingAttempt(signed, reader.UInt64());
        }

        // The first one stands there twice.
        if (reader.Failed || attempts.Length == 0 || attempts[0].Hash != first.Hash) return false;
        open = new OpenTransaction(purpose, [.. attempts], lostSince);
        return true;
    }

    private static SignedEthereumTransaction? Read(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte>? data, ulong chainId, Address account)
    {
        if (!SignedEthereumTransaction.TryDecode(bytes, out var signed, out _)) return null;
        if (data is { } same)
        {
            if (!signed.Transaction.Data.IsEmpty) return null;
            signed = signed with { Transaction = signed.Transaction with { Data = same } };
        }

        var transaction = signed.Transaction;
        if (transaction.Type != EthereumTransactionType.DynamicFee || transaction.ChainId != chainId || !transaction.MaxFeePerGas.TryToUInt128(out _)) return null;
        return signed.TryRecoverSender(out var sender) && sender == account ? signed : null;
    }
}
