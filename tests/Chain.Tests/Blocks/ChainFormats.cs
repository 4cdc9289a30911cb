using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>
/// A format that is signed, hashed or stored: cases from a seeded stream, and the way back: the bytes that the decoded value encodes to,
/// or null where the decoder refuses.
/// </summary>
public sealed record ChainFormat(string Name, Func<SeededStream, byte[]> Make, Func<byte[], byte[]?> Reencode)
{
    public const int Cases = 50;

    public byte[] Case(int number) => Make(new SeededStream(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes($"{Name} {number}"))));

    public override string ToString() => Name;
}

/// <summary>All of them. The values mean nothing: signatures are well-formed and nobody's, except those of transactions.</summary>
public static class ChainFormats
{
    public static readonly GenesisHash Genesis = new(Hash256.Sha256("a chain for tests"u8));

    public static readonly ImmutableArray<ChainFormat> All =
    [
        new("vote", s => AnyVote(s).Encode(), bytes => SignedVote.TryDecode(bytes, out var v) ? v.Encode() : null),
        new("proposal", s => AnyProposal(s).Encode(), bytes => SignedProposal.TryDecode(bytes, out var p) ? p.Encode() : null),
        new("commit certificate", s => AnyCommit(s).Encode(), bytes => CommitCertificate.TryDecode(bytes, out var c) ? c.Encode() : null),
        new("polka certificate", s => AnyPolka(s).Encode(), bytes => PolkaCertificate.TryDecode(bytes, out var c) ? c.Encode() : null),
        new("round certificate", s => AnyRoundCertificate(s).Encode(), bytes => RoundCertificate.TryDecode(bytes, out var c) ? c.Encode() : null),
        new("header", s => AnyHeader(s).Encode(), bytes => Header.TryDecode(bytes, out var h) ? h.Encode() : null),
        new("block", s => AnyBlock(s).Bytes.ToArray(), ReencodeBlock),
        new("compact block", s => CompactBlock.Of(AnyBlock(s)).Encode(), bytes => CompactBlock.TryDecode(bytes, out var b, out _) ? b.Encode() : null),
        new("validator set", s => AnySet(s).Encode(), bytes => ValidatorSet.TryDecode(bytes, out var v) ? v.Encode() : null),
        new("receipt", s => AnyReceipt(s).Encode(), bytes => Receipt.TryDecode(bytes, out var r) ? r.Encode() : null),
        new("transaction", s => AnyTransaction(s).Bytes.ToArray(), ReencodeTransaction),
        new("schedule record", s => AnySchedule(s).Encode(), bytes => ScheduleRecord.TryDecode(bytes, out var r) ? r.Encode() : null),
        new("evidence", s => AnyEvidence(s).Encode(), bytes => FaultProof.TryDecode(bytes, out var p, out _) ? p.Encode() : null),
    ];

    public static ChainFormat Named(string name) => All.Single(format => format.Name == name);

    public static Signature AnySignature(SeededStream stream)
    {
        var bytes = new byte[Signature.Size];
        stream.Fill(bytes);
        bytes[32] %= 0x7f; // below half of the order
        bytes[64] &= 1;
        Assert.True(Signature.TryFromBytes(bytes, out var signature));
        return signature;
    }

    public static Header AnyHeader(SeededStream s) => new()
    {
        Version = (ushort)s.NextBelow(3),
        Genesis = new GenesisHash(s.NextHash()),
        Height = new Height(s.NextUInt64()),
        BuiltRound = AnyRound(s),
        Author = AnyAddress(s),
        Time = new Timestamp(s.NextUInt64()),
        Parent = new BlockHash(s.NextHash()),
        LastCommitRoot = s.NextHash(),
        TransactionsRoot = s.NextHash(),
        TrainingProofRoot = s.NextHash(),
        TrainingSummary = new TrainingSummary(
            s.NextUInt64(), s.NextUInt64(), s.NextUInt64(), (uint)s.NextBelow(1UL << 32), (uint)s.NextBelow(1UL << 32), (uint)s.NextBelow(1UL << 32), (uint)s.NextBelow(1UL << 32)),
        ValidatorsRoot = s.NextHash(),
        NextValidatorsRoot = s.NextHash(),
        StateRoot = new StateRoot(s.NextHash()),
        ReceiptsRoot = s.NextHash(),
        EventsRoot = s.NextHash(),
        BridgeRoot = s.NextHash(),
    };

