using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Evidence expires when blocks and time have passed, both; and what was forgotten comes never back.</summary>
public sealed class EvidenceWindowTests
{
    [Theory]
    [InlineData(10, 1_000, 2, TransactionRejection.EvidenceExpired)] // 11 blocks and 12 seconds ago
    [InlineData(10, 1_000, 3, TransactionRejection.None)]
    [InlineData(11, 1_000, 2, TransactionRejection.None)] // time alone does not do
    [InlineData(10, 11_999, 2, TransactionRejection.EvidenceExpired)]
    [InlineData(10, 12_000, 2, TransactionRejection.None)] // nor do blocks
    [InlineData(10, 1_000_000_000_000, 1, TransactionRejection.None)]
    public void BothMustHavePassed(ulong blocks, ulong milliseconds, ulong fault, TransactionRejection expected)
    {
        var chain = Chain(blocks, milliseconds);
        chain.StepTo(12); // twelve seconds after genesis, whose anchor stands for the first 256 heights
        Assert.Equal(expected, Outcome(chain, fault));
    }

    [Fact]
    public void AfterAStandstillBlocksMustPassAllTheSame()
    {
        var chain = Chain(10, 1_000);
        chain.StepTo(5);
        var late = BlockBuilder.Build(chain.State, chain.Template(Round.Zero, []) with { Time = chain.State.Time.Plus(100_000_000) }, []);
        chain.Apply(late.Block);
        Assert.Equal(TransactionRejection.None, Outcome(chain, 5));
    }

    [Fact]
    public void AHeightIsAsOldAsTheAnchorBelowIt()
    {
        var chain = Chain(10, 20_000);
        chain.StepTo(270);
        // The anchor of 256 has the time of block 255: fifteen seconds before block 270.
        Assert.Equal(TransactionRejection.None, Outcome(chain, 256));
        Assert.Equal(TransactionRejection.EvidenceExpired, Outcome(chain, 255));
        chain.StepTo(275);
        Assert.Equal(TransactionRejection.None, Outcome(chain, 256));
        chain.StepTo(276);
        Assert.Equal(TransactionRejection.EvidenceExpired, Outcome(chain, 256));
    }

    [Fact]
    public void WhatWasForgottenStaysExpiredWhateverTheParametersBecome()
    {
        var chain = Chain(10, 1_000);
        var (reporter, guilty) = (chain.ValidatorKeys[0], chain.ValidatorKeys[2]);
        chain.StepTo(200);
        chain.Step(chain.Report(reporter, chain.DoubleVote(guilty, 200)));
        chain.Carry(Act.Unjail(guilty.Address));
        chain.StepTo(511);
        Assert.Equal([0UL, 256UL], Anchors(chain));
        Assert.Single(CountedFaults.Around(chain.State, new Height(200)));
        chain.Step();
        Assert.Equal([256UL, 512UL], Anchors(chain));
        Assert.Empty(CountedFaults.Around(chain.State, new Height(200)));

        chain.State = chain.State.With(state => state.Set(StateKey.Of(StateModule.Parameters, 0), (chain.State.Parameters with
        {
            Validators = new ValidatorParameters { EvidenceBlocks = 100_000, EvidenceMs = 1_000_000_000 },
        }).Encode()));
        Assert.Equal(TransactionRejection.EvidenceExpired, Outcome(chain, 200));
        Assert.Equal(TransactionRejection.EvidenceExpired, Outcome(chain, 255));
        Assert.Equal(TransactionRejection.None, Outcome(chain, 256));
    }

    [Fact]
    public void AFaultThatHasCountedIsRememberedThoughTheWindowGrowsAgain()
    {
        var chain = Chain(10, 1_000);
        var (reporter, guilty) = (chain.ValidatorKeys[0], chain.ValidatorKeys[2]);
        chain.StepTo(200);
        chain.Step(chain.Report(reporter, chain.DoubleVote(guilty, 200)));
        chain.Carry(Act.Unjail(guilty.Address));
        chain.StepTo(300);
        Assert.Equal(TransactionRejection.EvidenceExpired, Outcome(chain, 200));
        chain.State = chain.State.With(state => state.Set(StateKey.Of(StateModule.Parameters, 0), (chain.State.Parameters with
        {
            Validators = new ValidatorParameters { EvidenceBlocks = 100_000, EvidenceMs = 1_000 },
        }).Encode()));
        Assert.Equal(TransactionRejection.EvidenceCounted, Outcome(chain, 200));
    }

