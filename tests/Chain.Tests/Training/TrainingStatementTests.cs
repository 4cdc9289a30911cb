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
            foreach (var candidate in statement.Candidates.Where(c => c.Verdict == CandidateVerdict.Evaluated))
            {
                _ = statement.GainOf(candidate).PaidSum();
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
        Refused(statement with { Samples = 1 });
        Refused(statement with { Samples = Limits.EvaluationSamplesMax + 1 });
        Refused(statement with { IncumbentLossSum = (1_000 * Loss.UnitsMax) + 1 });
        Refused(With(statement, winner with { LossSum = (1_000 * Loss.UnitsMax) + 1 }));
        Refused(With(statement, winner with { DifferenceSquareSum = 99_999 })); // below 10,000^2 / 1,000
        Refused(With(statement, winner with { DifferenceSquareSum = UInt128.MaxValue }));
        Refused(With(statement, winner with { ClaimedGain = Loss.UnitsMax + 1 }));
        Refused(With(statement, winner with { Verdict = (CandidateVerdict)3 }));
        Refused(With(statement, winner with { Verdict = CandidateVerdict.Malformed }));
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
    public void TheLayoutIsFinal()
    {
        var hashes = Enumerable.Range(0, 200).SelectMany(i => Hash256.Sha256(TrainingSamples.Statement((ulong)i).Encode()).ToArray()).ToArray();
        Assert.Equal("0x48c38bf93da1c90114557d42dfd5f0dc5fafa9eacf00cb092a3a3e3038aaf2b4", Hash256.Sha256(hashes).ToString());
    }

    private static TrainingStatement With(TrainingStatement statement, CandidateResult winner) => statement with { Candidates = [statement.Candidates[0], winner] };

    private static void Refused(TrainingStatement statement) => Assert.False(TrainingStatement.TryDecode(statement.Encode(), out _));
}