    public static Block AnyBlock(SeededStream s)
    {
        var transactions = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        for (var left = s.NextBelow(4); left > 0; left--) transactions.Add(AnyBytes(s, 120));
        var late = ImmutableArray.CreateBuilder<LatePrecommit>();
        for (var left = s.NextBelow(4); left > 0; left--) late.Add(new LatePrecommit(new Height(s.NextUInt64()), (ushort)s.NextBelow(100), AnySignature(s)));
        return Block.Build(
            AnyHeader(s), s.NextChance(4, 5) ? AnyCommit(s) : null, late.ToImmutable(), s.NextChance(1, 3) ? AnyTrainingProof(s) : null, transactions.ToImmutable());
    }

    public static CommitCertificate AnyCommit(SeededStream s) =>
        new(new Height(s.NextUInt64()), AnyRound(s), new BlockRef(new BlockHash(s.NextHash()), s.NextHash(), s.NextHash()), AnySignatures(s));

    public static ValidatorSet AnySet(SeededStream s)
    {
        var validators = Enumerable.Range(0, 1 + (int)s.NextBelow(12)).Select(_ => new Validator(AnyAddress(s), 1 + s.NextBelow(Limits.VotingPowerMax)));
        Assert.True(ValidatorSet.TryCreate(validators, out var set));
        return set;
    }

