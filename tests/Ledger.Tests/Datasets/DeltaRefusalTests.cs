using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason why a message about a training set does nothing, provoked once and exactly.</summary>
public sealed class DeltaRefusalTests
{
    private static readonly Hash256 Stranger = Hash256.Sha256([99]);

    private static readonly Dictionary<string, (TransactionRejection Reason, Func<DeltaWorld, Transaction> Make)> Cases = new()
    {
        ["no such task to propose for"] = (TransactionRejection.DatasetUnknownTask, w => w.Propose(w.Chain.Alice, 1, m => m.Task = DeltaWorld.Bytes(Stranger))),
        ["another base version"] = (TransactionRejection.OtherBaseVersion, w => w.Propose(w.Chain.Alice, 1, m => m.BaseVersion = 1)),
        ["a chunk too many"] = (TransactionRejection.DeltaBlobMalformed, w => w.Propose(w.Chain.Alice, 1, m => m.Chunks.Add(m.Chunks[0]))),
        ["another length"] = (TransactionRejection.DeltaBlobMalformed, w => w.Propose(w.Chain.Alice, 1, m => m.Bytes = 3)),
        ["no blob"] = (TransactionRejection.DeltaBlobMalformed, w => w.Propose(w.Chain.Alice, 1, m => m.Bytes = 0)),
        ["too long a blob"] = (TransactionRejection.DeltaBlobMalformed, w => w.Propose(w.Chain.Alice, 1, m => m.Bytes = ulong.MaxValue)),
        ["a longer blob than what it says takes"] = (TransactionRejection.DeltaBlobMalformed, w => w.Propose(w.Chain.Alice, 1, m => DeltaWorld.PutBlob(m, 645))),
        ["as long a blob as that takes"] = (TransactionRejection.None, w => w.Propose(w.Chain.Alice, 1, m => DeltaWorld.PutBlob(m, 44 + (10 * 32) + (40 * 7)))),
        ["nothing"] = (TransactionRejection.DeltaTooLarge, w => w.Propose(w.Chain.Alice, 1, m => (m.Adds, m.Removes) = (0, 0))),
        ["more than a twentieth is added"] = (TransactionRejection.DeltaTooLarge, w => w.Propose(w.Chain.Alice, 1, m => m.Adds = 51)),
        ["more than a twentieth is removed"] = (TransactionRejection.DeltaTooLarge, w => w.Propose(w.Chain.Alice, 1, m => m.Removes = 51)),
        ["more than there are is removed"] = (TransactionRejection.DeltaTooLarge, w => w.Propose(w.Chain.Alice, 1, m => (m.Adds, m.Removes) = (uint.MaxValue, uint.MaxValue))),
        ["more than a set may have"] = (TransactionRejection.DeltaTooLarge, w => Large(w, Limits.DatasetSamplesMax - 29).Propose(w.Chain.Alice, 1)),
        ["as much as a set may have"] = (TransactionRejection.None, w => Large(w, Limits.DatasetSamplesMax - 30).Propose(w.Chain.Alice, 1)),
        ["too small a bond"] = (TransactionRejection.DeltaBondWrong, w => w.Propose(w.Chain.Alice, 1, m => m.Bond = LedgerFixture.Bytes(DeltaWorld.Bond - new Amount(1)))),
        ["a larger bond"] = (TransactionRejection.None, w => w.Propose(w.Chain.Alice, 1, m => m.Bond = LedgerFixture.Bytes(DeltaWorld.Bond + new Amount(1)))),
        ["a second one"] = (TransactionRejection.DeltaOpenAlready, w => After(w, w.Propose(w.Chain.Alice, 1)).Propose(w.Chain.Alice, 2)),
        ["the same blob"] = (TransactionRejection.DeltaOpenAlready, w => After(w, w.Propose(w.Chain.Alice, 1)).Propose(w.Chain.Bob, 1)),
        ["no money"] = (TransactionRejection.BalanceTooLow, w => After(w, w.Chain.Transfer(w.Chain.Alice, w.Chain.Bob.Address, LedgerFixture.InitialBalance - Amount.FromNtk(5))).Propose(w.Chain.Alice, 1)),
        ["too many are open"] = (TransactionRejection.DatasetFull, w => Full(w).Propose(w.Chain.Alice, 200)),
        ["too many are open for a bond that is larger by less than a tenth"] = (TransactionRejection.DatasetFull, w => Full(w).Propose(w.Chain.Alice, 200, m => m.Bond = LedgerFixture.Bytes(DeltaWorld.Outbidding - new Amount(1)))),
        ["too many are open for a larger bond"] = (TransactionRejection.None, w => Full(w).Propose(w.Chain.Alice, 200, m => m.Bond = LedgerFixture.Bytes(DeltaWorld.Outbidding))),
        ["all that are open are backed"] = (TransactionRejection.DatasetFull, w => Full(w, isBacked: true).Propose(w.Chain.Alice, 200, m => m.Bond = LedgerFixture.Bytes(DeltaWorld.Outbidding))),

        ["no such task to vote for"] = (TransactionRejection.DatasetUnknownTask, w => w.Pay(w.Chain.Alice, new TransactionBody { DatasetVote = new DatasetVote { Task = DeltaWorld.Bytes(Stranger), Delta = 1 } })),
        ["a vote without points"] = (TransactionRejection.NoPoints, w => After(w, w.Propose(w.Chain.Alice, 1)).Vote(w.Chain.Bob, 1)),
        ["a vote on nothing"] = (TransactionRejection.DeltaNotOpen, w => w.Vote(w.Chain.ValidatorKeys[0], 1)),
        ["a vote on what is over"] = (TransactionRejection.DeltaNotOpen, w => At(After(w, w.Propose(w.Chain.Alice, 1)), 10).Vote(w.Chain.ValidatorKeys[0], 1)),
        ["a second vote"] = (TransactionRejection.DeltaVoteRepeated, w => After(After(w, w.Propose(w.Chain.Alice, 1)), w.Vote(w.Chain.ValidatorKeys[0], 1)).Vote(w.Chain.ValidatorKeys[0], 1, false)),
        ["a vote with a key that was replaced"] = (TransactionRejection.NoPoints, w => After(Replaced(w), w.Propose(w.Chain.Alice, 1)).Vote(w.Chain.ValidatorKeys[0], 1, false)),
        ["an approval in the last tenth"] = (TransactionRejection.ApprovalTooLate, w => At(After(w, w.Propose(w.Chain.Alice, 1)), 9).Vote(w.Chain.ValidatorKeys[0], 1)),
        ["an approval before the last tenth"] = (TransactionRejection.None, w => At(After(w, w.Propose(w.Chain.Alice, 1)), 8).Vote(w.Chain.ValidatorKeys[0], 1)),
        ["a rejection in the last block"] = (TransactionRejection.None, w => At(After(w, w.Propose(w.Chain.Alice, 1)), 9).Vote(w.Chain.ValidatorKeys[0], 1, false)),
        ["a vote where others have more points"] = (TransactionRejection.DatasetFull, w => Crowded(w, 2).Vote(w.Chain.Alice, 1)),
        ["a vote where others have as many points"] = (TransactionRejection.DatasetFull, w => Crowded(w, 1).Vote(w.Chain.Alice, 1)),
        ["a vote where others have fewer points"] = (TransactionRejection.None, w => Crowded(w, 0).Vote(w.Chain.Alice, 1)),
        ["a validator's vote where others have more points"] = (TransactionRejection.None, w => Crowded(w, 2).Vote(w.Chain.ValidatorKeys[0], 1)),

        ["no such task to time"] = (TransactionRejection.DatasetUnknownTask, w => w.Pay(w.Chain.Alice, new TransactionBody { PeriodVote = new PeriodVote { Task = DeltaWorld.Bytes(Stranger), Blocks = 100 } })),
        ["a wish without points"] = (TransactionRejection.NoPoints, w => w.VotePeriod(w.Chain.Bob, 100)),
        ["a wish with a key that was replaced"] = (TransactionRejection.NoPoints, w => Replaced(w).VotePeriod(w.Chain.ValidatorKeys[0], 100)),
        ["a wish where others have more points"] = (TransactionRejection.DatasetFull, w => Crowded(w, 2).VotePeriod(w.Chain.Alice, 100)),
        ["a wish where others have fewer points"] = (TransactionRejection.None, w => Crowded(w, 0).VotePeriod(w.Chain.Alice, 100)),
        ["too short"] = (TransactionRejection.PeriodOutOfBounds, w => Rich(w).VotePeriod(w.Chain.Alice, 1)),
        ["too long"] = (TransactionRejection.PeriodOutOfBounds, w => Rich(w).VotePeriod(w.Chain.Alice, 10_000_001)),
        ["short enough"] = (TransactionRejection.None, w => Rich(w).VotePeriod(w.Chain.Alice, 2)),

        ["held by a stranger"] = (TransactionRejection.NotAValidator, w => After(w, w.Propose(w.Chain.Alice, 1)).Hold(w.Chain.Alice, 1)),
        ["held by a jailed validator"] = (TransactionRejection.Jailed, w => Jailed(w).Hold(w.Chain.ValidatorKeys[0], 1)),
        ["held by a validator that was removed"] = (TransactionRejection.NotAValidator, w => Removed(w).Hold(w.Chain.ValidatorKeys[0], 1)),
        ["held of no task"] = (TransactionRejection.UnknownTask, w => w.Hold(w.Chain.ValidatorKeys[0], 1, Stranger)),
        ["nothing held"] = (TransactionRejection.UnknownDelta, w => w.Hold(w.Chain.ValidatorKeys[0], 1)),
        ["held twice"] = (TransactionRejection.AlreadySent, w => After(After(w, w.Propose(w.Chain.Alice, 1)), w.Hold(w.Chain.ValidatorKeys[0], 1)).Hold(w.Chain.ValidatorKeys[0], 1)),
    };

