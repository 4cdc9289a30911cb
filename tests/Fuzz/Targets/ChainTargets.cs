using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Chain: what is signed, hashed, stored and sent. The formats of the tests of Chain are taken as they are.</summary>
internal static class ChainTargets
{
    private const int SlotCapacity = 300;

    private static readonly ImmutableArray<PrivateKey> Keys = [.. Enumerable.Range(1, 3).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i])))];

    private static readonly MessageParser<TransactionBody> BodyParser = TransactionBody.Parser.WithDiscardUnknownFields(true);

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        Of("vote", "SignedVote.TryDecode", "SignedVote.ReadFrom"),
        Of("proposal", "SignedProposal.TryDecode"),
        Of("commit certificate", "CommitCertificate.TryDecode"),
        Of("polka certificate", "PolkaCertificate.TryDecode"),
        Of("round certificate", "RoundCertificate.TryDecode"),
        Of("header", "Header.TryDecode"),
        Of("block", "Block.TryDecode", "Block.TryDecodeKept"),
        Of("compact block", "CompactBlock.TryDecode", "BlockFrame.TryRead"),
        Of("validator set", "ValidatorSet.TryDecode"),
        Of("receipt", "Receipt.TryDecode"),
        Of("schedule record", "ScheduleRecord.TryDecode"),
        Of("evidence", "FaultProof.TryDecode", "DuplicateVoteProof.Read", "DuplicateProposalProof.Read", "AmnesiaProof.Read", "WrongLeaderProof.Read"),
        Of("transaction", "Transaction.TryDecode") with { TestInputs = 3_000 },
        new("unverified-transaction", ["UnverifiedTransaction.TryParse", "UnverifiedTransaction.TryReadAny", "TransferReader.TryRead", "TransactionSignature.TryDecode"], AnyTransaction, ReencodeUnverified),
        // Without the envelope, whose length refuses most of what is done to the body.
        new("transaction-body", ["CanonicalProto.TryParse"], s => TransactionEnvelope.Parser.ParseFrom(AnyTransaction(s)).Body.ToByteArray(),
            bytes => CanonicalProto.TryParse(BodyParser, bytes, out var body) ? body.ToByteArray() : null),
        new("training-statement", ["TrainingStatement.TryDecode", "CandidateResult.ReadFrom"], s => AnyProof(s).Certificate.Statement.Encode(), ReencodeStatement),
        new("training-certificate", ["TrainingCertificate.TryReadFrom"], s => Encode(AnyProof(s).Certificate), ReencodeCertificate),
        new("training-proof", ["TrainingProof.TryDecode"], s => AnyProof(s).Bytes.ToArray(), ReencodeProof),
        new("light-block", ["LightBlock.TryDecode"], s => new LightBlock(ChainFormats.AnyHeader(s), ChainFormats.AnyCommit(s), ChainFormats.AnySet(s)).Encode(),
            bytes => LightBlock.TryDecode(bytes, out var block) ? block.Encode() : null),
        new("blob-manifest", ["BlobManifest.TryDecode"], s => BlobManifest.Of(Bytes(s, 3 * BlobLimits.ChunkBytes)).Encode(),
            bytes => BlobManifest.TryDecode(bytes, out var manifest, out _) ? manifest.Encode() : null),
        new("sealed-set", ["SealedSet.TryDecode"], AnySealedSet, bytes => SealedSet.TryDecode(bytes, out var set) ? set.Bytes : null),
        new("ecdsa-signature", ["EcdsaSignature.TryFromBytes"], s => ChainFormats.AnySignature(s).WithoutRecoveryId.Bytes.ToArray(),
            bytes => EcdsaSignature.TryFromBytes(bytes, out var signature) ? signature.Bytes.ToArray() : null),
        new("signature", ["Signature.TryFromBytes"], s => ChainFormats.AnySignature(s).Bytes.ToArray(),
            bytes => Signature.TryFromBytes(bytes, out var signature) ? signature.Bytes.ToArray() : null),
        new("private-key", ["PrivateKey.TryFromBytes"], s => PrivateKey.FromSeed(s.NextHash()).ExportSecret(),
            bytes => PrivateKey.TryFromBytes(bytes, out var key) ? key.ExportSecret() : null) { TestInputs = 2_000 },
        new("fixed-size", ["Hash256.TryFromBytes", "Address.TryFromBytes", "Amount.TryFromBytes"], s => s.NextHash().ToArray()[..(int)(16 + (4 * s.NextBelow(2)))], ReencodeFixed),
        new("two-slot-file", ["Slot.TryDecode"], s => Slot(Bytes(s, SlotCapacity)), ReadSlot) { Spelling = Spelling.None, TestInputs = 4_000 },
    ];

    private static byte[] AnySealedSet(SeededStream s)
    {
        var samples = Enumerable.Range(0, SealedLimits.SamplesMin + (int)s.NextBelow(4)).Select(_ => new[] { (byte)s.NextBelow(3) }.Concat(s.NextHash().ToArray()).ToArray()).ToList();
        var custodians = Keys.Take(1 + (int)s.NextBelow((ulong)Keys.Length)).Select(key => (key.Address, key.PublicKey.Bytes.ToArray())).ToList();
        return SealedSet.Seal(s.NextHash(), samples, 3, custodians, 1 + (int)s.NextBelow((ulong)custodians.Count), s.NextHash())!.Bytes;
    }

    private static FuzzTarget Of(string format, params ImmutableArray<string> decoders) =>
        new(format.Replace(' ', '-'), decoders, ChainFormats.Named(format).Make, ChainFormats.Named(format).Reencode);

    public static byte[] Bytes(SeededStream s, int most)
    {
        var bytes = new byte[s.NextBelow((ulong)most + 1)];
        s.Fill(bytes);
        return bytes;
    }

    public static TrainingProof AnyProof(SeededStream s)
    {
        while (true)
            if (ChainFormats.AnyBlock(s).TrainingProof is { } proof)
                return proof;
    }

    /// <summary>Of one key, by its wallet where it can be, or of an account that two of three keys sign for.</summary>
    public static byte[] AnyTransaction(SeededStream s)
    {
        var kind = ChainFormats.MessageKinds[(int)s.NextBelow((ulong)ChainFormats.MessageKinds.Length)];
        var body = ChainFormats.AnyBody(s, kind);
        if (kind >= TransactionBody.MessageOneofCase.SeedChainRegistration || s.NextChance(1, 2)) return Transaction.Sign(body, Keys[0]).Bytes.ToArray();
        if (kind == TransactionBody.MessageOneofCase.BridgeWithdraw) return ByWallet(body);
        Assert.True(MultiSignaturePolicy.TryCreate(2, Keys.Select(key => key.Address), out var policy));
        return Transaction.Sign(body, policy, Keys.Take(2)).Bytes.ToArray();
    }

    private static byte[] ByWallet(TransactionBody body)
    {
        body.Sender = ByteString.CopyFrom(Keys[0].Address.ToArray());
        return Transaction.WalletEnvelope(body, Keys[0].Sign(WalletWithdrawal.DigestOf(body)).WithoutRecoveryId);
    }

    // The check of the signature is left out, which refuses nearly every mutation: so the rest is reached.
    private static byte[]? ReencodeUnverified(byte[] bytes)
    {
        if (!UnverifiedTransaction.TryParse(bytes, ChainFormats.Genesis, out var transaction, out var fault))
        {
            Assert.NotEqual(TransactionFault.None, fault);
            return null;
        }

        Assert.True(UnverifiedTransaction.TryHash(bytes, out var hash));
        Assert.Equal(transaction.Hash, hash);
        return new TransactionEnvelope { Body = UnverifiedTransaction.BodyOf(bytes).ToByteString(), Signature = TransactionEnvelope.Parser.ParseFrom(bytes).Signature }.ToByteArray();
    }

    // Who won is asked of whatever was decoded: its sums must fit.
    private static byte[]? ReencodeStatement(byte[] bytes)
    {
        if (!TrainingStatement.TryDecode(bytes, out var statement)) return null;
        _ = statement.Winner;
        return statement.Encode();
    }

    private static byte[] Encode(TrainingCertificate certificate)
    {
        var writer = new ByteWriter();
        certificate.WriteTo(writer);
        return writer.ToArray();
    }

    private static byte[]? ReencodeCertificate(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        return TrainingCertificate.TryReadFrom(ref reader, out var certificate) && reader.IsWhole ? Encode(certificate) : null;
    }

    // What is computed of a proof later must be computable: nobody looks again whether it is.
    private static byte[]? ReencodeProof(byte[] bytes)
    {
        if (!TrainingProof.TryDecode(bytes, out var proof)) return null;
        _ = (proof.Candidate, proof.DeviceRecordHash, proof.Certificate.Statement.Winner);
        return proof.Bytes.ToArray();
    }

    private static byte[]? ReencodeFixed(byte[] bytes)
    {
        if (Hash256.TryFromBytes(bytes, out var hash)) return hash.ToArray();
        if (Address.TryFromBytes(bytes, out var address)) return address.ToArray();
        return Amount.TryFromBytes(bytes, out var amount) ? amount.ToArray() : null;
    }

    private static byte[] Slot(byte[] payload)
    {
        var covered = new ByteWriter().UInt64(1).LengthAndBytes(payload).ToArray();
        return new ByteWriter().Bytes(covered).UInt32(Crc32C.Compute(covered)).ToArray();
    }

    private static byte[]? ReadSlot(byte[] bytes)
    {
        var folder = new MemoryFolder();
        using (var file = folder.OpenSlots("slots")) file.WriteDurably(0, bytes);
        using var slots = new TwoSlotFile(folder, "slots", SlotCapacity);
        return slots.TryRead(out var payload, out _) ? payload : null;
    }
}