    /// <summary>A well-formed body of each kind of message in turn.</summary>
    public static TransactionBody AnyBody(SeededStream s, TransactionBody.MessageOneofCase kind)
    {
        var body = new TransactionBody { Genesis = BytesOf(Genesis.Value), ExpiryHeight = s.NextBelow(3) };
        switch (kind)
        {
            case TransactionBody.MessageOneofCase.Transfer:
                body.Transfer = new Transfer { To = BytesOf(AnyAddress(s)), Amount = BytesOf(AnyAmount(s)), Memo = s.NextChance(1, 2) ? "" : "für die Daten" };
                break;
            case TransactionBody.MessageOneofCase.BatchTransfer:
                body.BatchTransfer = new BatchTransfer { Memo = s.NextChance(1, 2) ? "" : "wages" };
                for (var left = 1 + s.NextBelow(4); left > 0; left--)
                    body.BatchTransfer.Payments.Add(new Payment { To = BytesOf(AnyAddress(s)), Amount = BytesOf(AnyAmount(s)) });
                break;
            case TransactionBody.MessageOneofCase.Burn:
                body.Burn = new Burn { Amount = BytesOf(AnyAmount(s)) };
                break;
            case TransactionBody.MessageOneofCase.Bond:
                body.Bond = new Bond { Amount = BytesOf(AnyAmount(s)) };
                break;
            case TransactionBody.MessageOneofCase.Unbond:
                body.Unbond = new Unbond { Amount = BytesOf(AnyAmount(s)) };
                break;
            case TransactionBody.MessageOneofCase.GovernanceProposal:
                body.GovernanceProposal = new GovernanceProposal { Sequence = s.NextBelow(3), Action = AnyAction(s), Reason = s.NextChance(1, 2) ? "" : "because" };
                break;
            case TransactionBody.MessageOneofCase.GovernanceVote:
                body.GovernanceVote = new GovernanceVote { Proposal = s.NextBelow(300), Approve = s.NextChance(1, 2) };
                break;
            case TransactionBody.MessageOneofCase.KeyRotation:
                body.KeyRotation = new KeyRotation { Sequence = s.NextBelow(3), NewAddress = BytesOf(AnyAddress(s)), Signature = ByteString.CopyFrom(AnySignature(s).Bytes) };
                break;
            case TransactionBody.MessageOneofCase.FaultEvidence:
                body.FaultEvidence = new FaultEvidence { Evidence = ByteString.CopyFrom(AnyEvidence(s).Encode()) };
                break;
            case TransactionBody.MessageOneofCase.CandidateCommit:
                body.CandidateCommit = new CandidateCommit
                {
                    Task = BytesOf(s.NextHash()),
                    TrainingRound = s.NextBelow(3),
                    Commitment = BytesOf(s.NextHash()),
                    Producer = BytesOf(AnyAddress(s)),
                    ClaimedGain = s.NextBelow(1000),
                    Bond = BytesOf(AnyAmount(s)),
                    ProducerSignature = ByteString.CopyFrom(AnySignature(s).Bytes),
                };
                break;
            case TransactionBody.MessageOneofCase.CandidateReveal:
                body.CandidateReveal = new CandidateReveal
                {
                    Task = BytesOf(s.NextHash()),
                    TrainingRound = s.NextBelow(3),
                    Manifest = ByteString.CopyFrom(AnyBytes(s, 200)),
                    Salt = BytesOf(s.NextHash()),
                    HardwareAttestation = ByteString.CopyFrom(AnyBytes(s, 100)),
                };
                break;
            case TransactionBody.MessageOneofCase.DatasetDeltaProposal:
                body.DatasetDeltaProposal = new DatasetDeltaProposal
                {
                    Task = BytesOf(s.NextHash()),
                    BaseVersion = s.NextBelow(3),
                    Blob = BytesOf(s.NextHash()),
                    Bytes = 1,
                    Chunks = { BytesOf(s.NextHash()) },
                    ResultRoot = BytesOf(s.NextHash()),
                    Adds = (uint)s.NextBelow(3),
                    Removes = (uint)s.NextBelow(3),
                    Bond = BytesOf(AnyAmount(s)),
                    Reason = s.NextChance(1, 2) ? "" : "mehr Fünfen",
                };
                break;
            case TransactionBody.MessageOneofCase.DatasetVote:
                body.DatasetVote = new DatasetVote { Task = BytesOf(s.NextHash()), Delta = s.NextBelow(3), Approve = s.NextChance(1, 2) };
                break;
            case TransactionBody.MessageOneofCase.PeriodVote:
                body.PeriodVote = new PeriodVote { Task = BytesOf(s.NextHash()), Blocks = s.NextBelow(1000) };
                break;
            case TransactionBody.MessageOneofCase.DatasetHeld:
                body.DatasetHeld = new DatasetHeld { Task = BytesOf(s.NextHash()), Delta = s.NextBelow(3) };
                break;
            case TransactionBody.MessageOneofCase.SealedSetOffer:
                body.SealedSetOffer = new SealedSetOffer
                {
                    Task = BytesOf(s.NextHash()),
                    Blob = BytesOf(s.NextHash()),
                    Bytes = s.NextBelow(1000),
                    Chunks = { BytesOf(s.NextHash()) },
                    Classes = { (uint)s.NextBelow(100), (uint)s.NextBelow(100) },
                    Threshold = (uint)s.NextBelow(4),
                    Custodians = { new CustodianSeat { Address = BytesOf(AnyAddress(s)), ShareRoot = BytesOf(s.NextHash()) } },
                    Bond = BytesOf(AnyAmount(s)),
                };
                break;
            case TransactionBody.MessageOneofCase.SealedSetAcceptance:
                body.SealedSetAcceptance = new SealedSetAcceptance { Task = BytesOf(s.NextHash()), Set = s.NextBelow(3), Bond = BytesOf(AnyAmount(s)) };
                break;
            case TransactionBody.MessageOneofCase.SealedSetEnd:
                body.SealedSetEnd = new SealedSetEnd { Task = BytesOf(s.NextHash()), Set = s.NextBelow(3) };
                break;
            case TransactionBody.MessageOneofCase.SealedKeyRelease:
                body.SealedKeyRelease = new SealedKeyRelease
                {
                    Task = BytesOf(s.NextHash()),
                    TrainingRound = s.NextBelow(3),
                    Set = s.NextBelow(3),
                    Shares = BytesOf(s.NextHash()),
                    Beside = BytesOf(s.NextHash()),
                };
                break;
            case TransactionBody.MessageOneofCase.SealedSetHeld:
                body.SealedSetHeld = new SealedSetHeld { Task = BytesOf(s.NextHash()), Set = s.NextBelow(3) };
                break;
            case TransactionBody.MessageOneofCase.SeedChainRegistration:
                body.SeedChainRegistration = new SeedChainRegistration { Tip = BytesOf(s.NextHash()), Length = 1 + (uint)s.NextBelow(1000), Base = s.NextBelow(3) };
                break;
            case TransactionBody.MessageOneofCase.AvailabilityVote:
                body.AvailabilityVote = new AvailabilityVote { Task = BytesOf(s.NextHash()), TrainingRound = s.NextBelow(3), Candidates = (uint)s.NextBelow(256) };
                break;
            case TransactionBody.MessageOneofCase.SeedShare:
                body.SeedShare = new SeedShare { Task = BytesOf(s.NextHash()), TrainingRound = s.NextBelow(3), Share = BytesOf(s.NextHash()) };
                break;
            case TransactionBody.MessageOneofCase.BridgeEvidence:
                body.BridgeEvidence = AnyBridgeEvidence(s);
                break;
            case TransactionBody.MessageOneofCase.BridgeRelay:
                body.BridgeRelay = AnyBridgeEvidence(s);
                break;
            case TransactionBody.MessageOneofCase.BridgeWithdraw:
                body.BridgeWithdraw = new BridgeWithdraw { To = BytesOf(AnyAddress(s)), Amount = BytesOf(AnyAmount(s)) };
                break;
            case TransactionBody.MessageOneofCase.BridgeAttestation:
                body.BridgeAttestation = new BridgeAttestation { Sequence = s.NextBelow(300) };
                for (ulong i = 1, last = 1 + s.NextBelow(5); i <= last; i++) body.BridgeAttestation.Blocks.Add(new EthereumBlock { Number = i * 100, Hash = BytesOf(s.NextHash()) });
                break;
            case TransactionBody.MessageOneofCase.BridgeVeto:
                body.BridgeVeto = new BridgeVeto { BurnId = BytesOf(s.NextHash()) };
                break;
            case TransactionBody.MessageOneofCase.BridgePause:
                body.BridgePause = new BridgePause { What = 1 + (uint)s.NextBelow(3), StopCount = (uint)s.NextBelow(3) };
                break;
            case TransactionBody.MessageOneofCase.ClaimSnapshot:
                body.ClaimSnapshot = AnyClaim(s);
                break;
            case TransactionBody.MessageOneofCase.AttestationCommit:
                body.AttestationCommit = new AttestationCommit { Task = BytesOf(s.NextHash()), TrainingRound = s.NextBelow(3), Commitment = BytesOf(s.NextHash()) };
                break;
            case TransactionBody.MessageOneofCase.PrivateRecheck:
                body.PrivateRecheck = new PrivateRecheck { Task = BytesOf(s.NextHash()), TrainingRound = s.NextBelow(3), Wrong = (uint)s.NextBelow(1 << Limits.RecheckedMax) };
                break;
            default:
                body.AttestationReveal = new AttestationReveal
                {
                    Task = BytesOf(s.NextHash()),
                    TrainingRound = s.NextBelow(3),
                    Statement = ByteString.CopyFrom(AnyBytes(s, 200)),
                    Signature = ByteString.CopyFrom(AnySignature(s).Bytes),
                    Salt = BytesOf(s.NextHash()),
                };
                for (var left = s.NextBelow(10); left > 0; left--) body.AttestationReveal.PrivateLosses.Add((uint)s.NextBelow(1 << 26));
                break;
        }

        if (kind >= TransactionBody.MessageOneofCase.SeedChainRegistration) return body;
        body.Nonce = s.NextBelow(300);
        body.Fee = BytesOf(AnyAmount(s));
        return body;
    }

