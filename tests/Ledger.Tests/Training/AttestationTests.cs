using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class AttestationTests
{
    [Fact]
    public void AWrongAttesterIsNotInTheCertificateAndIsNotPaid()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, producer: 0, gain: 10);
        world.RunToAttestation(candidate);
        var right = world.Statement(candidate);
        world.Attest([(0, right), (1, Wrong(right)), (2, right), (3, right)]);
        Assert.Equal(right, TrainingQueries.Certificate(world, world.Task, 1)!.Certificate.Statement);
        Assert.Equal([0, 2, 3], TrainingQueries.Certificate(world, world.Task, 1)!.Certificate.Signatures.Select(s => (int)s.Index));
        Assert.Equal(Amount.Zero, world.Balance(world.Keys[1].Address));
        Assert.Equal(CertificateFault.None, TrainingQueries.Certificate(world, world.Task, 1)!.Certificate.Check(world.Validators));
        world.EndRecheck();
        Assert.False(world.Balance(world.Keys[3].Address).IsZero);
    }

    [Fact]
    public void ASilentValidatorCountsAgainstTheQuorum()
    {
        // Two of two that speak agree, but two of four are not more than two thirds.
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, gain: 10);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        world.Take([.. Enumerable.Range(0, 4).Select(i => world.AttestCommit(i, statement))]);
        world.RunTo(TrainingPhase.AttestReveal);
        var opened = world.Round!.WindowOpened;
        world.Take(world.AttestReveal(0, statement), world.AttestReveal(1, statement));
        world.RunTo(null);
        Assert.Equal(opened.Plus(2 * RoundWindows.PatienceFactor), world.Height);
        Assert.Equal(RoundOutcome.NotAttested, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
        Assert.Null(TrainingQueries.Certificate(world, world.Task, 1));
    }

    [Theory]
    [InlineData(new ulong[] { 10, 10, 10, 10 }, 3, true)]
    [InlineData(new ulong[] { 20, 20, 10, 10 }, 2, false)] // 40 of 60 is exactly two thirds
    [InlineData(new ulong[] { 21, 20, 10, 10 }, 2, true)] // 41 of 61 is more
    [InlineData(new ulong[] { 10, 10, 10, 16 }, 3, false)] // three of four, but 30 of 46
    public void MoreThanTwoThirdsIsOfThePower(ulong[] powers, int agreeing, bool isCertified)
    {
        var world = new TrainingWorld(powers: powers);
        var candidate = TestCandidate.Make(world, 1, gain: 10);
        world.RunToAttestation(candidate);
        var right = world.Statement(candidate);
        world.Attest(Enumerable.Range(0, 4).Select(i => (i, i < agreeing ? right : Wrong(right, (uint)i))));
        Assert.Equal(isCertified ? RoundOutcome.Improved : RoundOutcome.NotAttested, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
    }

    [Fact]
    public void ASplitVoteVoidsTheRoundAndTheFeePaysAllWhoAttested()
    {
        var world = new TrainingWorld();
        var (one, two) = (TestCandidate.Make(world, 1, gain: 10), TestCandidate.Make(world, 2, trainer: 1, gain: 5));
        var before = world.Balance(one.Trainer.Address);
        world.RunToAttestation(one, two);
        var right = world.Statement(one, two);
        world.Attest([(0, right), (1, right), (2, Wrong(right))]);
        var fee = world.Genesis.Parameters.Training.ShortfallFee;
        Assert.Equal(RoundOutcome.NotAttested, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
        Assert.Equal((before - fee, before - fee), (world.Balance(one.Trainer.Address), world.Balance(two.Trainer.Address)));
        var (third, rest) = Amount.DivRem(fee, 3);
        Assert.Equal((third + rest) * 2, world.Balance(world.Keys[0].Address)); // the remainder goes to the first
        Assert.Equal(third * 2, world.Balance(world.Keys[2].Address));
        Assert.Equal(Amount.Zero, world.Balance(world.Keys[3].Address));
        Assert.Equal((Amount.Zero, Amount.Zero), (world.Supply.Burned, world.Supply.Escrow));
        Assert.Equal(new BlobHash(world.Genesis.Tasks[0].InitialModel), world.TaskRecord.BestModel);
        Assert.Null(world.TaskRecord.BestLoss);
    }

    [Fact]
    public void WhereNobodyCanAttestTheFeeGoesToTheTreasury()
    {
        // A checkpoint that no evaluator survives costs something all the same.
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1);
        var before = world.Balance(candidate.Trainer.Address);
        world.RunToAttestation(candidate);
        world.RunTo(null, most: 200);
        var fee = world.Genesis.Parameters.Training.ShortfallFee;
        Assert.Equal(before - fee, world.Balance(candidate.Trainer.Address));
        Assert.Equal((fee, Amount.Zero), (world.Supply.Treasury, world.Supply.Escrow));
        Assert.Equal(RoundOutcome.NotAttested, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
    }

    [Fact]
    public void SlowEvaluatorsAreWaitedFor()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, gain: 10);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        world.Take(world.AttestCommit(0, statement), world.AttestCommit(1, statement));
        for (var i = 0; i < 10; i++) world.Block();
        Assert.Equal(TrainingPhase.AttestCommit, world.Round!.Phase);
        world.Take(world.AttestCommit(2, statement));
        Assert.Equal(TrainingPhase.AttestReveal, world.Round!.Phase);
    }

    [Fact]
    public void AWinnerThatClaimedTooMuchIsCertifiedAndLosesItsBond()
    {
        var world = new TrainingWorld();
        var boaster = TestCandidate.Make(world, 1, gain: 20) with { Claim = Loss.UnitsMax };
        var statement = world.RunRound(boaster);
        Assert.Equal(0, statement.Winner);
        Assert.Equal(boaster.Model, world.TaskRecord.BestModel);
        Assert.Equal(world.Genesis.Parameters.Training.CandidateBond, world.Supply.Burned);
        world.EndRecheck();
        Assert.Equal(Amount.Zero, world.Supply.Escrow);
    }

    [Fact]
    public void BrokenCandidatesAndFalseClaimsLoseTheirBonds()
    {
        var world = new TrainingWorld();
        var nat = Loss.UnitsPerNat;
        var winner = TestCandidate.Make(world, 1, trainer: 0, gain: 20) with { Claim = nat / 10 };
        var honest = TestCandidate.Make(world, 2, trainer: 0, producer: 1, gain: 10) with { Claim = nat / 20 };
        var boaster = TestCandidate.Make(world, 3, trainer: 1, producer: 2, gain: 10) with { Claim = nat };
        var broken = TestCandidate.Make(world, 4, trainer: 1) with { Outcome = new CandidateOutcome.Refused(CandidateVerdict.Malformed), Claim = 1 };
        var infinite = TestCandidate.Make(world, 5, trainer: 2, producer: 3) with { Outcome = new CandidateOutcome.Refused(CandidateVerdict.NotFinite), Claim = 1 };
        var statement = world.RunRound(winner, honest, boaster, broken, infinite);
        Assert.Equal(0, statement.Winner);
        Assert.Equal(Amount.FromNtk(30), world.Supply.Burned);
        Assert.Equal(
            ["2 below_claim", "3 malformed", "4 not_finite"],
            world.Of("training.bond_burned").Select(e => $"{TrainingWorld.Attribute(e, "candidate")} {TrainingWorld.Attribute(e, "reason")}"));
        Assert.Equal(Amount.FromNtk(1_000) - Amount.FromNtk(20), world.Balance(world.Trainers[1].Address));
        Assert.Equal(Amount.FromNtk(1_000) - Amount.FromNtk(10), world.Balance(world.Trainers[2].Address));
    }

    [Theory]
    [InlineData(CandidateVerdict.Untrainable, "untrainable")]
    [InlineData(CandidateVerdict.Copy, "copy")]
    [InlineData(CandidateVerdict.UndeclaredParent, "undeclared_parent")]
    [InlineData(CandidateVerdict.Regressed, null)]
    public void WhatTheChecksFindCannotWinAndCostsWhatItSays(CandidateVerdict verdict, string? burned)
    {
        var world = new TrainingWorld();
        var found = TestCandidate.Make(world, 1, trainer: 0, gain: 30);
        found = found with { Outcome = (CandidateOutcome.Evaluated)found.Outcome with { Verdict = verdict, Detail = 1, Relative = Hash256.Sha256([1]), Distance = 5 } };
        var honest = TestCandidate.Make(world, 2, trainer: 1, producer: 1, gain: 10);
        var statement = world.RunRound(found, honest);
        Assert.Equal(1, statement.Winner);
        Assert.Equal(honest.Model, world.TaskRecord.BestModel);
        var bond = world.Genesis.Parameters.Training.CandidateBond;
        Assert.Equal(burned is null ? Amount.Zero : bond, world.Supply.Burned);
        Assert.Equal(burned is null ? [] : [burned], world.Of("training.bond_burned").Select(e => TrainingWorld.Attribute(e, "reason")));
        var cost = burned is null ? world.Genesis.Parameters.Training.ShortfallFee : bond;
        Assert.Equal(Amount.FromNtk(1_000) - cost, world.Balance(world.Trainers[0].Address));
    }

    [Fact]
    public void WhatIsOutOfBalanceIsRefusedWithoutLosses()
    {
        var world = new TrainingWorld();
        var statement = world.RunRound(TestCandidate.Make(world, 1) with { Outcome = new CandidateOutcome.Refused(CandidateVerdict.Unbalanced, 3) });
        Assert.Equal((CandidateVerdict.Unbalanced, 3u, 0UL), (statement.Candidates[0].Verdict, statement.Candidates[0].Detail, statement.Candidates[0].LossSum));
        Assert.Equal("unbalanced", TrainingWorld.Attribute(world.Of("training.bond_burned").Single(), "reason"));
    }

    [Fact]
    public void ARewardIsNeverMoreThanTheReserve()
    {
        var world = new TrainingWorld(reserveNtk: 0);
        world.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, world.Trainers[2].Address, new Amount(100)));
            var supply = SupplyRecord.Get(context.State);
            context.State.Set(SupplyRecord.Key, (supply with { Reserve = new Amount(100) }).Encode());
        });
        world.RunRound(TestCandidate.Make(world, 1, gain: 50));
        // 45 + 15 + 25 + 10 of the hundred; 5 stay.
        Assert.Equal((new Amount(5), new Amount(95)), (world.Supply.Reserve, TrainingQueries.Rewards(world).Paid));
    }

    [Fact]
    public void TheStatementIsTheSumOfItsLosses()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, gain: 10);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        var (incumbent, losses) = (TestCandidate.IncumbentLosses(64), TestCandidate.LossesLower(64, 10));
        // The last quarter of the 64 pays.
        Assert.Equal((64u, 16u, 48u), (statement.Samples, statement.PaidSamples, statement.JudgedSamples));
        Assert.Equal((Sum(incumbent[..48]), Sum(incumbent[48..])), (statement.IncumbentLossSum, statement.IncumbentPaidSum));
        Assert.Equal((Sum(losses[..48]), Sum(losses[48..])), (statement.Candidates[0].LossSum, statement.Candidates[0].PaidLossSum));
        Assert.Equal(Squares(incumbent[..48], losses[..48]), statement.Candidates[0].DifferenceSquareSum);
        Assert.Equal(Squares(incumbent[48..], losses[48..]), statement.Candidates[0].PaidSquareSum);
        Assert.Equal(CandidateBinding.LossesRoot(losses), statement.Candidates[0].LossesRoot);
        Assert.True(TrainingStatement.TryDecode(statement.Encode(), out var back));
        Assert.Equal(statement, back);

        static ulong Sum(uint[] part) => (ulong)part.Sum(loss => (long)loss);

        static UInt128 Squares(uint[] first, uint[] second) => (UInt128)first.Zip(second).Sum(p => Math.Pow((double)p.First - p.Second, 2));
    }

    // A lie that decodes: another root of losses.
    private static TrainingStatement Wrong(TrainingStatement right, uint lie = 0) =>
        right with { IncumbentLossesRoot = Hash256.Sha256([(byte)lie, 66]) };
}
