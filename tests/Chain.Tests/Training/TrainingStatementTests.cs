namespace NeuroChain.Chain.Tests;

public sealed class TrainingStatementTests
{
    [Fact]
    public void AStatementIsReadAsItWasWritten()
    {
        for (var seed = 0UL; seed < 500; seed++)
        {
            var statement = TrainingSamples.Statement(seed);
            Assert.True(TrainingStatement.TryDecode(statement.Encode(), out var back));
            Assert.Equal(statement, back);
            Assert.Equal(statement.Encode(), back.Encode());
            Assert.Equal(statement.Digest, back.Digest);
        }
    }

    [Fact]
    public void NoBytesMakeTheDecoderFail()
    {
        var stream = new SeededStream(2);
        var decoded = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = i % 2 == 0
                ? TrainingSamples.Random(stream, 2_000)
                : TrainingSamples.Mutated(stream, TrainingSamples.Statement(stream.NextBelow(100)).Encode());
            if (!TrainingStatement.TryDecode(bytes, out var statement)) continue;
            decoded++;
            Assert.Equal(bytes, statement.Encode()); // one encoding
            _ = statement.Winner; // no product overflows
            foreach (var candidate in statement.Candidates.Where(c => c.HasLosses))
            {
                _ = statement.PaidSumOf(candidate);
                _ = statement.GainOf(candidate).ReachedZThousandths();
                _ = statement.GainOf(candidate).IsBelowClaim(candidate.ClaimedGain, statement.ZThousandths);
            }
        }

        Assert.InRange(decoded, 1_000, 10_000);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = TrainingSamples.Won(TrainingSamples.Manifest()).Encode();
        for (var length = 0; length < bytes.Length; length++) Assert.False(TrainingStatement.TryDecode(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void ImpossibleSumsAreRefused()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        var winner = statement.Candidates[1];
        Refused(statement with { Samples = 301 }); // one that judges
        Refused(statement with { PaidSamples = 1 });
        Refused(statement with { PaidSamples = uint.MaxValue });
        Refused(statement with { Samples = Limits.EvaluationSamplesMax + 1 });
        Refused(statement with { PaidErrorsThousandths = GainStatistics.PaidErrorsThousandthsMax + 1 });
        Refused(statement with { IncumbentPaidSum = (300 * Loss.UnitsMax) + 1 });
        Refused(With(statement, winner with { PaidLossSum = (300 * Loss.UnitsMax) + 1 }));
        Refused(With(statement, winner with { PaidSquareSum = 29_999 })); // below 3,000^2 / 300
        Refused(With(statement, winner with { Distance = 1 })); // from nothing
        Refused(With(statement, winner with { Detail = 1 })); // of no verdict
        Refused(statement with { IncumbentLossSum = (1_000 * Loss.UnitsMax) + 1 });
        Refused(With(statement, winner with { LossSum = (1_000 * Loss.UnitsMax) + 1 }));
        Refused(With(statement, winner with { DifferenceSquareSum = 99_999 })); // below 10,000^2 / 1,000
        Refused(With(statement, winner with { DifferenceSquareSum = UInt128.MaxValue }));
        Refused(With(statement, winner with { ClaimedGain = Loss.UnitsMax + 1 }));
        Refused(With(statement, winner with { Verdict = (CandidateVerdict)8 }));
        Refused(With(statement, winner with { Verdict = CandidateVerdict.Malformed }));
        Refused(With(statement, winner with { Verdict = CandidateVerdict.Unbalanced }));
        Refused(With(statement, statement.Candidates[0] with { PaidSquareSum = 1 }));
        Refused(With(statement, statement.Candidates[0] with { Relative = Hash256.Sha256([1]) }));
        Refused(statement with { Candidates = [.. Enumerable.Repeat(winner, Limits.CandidatesMax + 1)] });
        Assert.True(TrainingStatement.TryDecode(With(statement, winner with { DifferenceSquareSum = 100_000 }).Encode(), out _));
    }

    [Fact]
    public void TheLargestGainWinsAndTheEarlierCommitWhereTwoAreEqual()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        var good = statement.Candidates[1];
        var better = good with { LossSum = good.LossSum - 1_000, DifferenceSquareSum = 130_000 };
        Assert.Equal(1, statement.Winner);
        Assert.Equal(1, (statement with { Candidates = [good, better, better] }).Winner);
        Assert.Equal(0, (statement with { Candidates = [good, good] }).Winner);
        Assert.Null((statement with { Candidates = [] }).Winner);
        Assert.Null((statement with { Candidates = [statement.Candidates[0]] }).Winner);
    }