    // Signed by its holder: no other is a transaction.
    private static ClaimSnapshot AnyClaim(SeededStream s)
    {
        var holder = PrivateKey.FromSeed(s.NextHash());
        var claim = new ClaimSnapshot
        {
            Chain = BytesOf(s.NextHash()),
            EthereumChainId = s.NextBelow(6),
            Holder = BytesOf(holder.Address),
            Amount = BytesOf(AnyAmount(s)),
            Recipient = BytesOf(AnyAddress(s)),
            ValidUntil = s.NextBelow(3_000_000_000),
            Form = 1 + (uint)s.NextBelow(2),
        };
        for (var left = s.NextBelow(20); left > 0; left--) claim.Path.Add(BytesOf(s.NextHash()));
        claim.Signature = ByteString.CopyFrom(holder.Sign(ClaimMessage.Read(claim).Digest((ClaimForm)claim.Form)).WithoutRecoveryId.Bytes);
        return claim;
    }

    private static BridgeEvidence AnyBridgeEvidence(SeededStream s)
    {
        var evidence = new BridgeEvidence { Number = 1 + s.NextBelow(1000), Header = ByteString.CopyFrom([1, .. AnyBytes(s, 200)]) };
        ByteString[] nodes = [.. Enumerable.Range(0, 1 + (int)s.NextBelow(3)).Select(_ => ByteString.CopyFrom([1, .. AnyBytes(s, 100)]))];
        switch (s.NextBelow(4))
        {
            case 3: evidence.Events = new VaultLogs { Logs = { new VaultLog { Topics = { BytesOf(s.NextHash()) }, Data = ByteString.CopyFrom(AnyBytes(s, 100)) } }, IsMarked = s.NextChance(1, 2), Nodes = { nodes } }; break;
            case 0: evidence.Receipts = new VaultReceipts { Indexes = { s.NextBelow(3), 3 + s.NextBelow(200) }, Nodes = { nodes } }; break;
            case 1: evidence.Unreleased = new Unreleased { BurnId = BytesOf(s.NextHash()), Nodes = { nodes } }; break;
            default: evidence.Reserves = new VaultReserves { Nodes = { nodes } }; break;
        }

        return evidence;
    }

