using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>A withdrawal that a wallet signed as typed data: good for that one body, of that one kind, in one form.</summary>
public sealed class WalletWithdrawalTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256("genesis"u8));
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256("holder"u8));
    private static readonly PrivateKey Other = PrivateKey.FromSeed(Hash256.Sha256("other"u8));

    [Fact]
    public void ItStandsForItsBody()
    {
        var body = Body();
        Assert.True(Transaction.TryDecode(Signed(body, Key), Genesis, out var transaction, out _));
        Assert.Equal((Key.Address, 1, Transaction.HashOf(body.ToByteArray())), (transaction.Sender, transaction.SignatureCount, transaction.Hash));
        Assert.True(Transaction.TryDecode(transaction.Bytes.Span, Genesis, out var again, out _));
        Assert.Equal(transaction.Hash, again.Hash);
        // The other way of signing the same is the same transaction.
        Assert.Equal(transaction.Hash, Transaction.Sign(Body(), Key).Hash);
    }

    [Fact]
    public void EveryFieldOfTheBodyIsSigned()
    {
        var signature = Key.Sign(WalletWithdrawal.DigestOf(Body())).WithoutRecoveryId;
        foreach (var change in new Action<TransactionBody>[]
        {
            body => body.Nonce++,
            body => body.ExpiryHeight++,
            body => body.Fee = Units(1),
            body => body.BridgeWithdraw.Amount = Units(1),
            body => body.BridgeWithdraw.To = ByteString.CopyFrom(Key.Address.ToArray()),
            body => body.Sender = ByteString.CopyFrom(Other.Address.ToArray()),
        })
        {
            var body = Body();
            change(body);
            Assert.NotEqual(WalletWithdrawal.DigestOf(Body()), WalletWithdrawal.DigestOf(body));
            Assert.Equal(TransactionFault.WrongSignature, FaultOf(Transaction.WalletEnvelope(body, signature)));
        }

        var elsewhere = Body();
        elsewhere.Genesis = ByteString.CopyFrom(Hash256.Sha256("another chain"u8).ToArray());
        Assert.NotEqual(WalletWithdrawal.DigestOf(Body()), WalletWithdrawal.DigestOf(elsewhere));
    }

    [Fact]
    public void NothingButAWithdrawalIsSignedSo()
    {
        var transfer = Body();
        transfer.Transfer = new Transfer { To = ByteString.CopyFrom(Other.Address.ToArray()), Amount = Units(5) };
        var signature = Key.Sign(Transaction.DigestOf(transfer)).WithoutRecoveryId;
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Transaction.WalletEnvelope(transfer, signature)));
    }

    /// <summary>A signature over the hash is none over the typed data, nor the other way; the mark is the one byte.</summary>
    [Fact]
    public void TheTwoDigestsDoNotStandForEachOther()
    {
        var body = Body();
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Transaction.WalletEnvelope(body, Key.Sign(Transaction.DigestOf(body)).WithoutRecoveryId)));
        var typed = Key.Sign(WalletWithdrawal.DigestOf(body)).WithoutRecoveryId;
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Envelope(body, [.. typed.Bytes])));
        Assert.Equal(TransactionFault.None, FaultOf(Envelope(body, [1, .. typed.Bytes])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(body, [0, .. typed.Bytes])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(body, [2, .. typed.Bytes])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(body, [.. typed.Bytes, 1])));
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Signed(body, Other)));
    }

    /// <summary>That wallets come to the same digest is a test of the page, with a real node's.</summary>
    [Fact]
    public void TheTypeIsTheDocumentedOne()
    {
        Assert.Equal("Withdrawal(bytes32 chain,address from,address to,string amount,string fee,uint64 nonce,uint64 expiryHeight)", WalletWithdrawal.Type.Text);
        Assert.NotEqual(Eip712.DomainSeparator, WalletWithdrawal.Domain.Separator);
    }

    private static TransactionBody Body() => new()
    {
        Genesis = ByteString.CopyFrom(Genesis.Value.ToArray()),
        Sender = ByteString.CopyFrom(Key.Address.ToArray()),
        Nonce = 3,
        Fee = Units(1_000_000_000_000_000),
        ExpiryHeight = 77,
        BridgeWithdraw = new BridgeWithdraw { To = ByteString.CopyFrom(Other.Address.ToArray()), Amount = Units(12_500_000_000_000_000_000) },
    };

    private static ByteString Units(UInt128 units) => ByteString.CopyFrom(new Amount(units).ToArray());

    private static byte[] Signed(TransactionBody body, PrivateKey key) => Transaction.WalletEnvelope(body, key.Sign(WalletWithdrawal.DigestOf(body)).WithoutRecoveryId);

    private static byte[] Envelope(TransactionBody body, byte[] signature) =>
        new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(signature) }.ToByteArray();

    private static TransactionFault FaultOf(byte[] envelope)
    {
        _ = Transaction.TryDecode(envelope, Genesis, out _, out var fault);
        return fault;
    }
}
