using Google.Protobuf;
using NeuroChain.Types.V1;
using static NeuroChain.Chain.Tests.ChainFormats;
using Kind = NeuroChain.Types.V1.TransactionBody.MessageOneofCase;

namespace NeuroChain.Chain.Tests;

/// <summary>Every reason why bytes are no transaction, by its name.</summary>
public sealed class TransactionTests
{
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256([1]));

    public static TheoryData<Kind> Kinds => [.. MessageKinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKindOfMessageIsRead(Kind kind)
    {
        var body = AnyBody(new SeededStream(1), kind);
        var signed = Transaction.Sign(body, Key);
        Assert.True(Transaction.TryDecode(signed.Bytes.Span, Genesis, out var transaction, out var fault));
        Assert.Equal(TransactionFault.None, fault);
        Assert.Equal((kind, Key.Address, body.Nonce), (transaction.Body.MessageCase, transaction.Sender, transaction.Nonce));
        Assert.Equal(body, transaction.Body);
        Assert.Equal(Transaction.HashOf(body.ToByteArray()), transaction.Hash);
        Assert.Equal(signed.Hash, transaction.Hash);
        Assert.Equal(kind >= Kind.SeedChainRegistration, transaction.IsProtocolMessage);
        Assert.Equal(transaction.IsProtocolMessage, transaction.Fee.IsZero);
        Assert.Equal(transaction.IsProtocolMessage ? ByteString.Empty : BytesOf(transaction.Fee), body.Fee);
    }

    [Fact]
    public void ATooLongOneIsNotLookedAt() => Assert.Equal(TransactionFault.TooLarge, FaultOf(new byte[Limits.TransactionBytesMax + 1]));

    [Fact]
    public void AnotherChainsTransactionIsRefused()
    {
        var bytes = Transaction.Sign(AnyBody(new SeededStream(1), Kind.Transfer), Key).Bytes.ToArray();
        Assert.False(Transaction.TryDecode(bytes, new GenesisHash(Hash256.Zero), out _, out var fault));
        Assert.Equal(TransactionFault.WrongChain, fault);
        Refuses(TransactionFault.WrongChain, Kind.Transfer, body => body.Genesis = ByteString.CopyFrom(new byte[31]));
        Refuses(TransactionFault.WrongChain, Kind.Transfer, body => body.Genesis = ByteString.Empty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ASenderHasTwentyBytes(Kind kind)
    {
        Refuses(TransactionFault.MalformedSender, kind, body => body.Sender = ByteString.CopyFrom(new byte[19]));
        Refuses(TransactionFault.MalformedSender, kind, body => body.Sender = ByteString.CopyFrom(new byte[21]));
        Refuses(TransactionFault.MalformedSender, kind, body => body.Sender = ByteString.Empty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AFeeHasSixteenBytesAndAProtocolMessageNone(Kind kind)
    {
        if (kind >= Kind.SeedChainRegistration)
        {
            Refuses(TransactionFault.FeeOnProtocolMessage, kind, body => body.Fee = BytesOf(new Amount(1)));
            Refuses(TransactionFault.FeeOnProtocolMessage, kind, body => body.Fee = BytesOf(Amount.Zero));
            Refuses(TransactionFault.NonceOnProtocolMessage, kind, body => body.Nonce = 1);
        }
        else
        {
            Refuses(TransactionFault.MalformedFee, kind, body => body.Fee = ByteString.Empty);
            Refuses(TransactionFault.MalformedFee, kind, body => body.Fee = ByteString.CopyFrom(new byte[15]));
            Refuses(TransactionFault.MalformedFee, kind, body => body.Fee = ByteString.CopyFrom(new byte[17]));
        }
    }

    [Fact]
    public void ABodyHasAMessage() => Refuses(TransactionFault.NoMessage, Kind.Transfer, body => body.ClearMessage());

    [Fact]
    public void AMemoIsBoundedInBytes()
    {
        Reads(Kind.Transfer, body => body.Transfer.Memo = new string('x', Limits.MemoBytesMax));
        Reads(Kind.Transfer, body => body.Transfer.Memo = new string('ü', Limits.MemoBytesMax / 2));
        Refuses(TransactionFault.MemoTooLong, Kind.Transfer, body => body.Transfer.Memo = new string('x', Limits.MemoBytesMax + 1));
        Refuses(TransactionFault.MemoTooLong, Kind.Transfer, body => body.Transfer.Memo = new string('ü', (Limits.MemoBytesMax / 2) + 1));
    }

    [Fact]
    public void EveryFixedLengthOfEveryMessageIsChecked()
    {
        var checkedFields = 0;
        foreach (var kind in MessageKinds)
        {
            var oneof = TransactionBody.Descriptor.Oneofs.Single();
            var message = oneof.Accessor.GetCaseFieldDescriptor(AnyBody(new SeededStream(1), kind)).MessageType;
            foreach (var field in message.Fields.InFieldNumberOrder())
            {
                if (field.FieldType != Google.Protobuf.Reflection.FieldType.Bytes || field.IsRepeated || field.Name is "manifest" or "statement" or "evidence" or "hardware_attestation" or "header") continue;
                foreach (var length in new[] { -1, 1 })
                    Refuses(TransactionFault.MalformedMessage, kind, body =>
                    {
                        var inner = (IMessage)oneof.Accessor.GetCaseFieldDescriptor(body).Accessor.GetValue(body);
                        var value = (ByteString)field.Accessor.GetValue(inner);
                        field.Accessor.SetValue(inner, ByteString.CopyFrom(length < 0 ? value.Span[1..] : [.. value.Span, 0]));
                    });
                checkedFields++;
            }
        }

        Assert.Equal(49, checkedFields);
    }

    [Fact]
    public void CountsAndNumbersOfMessagesAreBounded()
    {
        Reads(Kind.CandidateReveal, body => body.CandidateReveal.Manifest = ByteString.CopyFrom(new byte[Limits.ManifestBytesMax]));
        Refuses(TransactionFault.MalformedMessage, Kind.CandidateReveal, body => body.CandidateReveal.Manifest = ByteString.CopyFrom(new byte[Limits.ManifestBytesMax + 1]));
        Reads(Kind.CandidateReveal, body => body.CandidateReveal.HardwareAttestation = ByteString.CopyFrom(new byte[Limits.HardwareAttestationBytesMax]));
        Refuses(
            TransactionFault.MalformedMessage,
            Kind.CandidateReveal,
            body => body.CandidateReveal.HardwareAttestation = ByteString.CopyFrom(new byte[Limits.HardwareAttestationBytesMax + 1]));
        Reads(Kind.BridgeRelay, body => body.BridgeRelay.Header = ByteString.CopyFrom(new byte[EthereumHeader.BytesMax]));
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeRelay, body => body.BridgeRelay.Header = ByteString.CopyFrom(new byte[EthereumHeader.BytesMax + 1]));
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Header = ByteString.Empty);
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Number = 0);
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.ClearProof());
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Reserves = new VaultReserves());
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Reserves = new VaultReserves { Nodes = { ByteString.Empty } });
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Receipts = new VaultReceipts { Nodes = { ByteString.CopyFrom(1) } });
        Refuses(TransactionFault.MalformedMessage, Kind.BridgeEvidence, body => body.BridgeEvidence.Events = new VaultLogs { Nodes = { ByteString.CopyFrom(1) } });
        Reads(Kind.ClaimSnapshot, body => Lengthen(body, Limits.ClaimPathMax));
        Refuses(TransactionFault.MalformedMessage, Kind.ClaimSnapshot, body => Lengthen(body, Limits.ClaimPathMax + 1));
        Refuses(TransactionFault.MalformedMessage, Kind.ClaimSnapshot, body => body.ClaimSnapshot.Path.Add(ByteString.CopyFrom(new byte[31])));
        Refuses(TransactionFault.MalformedMessage, Kind.ClaimSnapshot, body => body.ClaimSnapshot.Form = 0);
        Refuses(TransactionFault.MalformedMessage, Kind.ClaimSnapshot, body => body.ClaimSnapshot.Form = 257);
        Refuses(TransactionFault.WrongClaimSigner, Kind.ClaimSnapshot, body => body.ClaimSnapshot.ValidUntil = SnapshotClaim.ValidUntilMax);
        Refuses(TransactionFault.MalformedMessage, Kind.ClaimSnapshot, body => body.ClaimSnapshot.ValidUntil = SnapshotClaim.ValidUntilMax + 1);
        Refuses(TransactionFault.MalformedMessage, Kind.BridgePause, body => body.BridgePause.What = 0);
        Refuses(TransactionFault.MalformedMessage, Kind.BridgePause, body => body.BridgePause.What = 4);
        Refuses(TransactionFault.MalformedMessage, Kind.SeedChainRegistration, body => body.SeedChainRegistration.Length = 0);
        Reads(Kind.AvailabilityVote, body => body.AvailabilityVote.Candidates = (1u << Limits.CandidatesMax) - 1);
        Refuses(TransactionFault.MalformedMessage, Kind.AvailabilityVote, body => body.AvailabilityVote.Candidates = 1u << Limits.CandidatesMax);
        Reads(Kind.PrivateRecheck, body => body.PrivateRecheck.Wrong = (1u << Limits.RecheckedMax) - 1);
        Refuses(TransactionFault.MalformedMessage, Kind.PrivateRecheck, body => body.PrivateRecheck.Wrong = 1u << Limits.RecheckedMax);
        var most = Limits.PrivateSamplesMax * (Limits.CandidatesMax + 1);
        Reads(Kind.AttestationReveal, body => FillLosses(body, most));
        Refuses(TransactionFault.MalformedMessage, Kind.AttestationReveal, body => FillLosses(body, most + 1));
        Refuses(TransactionFault.MalformedMessage, Kind.DatasetDeltaProposal, body => body.DatasetDeltaProposal.Chunks[0] = ByteString.CopyFrom(new byte[31]));
        Refuses(
            TransactionFault.MalformedMessage,
            Kind.DatasetDeltaProposal,
            body => body.DatasetDeltaProposal.Chunks.AddRange(Enumerable.Repeat(BytesOf(Hash256.Zero), BlobLimits.ChunksMax)));

        static void Lengthen(TransactionBody body, int count)
        {
            body.ClaimSnapshot.Path.Clear();
            body.ClaimSnapshot.Path.AddRange(Enumerable.Repeat(BytesOf(Hash256.Zero), count));
        }

        static void FillLosses(TransactionBody body, int count)
        {
            body.AttestationReveal.PrivateLosses.Clear();
            body.AttestationReveal.PrivateLosses.AddRange(Enumerable.Repeat(5u, count));
        }
    }

    [Fact]
    public void ASignatureIsWellFormedAndTheSenders()
    {
        var body = AnyBody(new SeededStream(1), Kind.Transfer);
        var good = Transaction.Sign(body, Key);
        var bytes = body.ToByteString();
        var signature = TransactionEnvelope.Parser.ParseFrom(good.Bytes.Span).Signature.ToByteArray();
        Assert.Equal(TransactionFault.None, FaultOf(Envelope(bytes, signature)));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, [])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, signature[..63])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, [.. signature, 0]))); // no recovery id: anybody could alter it
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, HighS(signature))));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, [.. new byte[32], .. signature[32..]])));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(Envelope(bytes, [.. signature[..32], .. new byte[32]])));
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Envelope(bytes, PrivateKey.FromSeed(Hash256.Sha256([2])).Sign(good.Hash.Value).Bytes[..64])));
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Envelope(bytes, Key.Sign(Hash256.Sha256(bytes.Span)).Bytes[..64]))); // without the domain
    }

    [Fact]
    public void BytesThatAreNotTheOneEncodingAreRefused()
    {
        var body = AnyBody(new SeededStream(1), Kind.Transfer);
        body.Sender = BytesOf(Key.Address);
        body.Nonce = 5;
        body.Fee = BytesOf(new Amount(1));
        body.ExpiryHeight = 0;
        body.Transfer.Memo = "memo";
        var bytes = body.ToByteArray();
        Assert.Equal(TransactionFault.None, FaultOfSigned(bytes));

        var genesis = bytes[..34]; // tag, length, 32 bytes
        var rest = bytes[34..];
        byte[][] others =
        [
            [.. bytes, 0x98, 0x06, 0x01], // an unknown field
            [.. rest, .. genesis], // another order
            [.. genesis, .. genesis, .. rest], // a field twice
            [.. bytes[..(34 + 22)], .. bytes[(34 + 22 + 2)..(34 + 22 + 2 + 18)], 0x18, 0x05, .. bytes[(34 + 22 + 2 + 18)..]], // nonce behind fee
            Replace(bytes, [0x18, 0x05], [0x18, 0x85, 0x00]), // an overlong varint
            Replace(bytes, [0x18, 0x05], [0x98, 0x00, 0x05]), // an overlong tag
            Replace(bytes, [0x18, 0x05], [0x18, 0x04, 0x18, 0x05]), // the last one wins
            [.. Replace(bytes, [0x18, 0x05], [0x18, 0x05, 0x28, 0x00])], // an unordered, explicit default
            InsertBefore(bytes, 0x52, [0x28, 0x00]), // an explicit default in its place
            [.. bytes, .. InnerOf(bytes)], // the message twice, merged
            [.. bytes[..^1], 0xff], // a memo that is no UTF-8
            [.. bytes, 0x9b, 0x06, 0x9c, 0x06], // an unknown group
            [.. bytes, 0x00],
        ];
        for (var i = 0; i < others.Length; i++)
        {
            Assert.NotEqual(bytes, others[i]);
            Assert.Equal((i, TransactionFault.NotCanonical), (i, FaultOfSigned(others[i])));
        }

        // The envelope is read as strictly.
        var good = Transaction.Sign(body, Key).Bytes.ToArray();
        Assert.Equal(TransactionFault.NotCanonical, FaultOf([.. good, 0x18, 0x01]));
        Assert.Equal(TransactionFault.NotCanonical, FaultOf([.. good[^67..], .. good[..^67]]));
        Assert.Equal(TransactionFault.NotCanonical, FaultOf([.. good, .. good]));
        Assert.Equal(TransactionFault.NotCanonical, FaultOf([0xff]));
        Assert.Equal(TransactionFault.WrongChain, FaultOf([])); // an empty envelope is canonical, and of no chain
    }

    [Fact]
    public void PackedListsHaveOneEncoding()
    {
        var body = AnyBody(new SeededStream(1), Kind.AttestationReveal);
        body.Sender = BytesOf(Key.Address);
        body.AttestationReveal.PrivateLosses.Clear();
        body.AttestationReveal.PrivateLosses.AddRange([1, 2]);
        var inner = body.AttestationReveal.ToByteArray();
        Assert.Equal(TransactionFault.None, FaultOfSigned(With(inner)));
        Assert.Equal(TransactionFault.NotCanonical, FaultOfSigned(With(Replace(inner, [0x2a, 0x02, 0x01, 0x02], [0x28, 0x01, 0x28, 0x02])))); // not packed
        Assert.Equal(TransactionFault.NotCanonical, FaultOfSigned(With(Replace(inner, [0x2a, 0x02, 0x01, 0x02], [0x2a, 0x01, 0x01, 0x2a, 0x01, 0x02])))); // in two parts
        Assert.Equal(TransactionFault.NotCanonical, FaultOfSigned(With(Replace(inner, [0x2a, 0x02, 0x01, 0x02], [0x2a, 0x03, 0x01, 0x82, 0x00])))); // overlong

        byte[] With(byte[] message)
        {
            var without = body.Clone();
            without.ClearMessage();
            return [.. without.ToByteArray(), 0x92, 0x02, .. Varint(message.Length), .. message];
        }
    }

    // Most mutants of signed bytes fall to their signature: here the sender signs whatever the body became.
    [Fact]
    public void WhateverABodyBecomesOnlyItsOneEncodingIsRead()
    {
        var stream = new SeededStream(7);
        int read = 0, refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var body = AnyBody(new SeededStream((ulong)(i % 40)), MessageKinds[i % MessageKinds.Length]);
            body.Sender = BytesOf(Key.Address);
            var bytes = body.ToByteArray();
            for (var changes = 1 + stream.NextBelow(2); changes > 0; changes--) bytes[stream.NextBelow((ulong)bytes.Length)] ^= (byte)(1 << (int)stream.NextBelow(8));
            var envelope = SignedEnvelope(bytes);
            if (!Transaction.TryDecode(envelope, Genesis, out var transaction, out var fault))
            {
                Assert.NotEqual(TransactionFault.None, fault);
                refused++;
                continue;
            }

            Assert.Equal(bytes, transaction.Body.ToByteArray());
            Assert.Equal(envelope, transaction.Bytes.ToArray());
            read++;
        }

        Assert.True(read > 300 && refused > 300, $"{read} read, {refused} refused");
    }

    [Fact]
    public void EveryFaultIsTestedHere() => Assert.Equal(
        ["None", "TooLarge", "NotCanonical", "WrongChain", "MalformedSender", "MalformedFee", "NoMessage", "MalformedMessage", "MemoTooLong",
            "FeeOnProtocolMessage", "NonceOnProtocolMessage", "MalformedSignature", "WrongSignature", "MalformedClaimSignature", "WrongClaimSigner"],
        Enum.GetNames<TransactionFault>());

    private static void Reads(Kind kind, Action<TransactionBody> change) => Assert.Equal(TransactionFault.None, FaultOfChanged(kind, change));

    private static void Refuses(TransactionFault fault, Kind kind, Action<TransactionBody> change) => Assert.Equal(fault, FaultOfChanged(kind, change));

    private static TransactionFault FaultOfChanged(Kind kind, Action<TransactionBody> change)
    {
        var body = AnyBody(new SeededStream(1), kind);
        body.Sender = BytesOf(Key.Address);
        change(body);
        return FaultOfSigned(body.ToByteArray());
    }

    private static TransactionFault FaultOfSigned(byte[] body) => FaultOf(SignedEnvelope(body));

    private static TransactionFault FaultOf(byte[] bytes)
    {
        Assert.Equal(Transaction.TryDecode(bytes, Genesis, out var transaction, out var fault), transaction is not null);
        Assert.Equal(fault == TransactionFault.None, transaction is not null);
        return fault;
    }

    private static byte[] SignedEnvelope(byte[] body) => Envelope(ByteString.CopyFrom(body), Key.Sign(Transaction.HashOf(body).Value).Bytes[..64]);

    private static byte[] Envelope(ByteString body, ReadOnlySpan<byte> signature) =>
        new TransactionEnvelope { Body = body, Signature = ByteString.CopyFrom(signature) }.ToByteArray();

    private static byte[] Replace(byte[] bytes, byte[] what, byte[] with)
    {
        var at = bytes.AsSpan().IndexOf(what);
        Assert.True(at >= 0);
        return [.. bytes[..at], .. with, .. bytes[(at + what.Length)..]];
    }

    // Field 10, the transfer, has the tag 0x52; hashes before it may hold that byte, so it is looked for behind them.
    private static byte[] InsertBefore(byte[] bytes, byte tag, byte[] what)
    {
        var at = bytes.Length - InnerOf(bytes).Length;
        Assert.Equal(tag, bytes[at]);
        return [.. bytes[..at], .. what, .. bytes[at..]];
    }

    private static byte[] InnerOf(byte[] bytes)
    {
        var transfer = TransactionBody.Parser.ParseFrom(bytes).Transfer.ToByteArray();
        return bytes[^(transfer.Length + 2)..];
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(0x80 | (value & 0x7f)), (byte)(value >> 7)];

    private static byte[] HighS(byte[] signature)
    {
        var order = System.Numerics.BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);
        var high = (order - new System.Numerics.BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] changed = [.. signature[..32], .. new byte[32 - high.Length], .. high];
        return changed;
    }
}