    /// <summary>A well-formed action of each kind.</summary>
    public static GovernanceAction AnyAction(SeededStream s) => s.NextBelow(16) switch
    {
        0 => new GovernanceAction { AdmitValidator = new AdmitValidator { Address = BytesOf(AnyAddress(s)), Node = BytesOf(AnyAddress(s)), Power = s.NextBelow(100) } },
        1 => new GovernanceAction { RemoveValidator = new RemoveValidator { Address = BytesOf(AnyAddress(s)) } },
        2 => new GovernanceAction { ChangePower = new ChangePower { Address = BytesOf(AnyAddress(s)), Power = s.NextBelow(100) } },
        3 => new GovernanceAction { JailValidator = new JailValidator { Address = BytesOf(AnyAddress(s)) } },
        4 => new GovernanceAction { UnjailValidator = new UnjailValidator { Address = BytesOf(AnyAddress(s)) } },
        5 => new GovernanceAction { ChangeParameters = new ChangeParameters { Settings = { new ParameterSetting { Key = "fee_min", Value = "0.01" } } } },
        6 => new GovernanceAction { ScheduleUpgrade = new ScheduleUpgrade { Name = "rule-2", Height = s.NextBelow(1000) } },
        7 => new GovernanceAction { CancelUpgrade = new CancelUpgrade { Name = "rule-2" } },
        8 => new GovernanceAction { CloseTask = new CloseTask { Task = BytesOf(s.NextHash()) } },
        9 => new GovernanceAction { ReopenTask = new ReopenTask { Task = BytesOf(s.NextHash()) } },
        10 => new GovernanceAction { ForkTask = new ForkTask { Parent = BytesOf(s.NextHash()), Definition = ByteString.CopyFrom(1, 2, 3) } },
        11 => new GovernanceAction { ResumeBridge = new ResumeBridge { StopCount = (uint)s.NextBelow(3) } },
        12 => new GovernanceAction { RedirectLock = new RedirectLock { Nonce = s.NextBelow(300), To = BytesOf(AnyAddress(s)) } },
        13 => new GovernanceAction { OrderVault = new OrderVault { Kind = (uint)BridgeActionKind.SetGuardian, Arguments = ByteString.CopyFrom(new byte[64]) } },
        14 => new GovernanceAction { ExtendClaims = new ExtendClaims { ClosingHeight = s.NextBelow(1000) } },
        _ => new GovernanceAction { TreasuryPayment = new TreasuryPayment { To = BytesOf(AnyAddress(s)), Amount = BytesOf(AnyAmount(s)) } },
    };