    [Fact]
    public void AGainMustReachBothBounds()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        Assert.Equal(1, (statement with { RequiredGainMillionths = 100_000 }).Winner); // exactly ten percent
        Assert.Null((statement with { RequiredGainMillionths = 100_001 }).Winner);
        Assert.Null(With(statement, statement.Candidates[1] with { DifferenceSquareSum = 1_000_000_000 }).Winner); // too noisy
    }

    [Fact]
    public void OnlyAnEvaluatedCandidateWins()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        foreach (var verdict in Enum.GetValues<CandidateVerdict>().Where(v => v >= CandidateVerdict.Untrainable))
        {
            var refused = With(statement, statement.Candidates[1] with { Verdict = verdict, Detail = 7 });
            Assert.True(TrainingStatement.TryDecode(refused.Encode(), out var read));
            Assert.Equal(refused, read);
            Assert.Null(read.Winner);
        }
    }

    [Fact]
    public void WhatJudgesDoesNotPay()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        var winner = statement.Candidates[1];
        Assert.Equal(new GainStatistics(1_000, 10_000, 110_000), statement.GainOf(winner));
        Assert.Equal(new GainStatistics(300, 3_000, 33_000), statement.PaidGainOf(winner));
        Assert.Equal(0UL, statement.PaidSumOf(winner with { PaidLossSum = 30_000, PaidSquareSum = 0 }));
        Assert.Equal(1, With(statement, winner with { PaidLossSum = 30_000, PaidSquareSum = 0 }).Winner);
    }

    [Fact]
    public void TheSampleRootNamesTheSetAndTheDrawInItsOrder()
    {
        var root = CandidateBinding.SampleList(SampleSource.PublicHoldOut, Hash256.Sha256([1]), 100, [3, 1, 2]);
        Assert.NotEqual(root, CandidateBinding.SampleList(SampleSource.Generator, Hash256.Sha256([1]), 100, [3, 1, 2]));
        Assert.NotEqual(root, CandidateBinding.SampleList(SampleSource.PublicHoldOut, Hash256.Sha256([2]), 100, [3, 1, 2]));
        Assert.NotEqual(root, CandidateBinding.SampleList(SampleSource.PublicHoldOut, Hash256.Sha256([1]), 101, [3, 1, 2]));
        Assert.NotEqual(root, CandidateBinding.SampleList(SampleSource.PublicHoldOut, Hash256.Sha256([1]), 100, [1, 2, 3]));
    }

    [Fact]
    public void ACandidateHas233Bytes()
    {
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        Assert.Equal(CandidateResult.Size, statement.Encode().Length - (statement with { Candidates = [statement.Candidates[0]] }).Encode().Length);
        Assert.Equal(233, CandidateResult.Size);
    }

    [Fact]
    public void TheLayoutIsFinal()
    {
        var hashes = Enumerable.Range(0, 200).SelectMany(i => Hash256.Sha256(TrainingSamples.Statement((ulong)i).Encode()).ToArray()).ToArray();
        Assert.Equal("0x7cb4c7e95aa19edbf82efe13bc11b5fb061127e525082be106e4a0f0453d7c2b", Hash256.Sha256(hashes).ToString());
    }

    private static TrainingStatement With(TrainingStatement statement, CandidateResult winner) => statement with { Candidates = [statement.Candidates[0], winner] };

    private static void Refused(TrainingStatement statement) => Assert.False(TrainingStatement.TryDecode(statement.Encode(), out _));
}