    /// <summary>The block after the one that removed it has its last vote; and in the last block in which that counts its bond is still there.</summary>
    [Fact]
    public void WhoLeavesAnswersWithItsBondForItsLastVote()
    {
        var chain = new LedgerFixture(genesis => Windowed(genesis, 10, 1_000), validators: 5);
        var (reporter, leaver) = (chain.ValidatorKeys[1], chain.ValidatorKeys[0]);
        chain.Step(chain.Bond(leaver, Amount.FromNtk(10)));
        chain.Carry(Act.Remove(leaver.Address));
        var last = chain.State.Height.Value + 1;
        Assert.Contains(leaver.Address, chain.State.Next.Validators.Validators.Select(validator => validator.Address));
        chain.Step();
        Assert.DoesNotContain(leaver.Address, chain.State.Next.Validators.Validators.Select(validator => validator.Address));

        var report = chain.Report(reporter, chain.DoubleVote(leaver, last));
        while (chain.OutcomeOf(report) == TransactionRejection.None)
        {
            Assert.False(chain.BondOf(leaver).Total.IsZero, $"it counts at {chain.State.Height.Next()}, and the bond is gone");
            chain.Step();
        }

        Assert.Equal(TransactionRejection.EvidenceExpired, chain.OutcomeOf(report));
        Assert.Equal(last + 10, chain.State.Height.Value);
        Assert.True(chain.BondOf(leaver).Total.IsZero);
    }

    /// <summary>Who takes a new key in the very block that removes it never votes with it: its bond is asked back all the same.</summary>
    [Fact]
    public void WhoTakesANewKeyInTheBlockThatRemovesItGetsItsBondBack()
    {
        var (twin, chain) = (Chain(), Chain());
        var leaver = chain.ValidatorKeys[0];
        var fresh = LedgerFixture.Key(77);
        foreach (var each in new[] { twin, chain }) each.Step(each.Bond(leaver, Amount.FromNtk(10)));
        twin.Carry(Act.Remove(leaver.Address));
        chain.Accept(Act.Remove(leaver.Address));
        while (chain.State.Height.Plus(1) < twin.State.Height) chain.Step();
        chain.Step(chain.Rotate(leaver, fresh));
        Assert.Equal(twin.State.Height, chain.State.Height);
        Assert.Equal(Amount.FromNtk(10), chain.BondOf(fresh).Bonded);
        Assert.DoesNotContain(fresh.Address, chain.Members.Validators.Select(validator => validator.Address));

        chain.Step(); // the last in which the old key votes
        Assert.True(chain.BondOf(fresh).Bonded.IsZero);
        Assert.Equal(Amount.FromNtk(10), chain.BondOf(fresh).Total);
        for (var i = 0; i < 10; i++) chain.Step();
        Assert.True(chain.BondOf(fresh).Total.IsZero);

        static LedgerFixture Chain() => new(genesis => Windowed(genesis, 10, 1_000), validators: 5);
    }

    private static LedgerFixture Chain(ulong blocks, ulong milliseconds) => new(genesis => Windowed(genesis, blocks, milliseconds));

    private static GenesisDocument Windowed(GenesisDocument genesis, ulong blocks, ulong milliseconds) => LedgerFixture.Fast(genesis) with
    {
        Parameters = LedgerFixture.Fast(genesis).Parameters with { Validators = new ValidatorParameters { EvidenceBlocks = blocks, EvidenceMs = milliseconds } },
    };

    private static TransactionRejection Outcome(LedgerFixture chain, ulong fault) =>
        chain.OutcomeOf(chain.Report(chain.ValidatorKeys[0], chain.DoubleVote(chain.ValidatorKeys[2], fault)));

    private static ulong[] Anchors(LedgerFixture chain) =>
    [
        .. chain.State.Records.Where(record => record.Key.Bytes[0] == (byte)StateModule.Evidence && record.Key.Bytes[1] == 1)
            .Select(record => new ByteReader(record.Key.Bytes[2..]).UInt64()).Order(),
    ];
}