    public static readonly ImmutableArray<TransactionBody.MessageOneofCase> MessageKinds =
        [.. Enum.GetValues<TransactionBody.MessageOneofCase>().Where(kind => kind != TransactionBody.MessageOneofCase.None)];

    public static ByteString BytesOf(Hash256 value) => ByteString.CopyFrom(value.ToArray());

    public static ByteString BytesOf(Address value) => ByteString.CopyFrom(value.ToArray());

    public static ByteString BytesOf(Amount value) => ByteString.CopyFrom(value.ToArray());

    public static Address AnyAddress(SeededStream s) => Address.FromBytes(s.NextHash().ToArray().AsSpan(0, Address.Size));

    private static Transaction AnyTransaction(SeededStream s) =>
        Transaction.Sign(AnyBody(s, MessageKinds[(int)s.NextBelow((ulong)MessageKinds.Length)]), PrivateKey.FromSeed(s.NextHash()));

    private static byte[]? ReencodeTransaction(byte[] bytes)
    {
        if (!Transaction.TryDecode(bytes, Genesis, out var transaction, out var fault))
        {
            Assert.NotEqual(TransactionFault.None, fault);
            return null;
        }

        Assert.Equal(TransactionFault.None, fault);
        var envelope = new TransactionEnvelope { Body = transaction.Body.ToByteString(), Signature = TransactionEnvelope.Parser.ParseFrom(bytes).Signature };
        return envelope.ToByteArray();
    }

    private static byte[]? ReencodeBlock(byte[] bytes)
    {
        if (!Block.TryDecode(bytes, out var block, out var fault))
        {
            Assert.NotEqual(BlockFault.None, fault);
            return null;
        }

        Assert.Equal(BlockFault.None, fault);
        return Block.Build(block.Header, block.LastCommit, block.LatePrecommits, block.TrainingProof, block.Transactions).Bytes.ToArray();
    }

    private static SignedVote AnyVote(SeededStream s) => AnyVote(s, new Height(s.NextUInt64()), AnyRound(s), AnyAddress(s));

    private static SignedVote AnyVote(SeededStream s, Height height, Round round, Address validator)
    {
        var block = new BlockHash(s.NextHash());
        Vote vote = s.NextBelow(4) switch
        {
            0 => new Prevote(height, round, null, null),
            1 => new Prevote(height, round, block, AnyRoundBelow(s, round)),
            2 => new Precommit(height, round, null),
            _ => new Precommit(height, round, new BlockRef(block, s.NextHash(), s.NextHash())),
        };
        return new SignedVote(vote, validator, AnySignature(s));
    }

    private static SignedProposal AnyProposal(SeededStream s)
    {
        var round = AnyRound(s);
        return new SignedProposal(new Proposal(new Height(s.NextUInt64()), round, new BlockHash(s.NextHash()), AnyRoundBelow(s, round)), AnyAddress(s), AnySignature(s));
    }

    private static PolkaCertificate AnyPolka(SeededStream s)
    {
        var round = AnyRound(s);
        return new PolkaCertificate(new Height(s.NextUInt64()), round, AnyRoundBelow(s, round), new BlockHash(s.NextHash()), AnySignatures(s));
    }

    private static RoundCertificate AnyRoundCertificate(SeededStream s)
    {
        var (height, round) = (new Height(s.NextUInt64()), AnyRound(s));
        var signers = Enumerable.Range(0, 1 + (int)s.NextBelow(5)).Select(_ => AnyAddress(s)).Order().ToList();
        return new RoundCertificate([.. signers.Select(signer => AnyVote(s, height, round, signer))]);
    }

