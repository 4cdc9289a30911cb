using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation.Tests;

/// <summary>What the checkers reckon by themselves: each is shown a chain that says otherwise.</summary>
public sealed class BookTests
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([8, (byte)i]))).OrderBy(key => key.Address)];
    private static readonly GenesisDocument Genesis = new()
    {
        ChainName = "books",
        TimeMs = 1,
        Validators = [.. Keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
    };

    private static readonly GenesisTask Task = new("task", new JsonObject(), Hash256.Sha256([1]), Hash256.Sha256([2]), "public-hold-out", 1, Hash256.Sha256([3]), Hash256.Sha256([4]), 1_000, 10, 60);

    [Fact]
    public void AProposalThatIsAcceptedWithoutVotesIsSeen()
    {
        var book = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters());
        Assert.Null(book.EndBlock(Height.First, []));
        Assert.Contains("without the votes", book.EndBlock(new Height(2), [Happened("governance.accepted", ("proposal", "1"))]));
    }

    [Fact]
    public void VotesAreCountedAndWhatTheyCarryHoldsTwoHeightsOn()
    {
        var book = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters { DelayBlocks = 1 });
        var change = new GovernanceAction { ChangePower = new ChangePower { Address = Google.Protobuf.ByteString.CopyFrom(Keys[3].Address.ToArray()), Power = 7 } };
        book.Take(Of(0, body => body.GovernanceProposal = new GovernanceProposal { Action = change }), Height.First);
        book.Take(Of(1, body => body.GovernanceVote = new GovernanceVote { Proposal = 1, Approve = true }), Height.First);
        Assert.Contains("by the votes", book.EndBlock(Height.First, [Happened("governance.accepted", ("proposal", "1"))]));
        Assert.Null(book.EndBlock(Height.First, []));
        book.Take(Of(2, body => body.GovernanceVote = new GovernanceVote { Proposal = 1, Approve = true }), new Height(2));
        Assert.Null(book.EndBlock(new Height(2), [Happened("governance.accepted", ("proposal", "1"))]));
        Assert.Null(book.EndBlock(new Height(3), [Happened("governance.carried_out", ("proposal", "1"))]));
        Assert.Equal((1UL, 7UL), (book.At(new Height(4))[3].Power, book.At(new Height(5))[3].Power));
    }

    [Fact]
    public void OneValidatorMakesNobodyAbsentByHoweverManyKeys()
    {
        var members = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters());
        var attendance = new AttendanceBook(members);
        var (away, fresh) = (Keys[3].Address, PrivateKey.FromSeed(Hash256.Sha256([9])).Address);
        Note(1, Keys[0].Address);
        Note(2, Keys[0].Address);
        members.Take(Of(0, body => body.KeyRotation = new KeyRotation { NewAddress = Google.Protobuf.ByteString.CopyFrom(fresh.ToArray()), Signature = Google.Protobuf.ByteString.CopyFrom(new byte[Signature.Size]) }), new Height(3));
        Note(3, Keys[0].Address);
        Note(4, fresh);
        Note(5, fresh);
        Assert.Empty(attendance.At(new Height(7)));
        Note(6, Keys[1].Address);
        Assert.Equal([away], attendance.At(new Height(8)));

        // The block brings the certificate of the one before, without the precommit of one.
        void Note(ulong height, Address author)
        {
            var before = new Height(height - 1);
            CommitCertificate? commit = height == 1
                ? null
                : new CommitCertificate(before, Round.Zero, default, [.. Enumerable.Range(0, 4).Where(i => members.At(before)[i].Address != away).Select(i => new IndexedSignature((ushort)i, Keys[0].Sign(Hash256.Zero)))]);
            var state = LedgerState.FromGenesis(Genesis);
            var block = BlockBuilder.Build(state, new BlockTemplate { Author = state.Next.Schedule.Leader(Round.Zero), BuiltRound = Round.Zero, Time = new Timestamp(10), LastCommit = null, LatePrecommits = [] }, []).Block;
            Assert.Null(members.EndBlock(new Height(height), []));
            attendance.Note(Block.Build(block.Header with { Height = new Height(height), Author = author }, commit, [], null, []));
        }
    }

    [Fact]
    public void ATermLeadsForItsBlocksAndEndsWithItsHolder()
    {
        var members = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters());
        var terms = new TermBook(members, new AttendanceBook(members));
        var granted = new[] { Keys[2], Keys[1] }.Select((holder, i) => Happened("training.term_granted", ("term", $"{i + 1}"), ("holder", holder.Address.ToString()), ("blocks", "2"))).ToList();
        Note(1, granted);
        Note(2, []);
        Note(3, []);
        Note(4, [Happened("validators.jailed", ("validator", Keys[1].Address.ToString()))]);
        Assert.Equal(new Address?[] { Keys[2].Address, null, Keys[2].Address, null }, Enumerable.Range(3, 4).Select(height => terms.At(new Height((ulong)height))));

        void Note(ulong height, IReadOnlyList<Event> events)
        {
            Assert.Null(members.EndBlock(new Height(height), []));
            terms.Note(new Height(height), events);
        }
    }

    [Fact]
    public void ATermThatHasExpiredLeadsNoMoreAndTheNextOneDoes()
    {
        var members = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters());
        var terms = new TermBook(members, new AttendanceBook(members));
        var granted = new[] { Keys[2], Keys[1] }.Select((holder, i) => Happened("training.term_granted", ("term", $"{i + 1}"), ("holder", holder.Address.ToString()), ("blocks", "9"))).ToList();
        foreach (var (height, events) in new (ulong, IReadOnlyList<Event>)[] { (1, granted), (2, []), (3, [Happened("training.term_expired", ("term", "1"), ("holder", Keys[2].Address.ToString()))]) })
        {
            Assert.Null(members.EndBlock(new Height(height), []));
            terms.Note(new Height(height), events);
        }

        Assert.Equal((Keys[2].Address, Keys[1].Address), (terms.At(new Height(3)), terms.At(new Height(5))));
    }

    [Fact]
    public void WhoIsConvictedTwiceOfFalseAttestationsIsJailed()
    {
        var members = new MemberBook(Genesis.ValidatorSet(), new GovernanceParameters());
        Assert.Null(members.EndBlock(new Height(1), [Happened("training.false_attestation", ("validator", Keys[1].Address.ToString()), ("again", "no"))]));
        Assert.False(members.IsJailed(Keys[1].Address));
        Assert.Null(members.EndBlock(new Height(2), [Happened("training.false_private_losses", ("validator", Keys[1].Address.ToString()), ("again", "yes"))]));
        Assert.True(members.IsJailed(Keys[1].Address));
    }

    [Fact]
    public void ATrainingCertificateThatSaysWhatIsNotSoOrThatTooFewSignedIsSeen()
    {
        var training = new SimulatedTraining(Task, []);
        var checker = new TrainingChecker(training, (_, _) => Genesis.ValidatorSet(), _ => false);
        var incumbent = new BlobHash(Task.InitialModel);
        var losses = training.Losses(TrainingSeed.CommonSamples(Hash256.Sha256([5])), 16, incumbent);
        var statement = new TrainingStatement
        {
            Genesis = Genesis.Hash,
            Task = Task.Id,
            TrainingRound = 1,
            Seed = Hash256.Sha256([5]),
            SampleRoot = default,
            Incumbent = incumbent,
            IncumbentLossesRoot = default,
            IncumbentLossSum = losses.Take(12).Aggregate(0UL, (sum, loss) => sum + loss),
            IncumbentPaidSum = losses.Skip(12).Aggregate(0UL, (sum, loss) => sum + loss),
            Samples = 16,
            PaidSamples = 4,
            RequiredGainMillionths = 1,
            ZThousandths = 3_000,
            PaidErrorsThousandths = 500,
            Candidates = [],
        };
        checker.Certified(Signed(statement, 3), Genesis.ValidatorSet());
        Assert.Throws<SimulationFailedException>(() => checker.Certified(Signed(statement, 2), Genesis.ValidatorSet()));
        Assert.Throws<SimulationFailedException>(() => checker.Certified(Signed(statement with { IncumbentLossSum = statement.IncumbentLossSum + 1 }, 3), Genesis.ValidatorSet()));
        Assert.Throws<SimulationFailedException>(() => checker.Certified(Signed(statement with { IncumbentPaidSum = 0 }, 3), Genesis.ValidatorSet()));
    }

    private static TrainingCertificate Signed(TrainingStatement statement, int signers) =>
        TrainingCertificate.Create(statement, [.. Keys.Take(signers).Select((key, i) => new IndexedSignature((ushort)i, key.Sign(statement.Digest)))]);

    private static Transaction Of(int validator, Action<TransactionBody> fill)
    {
        var body = new TransactionBody { Genesis = Google.Protobuf.ByteString.CopyFrom(Genesis.Hash.Value.ToArray()) };
        fill(body);
        return Transaction.Sign(body, Keys[validator]);
    }

    private static Event Happened(string kind, params (string Key, string Value)[] attributes)
    {
        var happened = new Event { Kind = kind };
        happened.Attributes.AddRange(attributes.Select(attribute => new EventAttribute { Key = attribute.Key, Value = attribute.Value }));
        return happened;
    }
}