    public static TheoryData<string> All => [.. Cases.Keys];

    internal static IEnumerable<TransactionRejection> Reasons => Cases.Values.Select(one => one.Reason);

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsRefusedByName(string name)
    {
        var world = new DeltaWorld();
        Assert.Equal(Cases[name].Reason, world.Chain.OutcomeOf(Cases[name].Make(world)));
    }

    [Fact]
    public void NoReasonIsForgotten() => Assert.Superset(
        Enum.GetValues<TransactionRejection>().Where(reason => reason == TransactionRejection.UnknownDelta || (ushort)reason is >= 230 and < 250).ToHashSet(),
        Cases.Values.Select(one => one.Reason).ToHashSet());

    private static DeltaWorld After(DeltaWorld world, Transaction transaction)
    {
        world.Step(transaction);
        return world;
    }

    private static DeltaWorld At(DeltaWorld world, ulong height)
    {
        world.StepTo(height);
        return world;
    }

    private static DeltaWorld Large(DeltaWorld world, int samples)
    {
        world.Chain.State = world.Chain.State.With(state => (world.Set with { Samples = (uint)samples }).Store(state));
        return world;
    }

    private static DeltaWorld Rich(DeltaWorld world)
    {
        world.Earn((world.Chain.Alice, 1));
        return world;
    }

