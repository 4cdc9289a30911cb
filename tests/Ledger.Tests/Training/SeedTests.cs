using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class SeedTests
{
    private readonly TrainingWorld _world = new();

    [Theory]
    [InlineData(SeedChain.LengthMin - 1)]
    [InlineData(SeedChain.LengthMax + 1)]
    [InlineData(uint.MaxValue)]
    public void AChainHasABoundedLength(uint length) =>
        Assert.Equal(TransactionRejection.SeedChainLength, _world.One(_world.Register(0, Hash256.Sha256([1]), length)));

    [Fact]
    public void AGoodChainIsNotReplaced()
    {
        _world.RegisterChains(0);
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
    }

    [Fact]
    public void AChainIsReplacedWhenSixteenSharesAreLeft()
    {
        Register(0, 32);
        Count(15);
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
        Count(1);
        Assert.Equal(TransactionRejection.None, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
        var chains = TrainingQueries.SeedChains(_world, _world.Keys[0].Address)!;
        Assert.Equal((16UL, 64u), (chains.Newest.Base, chains.Newest.Length));
        Assert.Equal(32u, chains.Older!.Length);
    }

    [Fact]
    public void SharesAreCheckedAgainstTheChain()
    {
        _world.RegisterChains(0, 1, 2);
        ToSeed();
        var strange = Hash256.Sha256([1]);
        Assert.Equal(
            [TransactionRejection.WrongSeedShare, TransactionRejection.WrongSeedShare, TransactionRejection.WrongSeedShare, TransactionRejection.NoSeedChain],
            _world.Block(_world.Share(0, strange), _world.Share(0, _world.Chains[0].Share(2)), _world.Share(0, _world.Chains[1].Share(1)), _world.Share(3)));
        Assert.Equal(TransactionRejection.WrongSeedShare, _world.One(_world.Share(0, _world.Chains[0].Tip)));
        _world.Take(_world.Share(0));
        Assert.Equal(1u, TrainingQueries.SeedChains(_world, _world.Keys[0].Address)!.Newest.OpenedIndex);
    }

    [Fact]
    public void AChainThatWasRegisteredAfterTheOpeningDoesNotCount()
    {
        _world.RegisterChains(0, 1, 2);
        ToSeed();
        Assert.Equal(
            [TransactionRejection.None, TransactionRejection.SeedChainTooNew],
            _world.Block(_world.Register(3, _world.Chains[3].Tip, 64), _world.Share(3)));
    }

    [Fact]
    public void AChainThatWasRegisteredInTheBlockOfTheOpeningDoesNotCount()
    {
        _world.RegisterChains(0, 1, 2);
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Register(3, _world.Chains[3].Tip, 64), _world.Commit(candidate));
        ToSeed(candidate, isCommitted: true);
        Assert.Equal(TransactionRejection.SeedChainTooNew, _world.One(_world.Share(3)));
    }

    [Fact]
    public void AnOlderChainServesTheRoundsThatWereOpenedBeforeTheNewOne()
    {
        var old = Register(0, 32);
        _world.RegisterChains(1, 2);
        Count(16);
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.Take(_world.Register(0, _world.Chains[0].Tip, 64));
        ToSeed(candidate, isCommitted: true);
        Assert.Equal(17UL, _world.Round!.SeedIndex);
        Assert.Equal(TransactionRejection.WrongSeedShare, _world.One(_world.Share(0, _world.Chains[0].Share(1))));
        _world.Take(_world.Share(0, old.Share(17)));
        Assert.Equal(17u, TrainingQueries.SeedChains(_world, _world.Keys[0].Address)!.Older!.OpenedIndex);
    }

    /// <summary>Two are kept, and the older one has the share of a round that was opened before the newer one was there.</summary>
    [Fact]
    public void AChainThatARoundNeedsIsNotPushedOut()
    {
        var old = Register(0, 32);
        _world.RegisterChains(1, 2);
        Count(16);
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.Take(_world.Register(0, Hash256.Sha256([2]), 32));
        Count(15);
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
        Count(1); // by its shares alone a third chain would be due
        Assert.Equal(TransactionRejection.SeedChainStillGood, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
        Assert.Equal(32u, TrainingQueries.SeedChains(_world, _world.Keys[0].Address)!.Older!.Length);
        _world.RunTo(null);
        Assert.Equal(TransactionRejection.None, _world.One(_world.Register(0, Hash256.Sha256([1]), 64)));
        Assert.NotEqual(old.Tip, TrainingQueries.SeedChains(_world, _world.Keys[0].Address)!.Older!.Tip);
    }

    /// <summary>It has no nonce: whoever has kept it may send it again. What it began with is said in it, so it gives no round another share than before.</summary>
    [Fact]
    public void AnOldRegistrationBringsNoRetiredChainBack()
    {
        _world.RegisterChains(0, 1, 2);
        var kept = _world.Register(3, _world.Chains[3].Tip, 64);
        _world.Take(kept);
        ToSeed();
        _world.Take(_world.Share(0), _world.Share(1), _world.Share(2));
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Equal(TransactionRejection.SeedChainOutdated, _world.One(kept));
        Assert.Equal(TransactionRejection.SeedChainOutdated, _world.One(_world.Register(3, _world.Chains[3].Tip, 64)));
        Assert.Equal(TransactionRejection.SeedChainOutdated, _world.One(_world.Register(3, Hash256.Sha256([1]), 64, begin: 0)));
        Assert.Equal(TransactionRejection.None, _world.One(_world.Register(3, Hash256.Sha256([1]), 64)));
    }

    /// <summary>A miss of the older one retires both, and the newer one may have been registered since the counter moved last.</summary>
    [Fact]
    public void AnOldRegistrationBringsNoRetiredChainBackThatWasNeverUsed()
    {
        Register(3, 32);
        _world.RegisterChains(0, 1, 2);
        Count(16);
        ToSeed();
        var kept = _world.Register(3, _world.Chains[3].Tip, 64);
        _world.Take(kept, _world.Share(0), _world.Share(1), _world.Share(2));
        Assert.NotNull(TrainingQueries.SeedChains(_world, _world.Keys[3].Address)!.Older);
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Null(TrainingQueries.SeedChains(_world, _world.Keys[3].Address));
        Assert.Equal(17UL, TrainingQueries.SeedCounter(_world));
        Assert.Equal(TransactionRejection.SeedChainOutdated, _world.One(kept));
        Assert.Equal(TransactionRejection.None, _world.One(_world.Register(3, Hash256.Sha256([1]), 64)));
    }

    /// <summary>Its shares are known to everybody.</summary>
    [Fact]
    public void AChainThatWasReplacedDoesNotComeBack()
    {
        var kept = _world.Register(0, Hash256.Sha256([2]), 32);
        _world.Take(kept);
        Count(16);
        _world.Take(_world.Register(0, Hash256.Sha256([3]), 32));
        Count(16);
        Assert.Equal(TransactionRejection.SeedChainOutdated, _world.One(kept));
        Assert.Equal(TransactionRejection.None, _world.One(_world.Register(0, Hash256.Sha256([4]), 32)));
    }

    /// <summary>Windows may open while it is on its way; its place in the chain follows from the base that its owner signed all the same.</summary>
    [Theory]
    [InlineData(11, TransactionRejection.SeedChainOutdated)]
    [InlineData(12, TransactionRejection.None)]
    [InlineData(20, TransactionRejection.None)]
    [InlineData(21, TransactionRejection.SeedChainOutdated)]
    [InlineData(ulong.MaxValue, TransactionRejection.SeedChainOutdated)]
    public void AChainBeginsAtACounterOfLate(ulong begin, TransactionRejection expected)
    {
        _world.RegisterChains(1, 2, 3);
        Count(20);
        Assert.Equal(expected, _world.One(_world.Register(0, _world.Chains[0].Tip, 64, begin)));
        if (expected != TransactionRejection.None) return;
        ToSeed();
        _world.Take(_world.Share(0, _world.Chains[0].Share((uint)(21 - begin))));
    }

    [Fact]
    public void AJailedValidatorRegistersNoChain()
    {
        _world.Jail(3);
        Assert.Equal(TransactionRejection.Jailed, _world.One(_world.Register(3, _world.Chains[3].Tip, 64)));
    }

    /// <summary>A share costs as many hashes as it is far from the one opened last: whoever was silent that long registers anew.</summary>
    [Fact]
    public void AShareThatIsTooFarFromTheLastOneIsNotTaken()
    {
        var old = Register(0, SeedChain.LengthMax);
        _world.RegisterChains(1, 2);
        Count((int)RegisteredSeedChain.GapMax - 1);
        Assert.False(SeedModule.NeedsChain(_world, _world.Keys[0].Address));
        Count(1);
        Assert.True(SeedModule.NeedsChain(_world, _world.Keys[0].Address));
        ToSeed();
        Assert.Equal(TransactionRejection.SeedChainSpent, _world.One(_world.Share(0, old.Share((uint)_world.Round!.SeedIndex))));
        Register(0, 64);
    }

    [Fact]
    public void ASpentChainHasNoShare()
    {
        Register(0, 32);
        Count(32);
        ToSeed();
        Assert.Equal(TransactionRejection.SeedChainSpent, _world.One(_world.Share(0, Hash256.Sha256([1]))));
    }

    [Fact]
    public void SilentRoundsOnlyLeaveAGap()
    {
        _world.RegisterChains();
        Count(9);
        ToSeed();
        Assert.Equal(10UL, _world.Round!.SeedIndex);
        _world.Take([.. Enumerable.Range(0, 4).Select(_world.Share)]);
    }

    [Fact]
    public void ASharesPlaceDoesNotDependOnTheOrderOfArrival()
    {
        var chain = new SeedChain(Hash256.Sha256([3]), 64);
        var registered = RegisteredSeedChain.Fresh(chain.Tip, 64, 0, Height.First);
        Assert.True(registered.TryOpen(6, chain.Share(6), out var opened));
        Assert.True(opened.TryOpen(5, chain.Share(5), out var again));
        Assert.Equal(opened, again);
        Assert.False(opened.TryOpen(5, chain.Share(6), out _));
        Assert.False(opened.TryOpen(6, chain.Share(5), out _));
        Assert.False(opened.TryOpen(7, chain.Share(8), out _));
        Assert.True(opened.TryOpen(64, chain.Share(64), out _));
    }

    [Fact]
    public void WithoutSharesOfMoreThanTwoThirdsTheRoundIsVoidAndAllBondsGoBack()
    {
        _world.RegisterChains();
        var before = _world.Balance(_world.Trainers[0].Address);
        ToSeed();
        _world.Take(_world.Share(0), _world.Share(1));
        var opened = _world.Round!.WindowOpened;
        _world.RunTo(null);
        Assert.Equal(opened.Plus(RoundWindows.PatienceFactor), _world.Height);
        Assert.Equal(RoundOutcome.NoSeed, TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome);
        Assert.Equal("no_seed", TrainingWorld.Attribute(_world.Of("training.void").Single(), "reason"));
        Assert.Equal(before, _world.Balance(_world.Trainers[0].Address));
        Assert.Equal((Amount.Zero, Amount.Zero), (_world.Supply.Escrow, _world.Supply.Burned));
        Assert.Equal((2UL, 1UL), (_world.TaskRecord.NextRound, _world.TaskRecord.VoidCount));
    }

    [Fact]
    public void TheSeedWaitsForASlowThirdShare()
    {
        _world.RegisterChains();
        ToSeed();
        _world.Take(_world.Share(0), _world.Share(1));
        for (var i = 0; i < 5; i++) _world.Block();
        Assert.Equal(TrainingPhase.Seed, _world.Round!.Phase);
        _world.Take(_world.Share(2));
        Assert.Equal(TrainingPhase.AttestCommit, _world.Round!.Phase);
        Assert.Equal(TrainingSeed.Of(_world.Hash, _world.Task, 1, Enumerable.Range(0, 3).Select(i => _world.Chains[i].Share(1))), _world.Round.Seed);
    }

    private SeedChain Register(int validator, uint length)
    {
        var chain = new SeedChain(Hash256.Sha256([33, (byte)validator]), length);
        _world.Take(_world.Register(validator, chain.Tip, length));
        return chain;
    }

    // Rounds of other tasks that have passed.
    private void Count(int rounds) => _world.Block([], after: context =>
    {
        for (var i = 0; i < rounds; i++) SeedModule.NextIndex(context.State);
    });

    private void ToSeed(TestCandidate? candidate = null, bool isCommitted = false)
    {
        candidate ??= TestCandidate.Make(_world, 1);
        if (!isCommitted) _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take(_world.Vote(0, 1), _world.Vote(1, 1), _world.Vote(2, 1));
        _world.RunTo(TrainingPhase.Seed);
    }
}
