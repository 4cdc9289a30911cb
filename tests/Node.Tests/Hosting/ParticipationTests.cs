using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>When a node is of use: in virtual time, over blocks that are nobody's but say who precommitted.</summary>
public sealed class ParticipationTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly ImmutableArray<PrivateKey> Keys = [.. Enumerable.Range(1, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i])))];

    private static readonly ValidatorSet All = SetOf(Keys);

    private static readonly Signature Any = Keys[0].Sign(Hash256.Sha256("any"u8));

    private readonly int _own = Index(All, 0);
    private Participation _participation = new(Keys[0].Address, TimeSpan.Zero);
    private TimeSpan _now = TimeSpan.Zero;
    private TimeSpan _age = TimeSpan.Zero;
    private ulong _height;

    private bool IsServing => _participation.IsServing(_now, Interval, isCatchingUp: false, _age);

    [Fact]
    public void AValidatorWhoseVotesAreInCommitsServes()
    {
        for (var i = 0; i < 30; i++)
        {
            Commit(author: i % 4, [0, 1, 2]);
            Assert.True(IsServing);
        }
    }

    [Fact]
    public void WhenNoneOfEightBlocksByOthersHasItsVoteItDoesNotServe()
    {
        Commit(1, [0, 1, 2]);
        for (var i = 0; i < 7; i++)
        {
            Commit(1 + (i % 3), [1, 2, 3]);
            Assert.True(IsServing);
        }

        Commit(1, [1, 2, 3]);
        Assert.False(IsServing);
    }

    [Fact]
    public void OneVoteInACommitIsEnoughToServeAgain()
    {
        Silence();
        Commit(2, [0, 1, 2]);
        Assert.True(IsServing);
    }

    [Fact]
    public void ALateVoteReachedTheOthersToo()
    {
        Silence();
        Commit(2, [1, 2, 3], new LatePrecommit(new Height(_height - 2), (ushort)_own, Any));
        Assert.True(IsServing);
    }

    [Fact]
    public void ALateVoteOfAnotherSaysNothing()
    {
        Silence();
        Commit(2, [1, 2, 3], new LatePrecommit(new Height(_height - 2), (ushort)Index(All, 3), Any));
        Assert.False(IsServing);
    }

    // A leader's block has its own vote, whether anybody heard it or not.
    [Fact]
    public void ItsOwnBlocksProveNothing()
    {
        Silence();
        Commit(0, [0, 1, 2]);
        Assert.False(IsServing);
    }

    [Fact]
    public void WhereNothingIsDecidedForTwoTimeoutsItDoesNotServe()
    {
        Commit(1, [0, 1, 2]);
        _now += Interval + Participation.Patience;
        Assert.True(IsServing);
        _now += TimeSpan.FromMilliseconds(1);
        Assert.False(IsServing);
        Commit(1, [0, 1, 2]);
        Assert.True(IsServing);
    }

    [Fact]
    public void ANodeThatNeverSawABlockServesForAsLongAndNoLonger()
    {
        Assert.True(IsServing);
        _now += Interval + Participation.Patience + TimeSpan.FromMilliseconds(1);
        Assert.False(IsServing);
    }

    [Fact]
    public void AChainWithLongPausesIsNotStill()
    {
        Commit(1, [0, 1, 2]);
        _now += TimeSpan.FromMinutes(30);
        Assert.True(_participation.IsServing(_now, TimeSpan.FromHours(1), isCatchingUp: false, TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void WhoCatchesUpDoesNotServe()
    {
        Commit(1, [0, 1, 2]);
        Assert.False(_participation.IsServing(_now, Interval, isCatchingUp: true, _age));
    }

    /// <summary>Blocks come, and they are old: so does the whole chain to who does not know that it is behind.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void WhoseNewestBlockIsFarFromItsClockDoesNotServe(int sign)
    {
        Commit(1, [0, 1, 2]);
        _age = sign * (Interval + Participation.Patience + AllowedPeers.NewestAgeMax);
        Assert.True(IsServing);
        _age += sign * TimeSpan.FromMilliseconds(1);
        Assert.False(IsServing);
    }

    [Fact]
    public void AnObserverIsNotAskedForVotes()
    {
        _participation = new Participation(null, TimeSpan.Zero);
        for (var i = 0; i < 20; i++) Commit(1 + (i % 3), [1, 2, 3]);
        Assert.True(IsServing);
        _now += Interval + Participation.Patience + TimeSpan.FromMilliseconds(1);
        Assert.False(IsServing);
    }

    [Fact]
    public void WhoIsNoLongerAMemberIsNotAskedAndIsAgainOnceItIsBack()
    {
        var others = SetOf(Keys[1..]);
        Silence();
        for (var i = 0; i < 20; i++) Commit(1 + (i % 3), others, i == 0 ? All : others, [1, 2, 3]);
        Assert.True(IsServing);

        // The block in which it is a member again has the commit of a height at which it was none.
        Commit(1, All, others, [1, 2, 3]);
        for (var i = 0; i < 7; i++) Commit(1, [1, 2, 3]);
        Assert.True(IsServing);
        Commit(1, [1, 2, 3]);
        Assert.False(IsServing);
    }

    [Fact]
    public void TheIndexIsThatOfTheHeightThatWasVotedOn()
    {
        // Of this set of two the own index is another than in the whole set, or the other's is the own one of the whole set.
        var two = SetOf([Keys[0], Keys[1]]);
        for (var i = 0; i < 20; i++) Commit(1, two, two, [0, 1]);
        Assert.True(IsServing);
        for (var i = 0; i < 9; i++) Commit(1, two, two, [1]);
        Assert.False(IsServing);
    }

    /// <summary>A node that was away is not judged by the blocks that it missed, and is by the first that it could have voted for.</summary>
    [Fact]
    public void BlocksThatWereCaughtUpWithAreNoMeasure()
    {
        for (var i = 0; i < 20; i++) Commit(1 + (i % 3), null, All, [1, 2, 3]);
        Assert.True(IsServing);
        Silence();
    }

    // Nine: the first makes the node a member of the height that the next one's commit is of.
    private void Silence()
    {
        for (var i = 0; i < 9; i++) Commit(1 + (i % 3), [1, 2, 3]);
        Assert.False(IsServing);
    }

    private void Commit(int author, int[] signers, params LatePrecommit[] late) => Commit(author, All, All, signers, late);

    // The signers are keys; their indices are those of the set of the height before.
    private void Commit(int author, ValidatorSet? validators, ValidatorSet before, int[] signers, params LatePrecommit[] late)
    {
        _height++;
        _now += Interval;
        var header = ChainHeader(new Height(_height), Keys[author].Address);
        var signatures = signers.Select(signer => new IndexedSignature((ushort)Index(before, signer), Any)).OrderBy(signature => signature.Index);
        var commit = _height == 1 ? null : new CommitCertificate(new Height(_height - 1), Round.Zero, default, [.. signatures]);
        _participation.Committed(Block.Build(header, commit, [.. late], null, []), validators, _now);
    }

    private static Header ChainHeader(Height height, Address author) => new()
    {
        Version = Header.CurrentVersion,
        Genesis = default,
        Height = height,
        BuiltRound = Round.Zero,
        Author = author,
        Time = default,
        Parent = default,
        LastCommitRoot = default,
        TransactionsRoot = default,
        TrainingProofRoot = default,
        ValidatorsRoot = default,
        NextValidatorsRoot = default,
        StateRoot = default,
        ReceiptsRoot = default,
        EventsRoot = default,
        BridgeRoot = default,
    };

    private static ValidatorSet SetOf(IEnumerable<PrivateKey> keys)
    {
        Assert.True(ValidatorSet.TryCreate(keys.Select(key => new Validator(key.Address, 1)), out var set));
        return set;
    }

    private static int Index(ValidatorSet set, int key)
    {
        Assert.True(set.TryIndexOf(Keys[key].Address, out var index));
        return index;
    }
}