    private static DeltaWorld Jailed(DeltaWorld world)
    {
        world.Step(world.Propose(world.Chain.Alice, 1));
        world.Chain.State = LedgerChange.Of(world.Chain, context => Jail.Commit(context, world.Chain.ValidatorKeys[0].Address, "vote"));
        return world;
    }

    private static DeltaWorld Replaced(DeltaWorld world)
    {
        world.Earn((world.Chain.ValidatorKeys[0], 5));
        return After(world, world.Chain.Rotate(world.Chain.ValidatorKeys[0], LedgerFixture.Key(5_000)));
    }

    // Still in the set that votes on the next block.
    private static DeltaWorld Removed(DeltaWorld world)
    {
        world.Step(world.Propose(world.Chain.Alice, 1));
        Assert.True(ValidatorSet.TryCreate(world.Chain.Members.Validators.Skip(1), out var rest));
        world.Chain.State = LedgerChange.Of(world.Chain, context => ValidatorsModule.SetMembers(context.State, rest));
        return world;
    }

    // Alice has one point, the voters whose votes and wishes fill the lists have so many each.
    private static DeltaWorld Crowded(DeltaWorld world, ulong points)
    {
        world.Step(world.Propose(world.Chain.Bob, 1));
        world.Earn((world.Chain.Alice, 1));
        var voters = Enumerable.Range(0, Limits.DatasetVotesMax).Select(i => Address.FromBytes(Hash256.Sha256([1, (byte)(i >> 8), (byte)(i & 255)]).ToArray().AsSpan(0, Address.Size))).Order().ToArray();
        world.Chain.State = world.Chain.State.With(state =>
        {
            DeltaVotes.Set(state, world.Task, 1, [.. voters.Select(voter => new DeltaVote(voter, false, new Amount(points), false))]);
            PeriodVotes.Set(state, world.Task, [.. voters.Select(voter => new PeriodWish(voter, 100, new Amount(points), false, 0))]);
        });
        return world;
    }

    private static DeltaWorld Full(DeltaWorld world, bool isBacked = false)
    {
        world.Step(world.Propose(world.Chain.Bob, 1));
        var first = DeltaRecord.Get(world.Chain.State, world.Task, 1)!;
        var numbers = Enumerable.Range(1, Limits.OpenDeltasMax).Select(i => (ulong)i).ToArray();
        world.Chain.State = world.Chain.State.With(state =>
        {
            foreach (var number in numbers) (first with { Number = number, IsBacked = isBacked }).Store(state);
            (world.Set with { Open = [.. numbers] }).Store(state);
        });
        return world;
    }
}
