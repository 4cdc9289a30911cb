using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A node that does not know a rule stops before the first block under it, and says so.</summary>
public sealed class UpgradeTests
{
    /// <summary>A release that knows one rule more: under it a block says so.</summary>
    private static readonly ChainRules Next = new(new UpgradeRule("say-so", context => context.Emit("next.said", ("height", context.Height))));

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    [Fact]
    public void TheNextReleasePassesTheHeightAndFromThereOnDoesWhatTheRuleSays()
    {
        _chain.State = _chain.State.Under(Next);
        _chain.Carry(Act.Upgrade("say-so", 9));
        var old = _chain.State.Under(ChainRules.OfThisRelease);
        while (_chain.State.Height.Value < 8)
        {
            Assert.DoesNotContain(_chain.Step().Events, happened => happened.Kind == "next.said");
            old = Follow(old).Result.Next; // until then the two releases are one
            Assert.Equal(_chain.State.Mark, old.Mark);
        }

        Assert.Equal("9", LedgerFixture.Attribute(_chain.Step(), "next.said", "height"));
        Assert.Throws<OperatorException>(() => Follow(old));
        Assert.Equal(_chain.State.Mark, Follow(old.Under(Next)).Result.Next.Mark); // its state is as good as any
        Assert.Equal("10", LedgerFixture.Attribute(_chain.Step(), "next.said", "height"));
    }

    [Fact]
    public void AReleaseThatKnowsARuleDoesNothingByItBeforeAnybodyVoted()
    {
        _chain.State = _chain.State.Under(Next);
        for (var height = 1; height <= 10; height++) Assert.DoesNotContain(_chain.Step().Events, happened => happened.Kind == "next.said");
    }

    [Fact]
    public void TheRulesGoWithTheStateWhereverItGoes()
    {
        var before = _chain.State.Under(Next);
        _chain.State = before;
        var result = _chain.Step();
        Assert.Same(Next, _chain.State.Rules);
        Assert.True(_chain.State.TryRewind(before.Mark, [result.Undo], out var older, out _));
        Assert.Same(Next, older.Rules);
        Assert.Equal(before.Mark, before.Under(ChainRules.OfThisRelease).Mark);
    }

