using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation.Tests;

/// <summary>Checkers that never fail check nothing: each is shown a history in which its rule is broken.</summary>
public sealed class CheckerTests
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 3).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i]))).OrderBy(key => key.Address)];
    private static readonly GenesisDocument Genesis = new()
    {
        ChainName = "checkers",
        TimeMs = 1,
        Validators = [.. Keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
    };

    private static readonly ValidatorSet Validators = Genesis.ValidatorSet();
    private static readonly BlockRef SomeBlock = new(new BlockHash(Hash256.Sha256([1])), default, Hash256.Sha256([2]));
    private static readonly BlockRef OtherBlock = SomeBlock with { Hash = new BlockHash(Hash256.Sha256([3])) };

    [Fact]
    public void AForkIsSeen()
    {
        var checker = new AgreementChecker();
        checker.Decided(Keys[0].Address, new Height(5), SomeBlock.Hash);
        checker.Decided(Keys[1].Address, new Height(5), SomeBlock.Hash);
        Assert.Throws<SimulationFailedException>(() => checker.Decided(Keys[1].Address, new Height(5), OtherBlock.Hash));
    }

    [Fact]
    public void ADivergenceIsSeen()
    {
        var checker = new StateEqualityChecker();
        checker.Reached(Keys[0].Address, new Height(5), new StateRoot(Hash256.Sha256([1])));
        checker.Reached(Keys[1].Address, new Height(5), new StateRoot(Hash256.Sha256([1])));
        Assert.Throws<SimulationFailedException>(() => checker.Reached(Keys[1].Address, new Height(5), new StateRoot(Hash256.Sha256([2]))));
    }

    /// <summary>What a node says it has decided must be in its store: there it is read.</summary>
    [Fact]
    public void ADecisionThatIsNotStoredIsSeen()
    {
        var block = Build(LedgerState.FromGenesis(Genesis));
        var committed = new EngineOutput.Committed(new CommittedBlock(block, Certificate(2, block.Ref)), null!, null!, false);
        Assert.Throws<SimulationFailedException>(() => new StateEqualityChecker().Output(Node(), committed));
    }

    [Fact]
    public void ABlockOfAnotherThanTheLeaderIsSeen()
    {
        var block = Build(LedgerState.FromGenesis(Genesis));
        new ValidityChecker(Validators, new HashSet<Hash256>()).Decided(block, Round.Zero);
        var other = Changed(block, header => header with { Author = Keys.First(key => key.Address != header.Author).Address });
        Assert.Throws<SimulationFailedException>(() => new ValidityChecker(Validators, new HashSet<Hash256>()).Decided(other, Round.Zero));
    }

    [Fact]
    public void ABlockOfALaterRoundThanItsCertificateIsSeen()
    {
        var block = Changed(Build(LedgerState.FromGenesis(Genesis)), header => header with { BuiltRound = new Round(3) });
        Assert.Throws<SimulationFailedException>(() => new ValidityChecker(Validators, new HashSet<Hash256>()).Decided(block, Round.Zero));
    }

    [Fact]
    public void ATransactionThatNobodyAskedForAndOneThatComesTwiceAreSeen()
    {
        byte[] transaction = [1, 2, 3];
        var first = Build(LedgerState.FromGenesis(Genesis));
        var with = Block.Build(first.Header, null, [], null, [transaction]);
        Assert.Throws<SimulationFailedException>(() => new ValidityChecker(Validators, new HashSet<Hash256>()).Decided(with, Round.Zero));
        new ValidityChecker(Validators, new HashSet<Hash256> { Hash256.Sha256(transaction) }).Decided(with, Round.Zero);
        var twice = Block.Build(first.Header, null, [], null, [transaction, transaction]);
        Assert.Throws<SimulationFailedException>(() => new ValidityChecker(Validators, new HashSet<Hash256> { Hash256.Sha256(transaction) }).Decided(twice, Round.Zero));
    }

    /// <summary>Two of three are two thirds and not more.</summary>
    [Fact]
    public void ACertificateOfExactlyTwoThirdsIsSeen()
    {
        Certificates().Commit(Certificate(3, SomeBlock), Validators);
        Assert.Throws<SimulationFailedException>(() => Certificates().Commit(Certificate(2, SomeBlock), Validators));
    }

    [Fact]
    public void ACertificateThatCountsSomebodyTwiceIsSeen()
    {
        var whole = Certificate(3, SomeBlock);
        Assert.Throws<SimulationFailedException>(() => Certificates().Commit(whole with { Signatures = [whole.Signatures[0], whole.Signatures[0], whole.Signatures[1]] }, Validators));
    }

    [Fact]
    public void ASignatureUnderAnotherBlockIsSeen() =>
        Assert.Throws<SimulationFailedException>(() => Certificates().Commit(Certificate(3, SomeBlock) with { Block = OtherBlock }, Validators));

    [Fact]
    public void APolkaOfTwoThirdsThatANodePassesOnIsSeen()
    {
        var prevote = new Prevote(new Height(5), Round.Zero, SomeBlock.Hash, null);
        PeerMessage Polka(int signers) => new PeerMessage.PolkaMessage(new PolkaCertificate(
            prevote.Height, prevote.Round, null, SomeBlock.Hash, [.. Keys.Take(signers).Select((key, i) => new IndexedSignature((ushort)i, key.Sign(prevote.Digest(Genesis.Hash))))]));
        Certificates().Left(Node(), null, Polka(3));
        Assert.Throws<SimulationFailedException>(() => Certificates().Left(Node(), null, Polka(2)));
    }

    /// <summary>One of three is a third and not more: it proves that nobody honest is in that round.</summary>
    [Fact]
    public void AReasonToBeInARoundOfExactlyAThirdIsSeen()
    {
        Certificates().RoundCertificate(new RoundCertificate([Vote(0, new Precommit(new Height(5), Round.Zero, null)), Vote(1, new Precommit(new Height(5), Round.Zero, null))]), Validators);
        Assert.Throws<SimulationFailedException>(() => Certificates().RoundCertificate(new RoundCertificate([Vote(0, new Precommit(new Height(5), Round.Zero, null))]), Validators));
    }

    [Fact]
    public void ARefusalOfASoundNodesSignerIsSeen()
    {
        var refused = new EngineOutput.SignerRefused(SomeRequest, SignRefusal.Conflict);
        Assert.Throws<SimulationFailedException>(() => new SignerChecker().Output(Node(), refused));
        var harmed = Node();
        harmed.IsHarmed = true;
        new SignerChecker().Output(harmed, refused);
    }

    [Fact]
    public void ASoundNodeThatTakesItsKeyForStolenIsSeen() =>
        Assert.Throws<SimulationFailedException>(() => new SignerChecker().Output(Node(), new EngineOutput.OwnKeyElsewhere(SomeRequest)));

    [Fact]
    public void ALogThatLeadsElsewhereIsSeen()
    {
        var state = LedgerState.FromGenesis(Genesis);
        var effects = new EffectHash();
        effects.Add(new Driver(null, new TimeoutSettings()).Step(new Input.StartHeight(Height.First, state.Next.Schedule)));
        Replay(effects.Value);
        Assert.Contains("answers otherwise", Assert.Throws<SimulationFailedException>(() => Replay(Hash256.Sha256([1]))).Message, StringComparison.Ordinal);

        void Replay(Hash256 hash)
        {
            var folder = new MemoryFolder();
            using (var wal = new Wal(folder))
            {
                wal.Open(Height.First);
                wal.Append(new WalRecord.StartRecord(new Timestamp(1), null, new TimeoutSettings()));
                wal.Append(new WalRecord.EffectsRecord(new Timestamp(1), hash));
                wal.Flush();
            }

            var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
            chain.Initialize(state);
            var checker = new LogChecker();
            checker.Replay(chain, Genesis, folder, Keys[0].Address);
            Assert.Equal((1, 1), checker.Replayed);
        }
    }

    [Fact]
    public void ASoundNodeThatRecoversToSomethingElseAndALogThatLostWhatItHadAreSeen()
    {
        var harmed = Node();
        harmed.IsHarmed = true;
        foreach (var told in new EngineOutput[] { new EngineOutput.ReplayDiffers(Height.First), new EngineOutput.LogCut(Height.First, 1, 1, IsHarmed: true) })
        {
            Assert.Throws<SimulationFailedException>(() => new LogChecker().Output(Node(), told));
            new LogChecker().Output(harmed, told);
        }

        new LogChecker().Output(Node(), new EngineOutput.LogCut(Height.First, 1, 1, IsHarmed: false));
    }

    [Fact]
    public void TwoVotesOfAKindInARoundAreSeen()
    {
        var checker = new SaidOnceChecker(new HashSet<Address>());
        checker.Voted(Keys[0].Address, new Precommit(new Height(5), Round.Zero, null));
        checker.Voted(Keys[0].Address, new Precommit(new Height(5), Round.Zero, null));
        Assert.Throws<SimulationFailedException>(() => checker.Voted(Keys[0].Address, new Precommit(new Height(5), Round.Zero, SomeBlock)));
        new SaidOnceChecker(new HashSet<Address> { Keys[0].Address }).Voted(Keys[0].Address, new Precommit(new Height(5), Round.Zero, SomeBlock));
    }

    [Fact]
    public void AVoteAgainstTheOwnLockIsSeenInWhateverOrderItIsTold()
    {
        var precommit = new Precommit(new Height(5), new Round(2), SomeBlock);
        Vote[] amnesiac = [new Prevote(new Height(5), new Round(3), OtherBlock.Hash, new Round(1)), new Prevote(new Height(5), new Round(3), SomeBlock.Hash, null)];
        foreach (var prevote in amnesiac)
        {
            Assert.Throws<SimulationFailedException>(() => Say(precommit, prevote));
            Assert.Throws<SimulationFailedException>(() => Say(prevote, precommit));
        }

        Say(precommit, new Prevote(new Height(5), new Round(3), OtherBlock.Hash, new Round(2)));
        Say(precommit, new Prevote(new Height(5), new Round(3), null, null));
        Say(precommit, new Prevote(new Height(5), new Round(1), OtherBlock.Hash, null));

        static void Say(Vote first, Vote second)
        {
            var checker = new SaidOnceChecker(new HashSet<Address>());
            checker.Voted(Keys[0].Address, first);
            checker.Voted(Keys[0].Address, second);
        }
    }

    [Fact]
    public void AWinnerWithAnothersCheckpointIsSeen()
    {
        var anything = Hash256.Sha256([1]);
        var training = new SimulatedTraining(new GenesisTask("digits", [], anything, anything, "public-hold-out", 1_000, anything, anything, 1_000, 10, 60), []);
        var model = new BlobHash(Hash256.Sha256([2]));
        training.Add(model, new SimulatedCheckpoint(Keys[0].Address, 5, IsFinite: true, 0));
        var checker = new TrainingChecker(training, (_, _) => Validators, who => who == Keys[1].Address);
        checker.Earned(WonBy(Keys[0].Address));
        Assert.Throws<SimulationFailedException>(() => checker.Earned(WonBy(Keys[1].Address)));
        foreach (var kind in new[] { "training.false_attestation", "training.false_private_losses", "training.false_recheck" })
        {
            checker.Convicted(Conviction(kind, Keys[1].Address));
            Assert.Throws<SimulationFailedException>(() => checker.Convicted(Conviction(kind, Keys[0].Address)));
        }

        static Event Conviction(string kind, Address validator) =>
            new() { Kind = kind, Attributes = { new EventAttribute { Key = "validator", Value = validator.ToString() } } };

        TrainingStatement WonBy(Address trainer) => new()
        {
            Genesis = new GenesisHash(anything),
            Task = anything,
            TrainingRound = 1,
            Seed = anything,
            SampleRoot = anything,
            Incumbent = new BlobHash(anything),
            IncumbentLossesRoot = anything,
            IncumbentLossSum = 1_000,
            IncumbentPaidSum = 0,
            Samples = 12,
            PaidSamples = 2,
            RequiredGainMillionths = 1,
            ZThousandths = 1,
            PaidErrorsThousandths = 500,
            Candidates = [new CandidateResult(anything, trainer, Keys[2].Address, 0, model, CandidateVerdict.Evaluated, anything, 100, 90_000)],
        };
    }

    [Fact]
    public void AnHonestKeyInEvidenceIsSeen()
    {
        var found = new EngineOutput.FoundEvidence(DuplicateVoteProof.Of(Vote(0, new Precommit(new Height(5), Round.Zero, null)), Vote(0, new Precommit(new Height(5), Round.Zero, SomeBlock))));
        Assert.Throws<SimulationFailedException>(() => new HonestEvidenceChecker(new HashSet<Address>()).Output(Node(), found));
        var checker = new HonestEvidenceChecker(new HashSet<Address> { Keys[0].Address });
        checker.Output(Node(), found);
        Assert.Equal(1, checker.Convicted);
    }

    [Fact]
    public void ARefusalOfAnHonestPeerIsSeenAndOneOfALiarIsNot()
    {
        var cluster = new Cluster(new SimulationOptions { Seed = 2, ByzantineMax = 1 });
        var honest = cluster.Hosts.Where(host => host.Node.IsHonest).Select(host => host.Node).ToList();
        var liar = cluster.Hosts.Single(host => !host.Node.IsHonest).Node;
        var checker = new RefusalChecker(cluster);
        checker.Output(honest[0], new EngineOutput.Refused(liar.Address, "a wrong signature", PeerFault.WrongSignature));
        checker.Output(liar, new EngineOutput.Refused(honest[1].Address, "a wrong signature", PeerFault.WrongSignature));
        Assert.Throws<SimulationFailedException>(() => checker.Output(honest[0], new EngineOutput.Refused(honest[1].Address, "a wrong signature", PeerFault.WrongSignature)));
    }

    /// <summary>Two of three are two thirds and not more; what it said before it started it may say again; and it need not wait for ever.</summary>
    [Fact]
    public void AVoteOfOneWhoHasNotHeardEnoughIsSeen()
    {
        ulong now = 0;
        var (checker, node) = (new SilenceChecker(Genesis, (_, _) => Validators, 30_000, () => now), Node());
        checker.Started(node);
        checker.Told(node.Address, Keys[1].Address, Height.Genesis);
        Assert.Throws<SimulationFailedException>(() => checker.Left(node, null, OwnVote(1)));
        now = 30_000;
        checker.Left(node, null, OwnVote(2));
        now = 0;
        checker.Started(node);
        checker.Told(node.Address, Keys[1].Address, Height.Genesis);
        checker.Told(node.Address, Keys[2].Address, Height.Genesis);
        checker.Left(node, null, OwnVote(3));
    }

    /// <summary>One of three is a third and not more, and may lie.</summary>
    [Fact]
    public void AVoteOfOneWhoIsBehindIsSeen()
    {
        var (checker, node) = (new SilenceChecker(Genesis, (_, _) => Validators, 30_000, () => 0), Node());
        checker.Started(node);
        checker.Told(node.Address, Keys[1].Address, new Height(8));
        checker.Told(node.Address, Keys[2].Address, new Height(7));
        checker.Left(node, null, OwnVote(7));
        checker.Left(node, null, new PeerMessage.VoteMessage(Vote(1, new Prevote(new Height(3), Round.Zero, null, null)))); // of somebody else, passed on
        Assert.Throws<SimulationFailedException>(() => checker.Left(node, null, OwnVote(6)));
        checker.Left(node, null, OwnVote(6)); // said already
    }

    [Fact]
    public void ANodeThatBelievesALiarIsSeen()
    {
        var checker = new BeliefChecker([]);
        checker.Decided(new Height(7));
        checker.Decided(new Height(5));
        checker.Believes(Keys[0].Address, new Height(6));
        Assert.Throws<SimulationFailedException>(() => checker.Believes(Keys[0].Address, new Height(7)));
    }

    [Fact]
    public void ANodeThatComesBackBelowWhatItSaidIsSeen()
    {
        var (checker, node, block) = (new DurabilityChecker(), Node(), Build(LedgerState.FromGenesis(Genesis)));
        checker.Output(node, new EngineOutput.Committed(new CommittedBlock(block, Certificate(3, block.Ref)), null!, null!, false));
        checker.CameBack(node.Address, Height.First);
        Assert.Throws<SimulationFailedException>(() => checker.CameBack(node.Address, Height.Genesis));
    }

    /// <summary>Each record in which two chains differ that have not as much money, put into the other's state by itself.</summary>
    [Fact]
    public void MoneyFromNowhereIsSeen()
    {
        var (state, richer) = (With(1), With(2));
        SupplyChecker.Audit(Keys[0].Address, state);
        SupplyChecker.Audit(Keys[0].Address, richer);
        var other = richer.Records.ToDictionary(record => record.Key, record => record.Value);
        var changed = state.Records.Where(record => !other[record.Key].AsSpan().SequenceEqual(record.Value)).Select(record => record.Key).ToList();
        Assert.True(changed.Count >= 2, "an account and the supply");
        foreach (var key in changed)
        {
            var records = state.Records.Select(record => KeyValuePair.Create(record.Key.Bytes.ToArray(), record.Key.Equals(key) ? other[key] : record.Value)).ToList();
            var root = StateTree.Empty.Update(records.Select(record => KeyValuePair.Create(StateKey.FromBytes(record.Key), (byte[]?)record.Value))).Root;
            Assert.True(LedgerState.TryLoad(state.Genesis, state.Mark with { StateRoot = new StateRoot(root) }, records, out var inflated));
            Assert.StartsWith("supply:", Assert.Throws<SimulationFailedException>(() => SupplyChecker.Audit(Keys[0].Address, inflated)).Message, StringComparison.Ordinal);
        }

        static LedgerState With(ulong ntk) => LedgerState.FromGenesis(Genesis with { Allocations = [new GenesisAllocation(Keys[0].Address, Amount.FromNtk(ntk))] });
    }

    /// <summary>Books that balance may still have money in escrow that belongs to nobody any more.</summary>
    [Fact]
    public void MoneyThatStaysInEscrowForNobodyIsSeen()
    {
        var state = LedgerState.FromGenesis(Genesis);
        SupplyChecker.Audit(Keys[0].Address, state);
        var supply = SupplyRecord.Get(state);
        var stuck = supply with { GenesisTotal = supply.GenesisTotal + Amount.FromNtk(1), Escrow = supply.Escrow + Amount.FromNtk(1) };
        var records = state.Records.Select(record => KeyValuePair.Create(record.Key.Bytes.ToArray(), record.Key.Equals(SupplyRecord.Key) ? stuck.Encode() : record.Value)).ToList();
        var root = StateTree.Empty.Update(records.Select(record => KeyValuePair.Create(StateKey.FromBytes(record.Key), (byte[]?)record.Value))).Root;
        Assert.True(LedgerState.TryLoad(state.Genesis, state.Mark with { StateRoot = new StateRoot(root) }, records, out var changed));
        Assert.Null(SupplyModule.Audit(changed));
        Assert.Contains("in escrow", Assert.Throws<SimulationFailedException>(() => SupplyChecker.Audit(Keys[0].Address, changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABlockFromTheFutureIsSeen()
    {
        var block = Build(LedgerState.FromGenesis(Genesis));
        var time = (uint)block.Header.Time.Milliseconds;
        void Decide(uint precisionMs) => new TimeChecker(() => new Timestamp(0), precisionMs).Output(
            Node(), new EngineOutput.Committed(new CommittedBlock(block, Certificate(3, block.Ref)), null!, null!, false));
        Decide(time);
        Assert.StartsWith("time:", Assert.Throws<SimulationFailedException>(() => Decide(time - 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>What was judged by a clock that was set back since was judged rightly then.</summary>
    [Fact]
    public void AClockKnowsTheLatestTimeThatItShowed()
    {
        var clock = new NodeClock(0, 0, 0);
        clock.Jump(1_000, 5_000);
        clock.Jump(1_200, -5_000);
        Assert.Equal((new Timestamp(1_300), new Timestamp(6_200)), (clock.At(1_300), clock.HighestUntil(1_300)));
        clock.Settle(1_400, 0);
        Assert.Equal(new Timestamp(7_000), clock.HighestUntil(7_000));
    }

    /// <summary>A run that has no time to converge does not pass for one that has.</summary>
    [Fact]
    public void ACoreThatStandsStillIsSeen()
    {
        var failure = Assert.Throws<SimulationFailedException>(() => new Cluster(new SimulationOptions { Seed = 1, FaultyForMs = 3_000, HealthyForMs = 500 }).Run());
        Assert.StartsWith("convergence", failure.Message);
    }

    private static SimulatedNode Node() =>
        new(0, Genesis, Keys[0], new EngineSettings { Node = Keys[0].Address }, new NodeClock(Cluster.Epoch, 0, 0));

    private static CertificateChecker Certificates() => new(Genesis.Hash, (_, _) => Validators);

    private static CommitCertificate Certificate(int signers, BlockRef block)
    {
        var precommit = new Precommit(new Height(1), Round.Zero, block);
        return new CommitCertificate(precommit.Height, precommit.Round, block, [.. Keys.Take(signers).Select((key, i) => new IndexedSignature((ushort)i, key.Sign(precommit.Digest(Genesis.Hash))))]);
    }

    private static SignRequest SomeRequest => SignRequest.Of(new Prevote(new Height(5), Round.Zero, null, null), Genesis.Hash);

    private static PeerMessage.VoteMessage OwnVote(ulong height) => new(Vote(0, new Prevote(new Height(height), Round.Zero, null, null)));

    private static SignedVote Vote(int validator, Vote vote) => new(vote, Keys[validator].Address, Keys[validator].Sign(vote.Digest(Genesis.Hash)));

    private static Block Build(LedgerState state)
    {
        var template = new BlockTemplate
        {
            Author = state.Next.Schedule.Leader(Round.Zero),
            BuiltRound = Round.Zero,
            Time = new Timestamp(10),
            LastCommit = null,
            LatePrecommits = [],
        };
        return BlockBuilder.Build(state, template, []).Block;
    }

    private static Block Changed(Block block, Func<Header, Header> change) => Block.Build(change(block.Header), null, [], null, []);
}