    private static TrainingProof AnyTrainingProof(SeededStream s)
    {
        var candidate = new CandidateResult(
            s.NextHash(), AnyAddress(s), AnyAddress(s), s.NextBelow(1000), new BlobHash(s.NextHash()), CandidateVerdict.Evaluated, s.NextHash(), 900, 1000, 90, 60);
        var statement = new TrainingStatement
        {
            Genesis = Genesis,
            Task = s.NextHash(),
            TrainingRound = s.NextBelow(9),
            Seed = s.NextHash(),
            SampleRoot = s.NextHash(),
            Incumbent = new BlobHash(s.NextHash()),
            IncumbentLossesRoot = s.NextHash(),
            IncumbentLossSum = 1000,
            IncumbentPaidSum = 100,
            Samples = 18,
            PaidSamples = 2,
            RequiredGainMillionths = 10,
            ZThousandths = 3000,
            PaidErrorsThousandths = 500,
            Candidates = [candidate],
        };
        var manifest = new CandidateManifest { Task = BytesOf(statement.Task), Model = BytesOf(candidate.Model.Value), Device = new DeviceRecord { Kind = "cpu" } };
        Assert.True(TrainingProof.TryCreate(0, AnySignature(s), s.NextHash(), manifest.ToByteArray(), TrainingCertificate.Create(statement, AnySignatures(s)), out var proof));
        return proof;
    }

    private static ImmutableArray<IndexedSignature> AnySignatures(SeededStream s)
    {
        var indices = Enumerable.Range(0, 1 + (int)s.NextBelow(5)).Select(_ => (ushort)s.NextBelow(ushort.MaxValue)).Distinct().Order();
        return [.. indices.Select(index => new IndexedSignature(index, AnySignature(s)))];
    }

    private static ScheduleRecord AnySchedule(SeededStream s)
    {
        var term = s.NextChance(1, 2) ? new TermAssignment(s.NextBelow(9), AnyAddress(s), s.NextHash()) : null;
        return new ScheduleRecord(s.NextHash(), term, [.. Enumerable.Range(0, (int)s.NextBelow(4)).Select(_ => AnyAddress(s))]);
    }

    /// <summary>Evidence of each kind; it proves nothing.</summary>
    private static FaultProof AnyEvidence(SeededStream s)
    {
        var (height, round) = (new Height(s.NextUInt64()), AnyRound(s));
        return s.NextBelow(4) switch
        {
            0 => new DuplicateVoteProof(AnyVote(s), AnyVote(s)),
            1 => new DuplicateProposalProof(AnyProposal(s), AnyProposal(s)),
            2 => new AmnesiaProof(
                new SignedVote(new Precommit(height, round, new BlockRef(new BlockHash(s.NextHash()), s.NextHash(), s.NextHash())), AnyAddress(s), AnySignature(s)),
                new SignedVote(new Prevote(height, round, new BlockHash(s.NextHash()), AnyRoundBelow(s, round)), AnyAddress(s), AnySignature(s))),
            _ => new WrongLeaderProof(AnyProposal(s), AnyHeader(s), AnyHeader(s), AnySchedule(s), AnyStateProof(s), AnySet(s)),
        };
    }

    private static StateProof AnyStateProof(SeededStream s)
    {
        Hash256[] siblings = [.. Enumerable.Range(0, (int)s.NextBelow(20)).Select(_ => s.NextChance(1, 3) ? Hash256.Zero : s.NextHash())];
        return new StateProof(siblings, s.NextChance(1, 4) ? null : new StateProofLeaf(s.NextHash(), s.NextHash()));
    }

    private static Receipt AnyReceipt(SeededStream s) => new(new TransactionHash(s.NextHash()), (ushort)s.NextBelow(40), AnyAmount(s));

    private static Amount AnyAmount(SeededStream s) => new(new UInt128(s.NextUInt64(), s.NextUInt64()));

    // Small ones mostly, and the greatest there is.
    private static Round AnyRound(SeededStream s) => s.NextChance(1, 8) ? new Round(uint.MaxValue - 1) : new Round((uint)s.NextBelow(6));

    private static Round? AnyRoundBelow(SeededStream s, Round round) => round == Round.Zero || s.NextChance(1, 2) ? null : new Round((uint)s.NextBelow(round.Value));

    private static byte[] AnyBytes(SeededStream s, ulong most)
    {
        var bytes = new byte[s.NextBelow(most + 1)];
        s.Fill(bytes);
        return bytes;
    }
}