    [Fact]
    public void ANodeThatDoesNotKnowARuleStopsBeforeItsHeight()
    {
        _chain.Carry(Act.Upgrade("faster-rounds", 9));
        Assert.False(UpgradesModule.IsActive(_chain.State, "faster-rounds", new Height(8)));
        Assert.True(UpgradesModule.IsActive(_chain.State, "faster-rounds", new Height(9)));
        _chain.StepTo(7);
        var last = _chain.Build().Block;
        _chain.Apply(last);
        var stopped = Assert.Throws<OperatorException>(() => _chain.Build());
        Assert.Contains("faster-rounds", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("9", stopped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', stopped.Message);
    }

    [Fact]
    public void ABlockOfThatHeightIsNotExecutedEither()
    {
        // The same chain without the rule gives a block of height 6 that is well-formed.
        var other = new LedgerFixture(LedgerFixture.Fast);
        other.StepTo(5);
        var block = other.Build().Block;
        other.State = other.State.With(state => new UpgradeRecord([new Upgrade("x", new Height(6))]).Store(state));
        var forged = LedgerFixture.Forge(block, header => header with { StateRoot = other.State.Root });
        Assert.Throws<OperatorException>(() => BlockValidator.TryValidate(other.State, forged, NoTransactions.Instance, out _, out _));
        other.State = other.State.With(state => new UpgradeRecord([new Upgrade("x", new Height(7))]).Store(state));
        forged = LedgerFixture.Forge(block, header => header with { StateRoot = other.State.Root });
        Assert.True(BlockValidator.TryValidate(other.State, forged, NoTransactions.Instance, out _, out var refusal), refusal.ToString());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(2UL)] // the block is of height 1: 2 comes before anybody could prepare
    public void AnUpgradeOfThePastIsNotPutToTheVote(ulong height) =>
        Assert.Equal(TransactionRejection.UpgradeTooSoon, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], Act.Upgrade("x", height))));

    [Fact]
    public void AnUpgradeWhoseHeightCameBeforeItsEffectFails()
    {
        var result = _chain.Carry(Act.Upgrade("x", 4)); // carried out at the end of 3
        Assert.Equal(nameof(TransactionRejection.UpgradeTooSoon), LedgerFixture.Attribute(result, "governance.failed", "cause"));
        _chain.StepTo(10);
    }

    [Fact]
    public void TheLastHeightOfAllIsAHeight()
    {
        _chain.Carry(Act.Upgrade("x", ulong.MaxValue));
        _chain.StepTo(10);
        _chain.Carry(Act.Cancel("x"));
        Assert.Empty(UpgradeRecord.Get(_chain.State).Upgrades);
    }

    [Fact]
    public void AnUpgradeIsCancelledInTime()
    {
        _chain.Carry(Act.Upgrade("x", 8));
        var result = _chain.Carry(Act.Cancel("x")); // at the end of 6
        Assert.Equal("x", LedgerFixture.Attribute(result, "upgrades.cancelled", "name"));
        _chain.StepTo(12);
    }

    [Fact]
    public void ACancellationThatComesTooLateFails()
    {
        _chain.Carry(Act.Upgrade("x", 7));
        var result = _chain.Carry(Act.Cancel("x")); // at the end of 6: 7 is next
        Assert.Equal(nameof(TransactionRejection.UnknownUpgrade), LedgerFixture.Attribute(result, "governance.failed", "cause"));
        Assert.Throws<OperatorException>(() => _chain.Build());
    }

    [Fact]
    public void ANameStandsOnce()
    {
        _chain.Accept(Act.Upgrade("x", 100));
        _chain.Accept(Act.Upgrade("x", 200));
        _chain.Step();
        Assert.Equal(nameof(TransactionRejection.UpgradeNameTaken), LedgerFixture.Attribute(_chain.Step(), "governance.failed", "cause"));
        Assert.Equal(new Upgrade("x", new Height(100)), Assert.Single(UpgradeRecord.Get(_chain.State).Upgrades));
        Assert.Equal(TransactionRejection.UpgradeNameTaken, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], Act.Upgrade("x", 300))));
        Assert.Equal(TransactionRejection.UnknownUpgrade, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], Act.Cancel("y"))));
    }

    [Fact]
    public void SixtyFourUpgradesAreRead()
    {
        _chain.State = _chain.State.With(state => new UpgradeRecord(
            [.. Enumerable.Range(0, Limits.UpgradesMax).Select(i => new Upgrade(new string((char)('a' + (i % 26)), 62) + $"{i:00}", new Height(1000)))]).Store(state));
        Assert.Equal(Limits.UpgradesMax, UpgradeRecord.Get(_chain.State).Upgrades.Length);
        Assert.Equal(TransactionRejection.TooManyUpgrades, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], Act.Upgrade("x", 100))));
        _chain.Step();
    }

    /// <summary>A rule that lays records out in another way writes them anew before anything in its first block reads them.</summary>
    [Fact]
    public void RecordsAreWrittenAnewAsTheRuleBegins()
    {
        var moved = StateKey.Of(StateModule.Upgrades, 200);
        var next = new ChainRules(new UpgradeRule("new-layout", context => Assert.Equal(2u, StateFormat.Of(context.State)))
        {
            Migration = new StateMigration(1, 2, state => state.Set(moved, [1])),
        });
        _chain.State = _chain.State.Under(next);
        _chain.Carry(Act.Upgrade("new-layout", 9));
        _chain.StepTo(8);
        var before = _chain.State;
        Assert.Equal((1u, null), (StateFormat.Of(before), before.Get(moved)));
        var old = before.Under(ChainRules.OfThisRelease); // which may not go on, and loses nothing
        var result = _chain.Step();
        Assert.Equal(2u, StateFormat.Of(_chain.State));
        Assert.Equal([1], _chain.State.Get(moved));
        Assert.Throws<OperatorException>(() => Follow(old));
        Assert.Equal(_chain.State.Mark, Follow(old.Under(next)).Result.Next.Mark);
        var refused = Assert.Throws<OperatorException>(() => _chain.State.Under(ChainRules.OfThisRelease));
        Assert.Contains("new-layout", refused.Message, StringComparison.Ordinal);
        Assert.True(_chain.State.TryRewind(before.Mark, [result.Undo], out var older, out _));
        Assert.Equal(1u, StateFormat.Of(older.Under(next)));
        _chain.StepTo(12);
        Assert.Equal(2u, StateFormat.Of(_chain.State.Under(next)));
    }

    /// <summary>Between two programs without a rule that leads from one to the other: neither reads the other's records.</summary>
    [Fact]
    public void AStateOfAnotherFormatIsRefusedByName()
    {
        var later = new ChainRules { GenesisFormat = 2 };
        var refused = Assert.Throws<OperatorException>(() => _chain.State.Under(later));
        Assert.Contains("has format 1 and this program reads format 2", refused.Message, StringComparison.Ordinal);
        var newer = _chain.State.With(state => StateFormat.Set(state, 2));
        refused = Assert.Throws<OperatorException>(() => newer.Under(ChainRules.OfThisRelease));
        Assert.Contains("has format 2 and this program reads format 1", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(newer.Mark, newer.Under(later).Mark);
    }

    [Fact]
    public void ARuleDoesNotRewriteAFormatThatItDoesNotKnow()
    {
        _chain.State = _chain.State.Under(new ChainRules(new UpgradeRule("third-layout") { Migration = new StateMigration(2, 3, _ => Assert.Fail("it is of format 1")) }));
        _chain.Carry(Act.Upgrade("third-layout", 9));
        _chain.StepTo(8);
        var stopped = Assert.Throws<OperatorException>(() => _chain.Build());
        Assert.Contains("third-layout", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("format 1", stopped.Message, StringComparison.Ordinal);
    }

    // The newest block as another program executes it.
    private ValidatedBlock Follow(LedgerState state)
    {
        Assert.True(BlockValidator.TryValidate(state, _chain.LastBlock.Block, NoTransactions.Instance, out var validated, out var refusal), refusal.ToString());
        return validated;
    }
}
