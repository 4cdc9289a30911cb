using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class EndpointQuorumTests
{
    private const ulong ChainId = 1;

    private static readonly Hash256 Genesis = Words.Of(0x6e);

    // A header that stands for the true one, and one for each lie: only their hashes matter here.
    private static readonly PaperEthereum Chain = new PaperEthereum().MineEmpty(3);

    [Theory]
    [InlineData(3, 2, false, null)]
    [InlineData(3, 3, false, null)]
    [InlineData(5, 3, false, null)]
    [InlineData(1, 1, true, null)]
    [InlineData(2, 2, true, null)]
    [InlineData(1, 1, false, "3 to 16")]
    [InlineData(2, 2, false, "3 to 16")]
    [InlineData(17, 9, false, "3 to 16")]
    [InlineData(0, 0, true, "1 to 16")]
    [InlineData(3, 1, false, "no quorum")]
    [InlineData(4, 2, false, "no quorum")]
    [InlineData(3, 4, false, "no quorum")]
    [InlineData(2, 1, true, "no quorum")]
    public void MoreThanHalfOfAtLeastThreeMustAgree(int endpoints, int required, bool isLocal, string? refusal)
    {
        var options = new QuorumOptions(endpoints, required, ChainId, Genesis) { IsLocalTestnet = isLocal };
        if (refusal is null) _ = new EndpointQuorum(options);
        else Assert.Contains(refusal, Assert.Throws<OperatorException>(() => new EndpointQuorum(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLeastOfWhatCountsIsFinal()
    {
        var verdict = Assess(Survey(100, 40), Survey(101, 41), Survey(99, 39));
        Assert.Equal(((ulong?)39, 100UL), (verdict.Finalized, verdict.Head));
        Assert.Equal([0, 1, 2], verdict.Counted);
    }

    [Fact]
    public void AnEndpointThatCannotCountIsNamed()
    {
        var good = Survey(1_000, 900);
        Assert.Equal(EndpointRefusal.Silent, Standing(null));
        Assert.Equal(EndpointRefusal.OtherChainId, Standing(good with { ChainId = 2 }));
        Assert.Equal(EndpointRefusal.OtherGenesis, Standing(good with { Genesis = Words.Of(1) }));
        Assert.Equal(EndpointRefusal.FinalizedIsLatest, Standing(Survey(1_000, 1_000)));
        Assert.Equal(EndpointRefusal.FinalizedIsLatest, Standing(Survey(1_000, 1_001)));
        Assert.Equal(EndpointRefusal.FinalizedLags, Standing(Survey(1_000, 743)));
        Assert.Equal(EndpointRefusal.None, Standing(Survey(1_000, 744)));
        Assert.Equal(EndpointRefusal.FinalizedLags, Standing(Survey(700, 650))); // stuck altogether
        Assert.Equal(EndpointRefusal.BehindCursor, Standing(Survey(1_000, 899), scanned: 900));
        Assert.Equal(EndpointRefusal.None, Standing(Survey(1_000, 900), scanned: 900));

        EndpointRefusal Standing(EndpointSurvey? survey, ulong scanned = 0) =>
            Quorum().Assess(QuorumMemory.Of(3), [survey, good, good], scanned).Standings[0];
    }

    [Fact]
    public void WhatWasFinalStaysFinal()
    {
        var first = Assess(Survey(100, 40), Survey(100, 40), Survey(100, 40));
        var second = Quorum().Assess(first.Memory, [Survey(101, 39), Survey(101, 40, salt: 1), Survey(101, 40)], 0);
        Assert.Equal([EndpointRefusal.FinalizedMovedBackwards, EndpointRefusal.FinalizedChanged, EndpointRefusal.None], second.Standings);
        Assert.Null(second.Finalized);
        var third = Quorum().Assess(second.Memory, [Survey(102, 41), Survey(102, 41), null], 0);
        Assert.Equal(41UL, third.Finalized); // it is back where it was, and beyond
    }

    [Fact]
    public void BelowTheQuorumNothingIsFinal()
    {
        Assert.Null(Assess(Survey(100, 40), null, null).Finalized);
        Assert.Null(Assess(Survey(100, 40), Survey(100, 40) with { ChainId = 5 }, Survey(100, 100)).Finalized);
        Assert.Null(Assess(null, null, null).Finalized);
    }

    [Fact]
    public void OneThatClaimsADistantHeadRefusesNobody()
    {
        var verdict = Assess(Survey(ulong.MaxValue, 40), Survey(100, 40), Survey(100, 40));
        Assert.Equal(100UL, verdict.Head);
        Assert.Equal([0, 1, 2], verdict.Counted);
    }

    [Fact]
    public void TheSameHashNumberAndParentMakeABlock()
    {
        var (truth, lie) = (Chain.Blocks[1].Rpc, Chain.Blocks[2].Rpc);
        var verdict = Quorum().Agree([truth, lie, truth]);
        Assert.Equal((truth, QuorumFault.None), (verdict.Block, verdict.Fault));
        Assert.Equal([0, 2], verdict.Agreeing);
        Assert.Equal([1], verdict.Dissenting);

        Assert.Equal(QuorumFault.NoAgreement, Quorum().Agree([truth, lie, null]).Fault);
        Assert.Equal(QuorumFault.NoAgreement, Quorum().Agree([truth, truth with { ParentHash = lie.ParentHash }, truth with { Id = truth.Id with { Number = 9 } }]).Fault);
        Assert.Equal(QuorumFault.BelowQuorum, Quorum().Agree([truth, null, null]).Fault);
        Assert.Equal(QuorumFault.BelowQuorum, Quorum().Agree([null, null, null]).Fault);
    }

    [Fact]
    public void FieldsThatDoNotHashAreALieOfOneAndALayoutOfAll()
    {
        var truth = Chain.Blocks[1].Rpc;
        var bare = truth with { Header = null };
        var one = Quorum().Agree([bare, truth, truth]);
        Assert.Equal((truth, QuorumFault.None), (one.Block, one.Fault));
        Assert.Equal([0], one.Dissenting);
        // The hash is what a quorum agrees on; one that has the fields for it is enough.
        Assert.Equal(truth, Quorum().Agree([bare, truth, bare]).Block);
        Assert.Equal(QuorumFault.UnknownHeaderLayout, Quorum().Agree([bare, bare, bare]).Fault);
        Assert.Equal(QuorumFault.UnknownHeaderLayout, Quorum().Agree([bare, null, bare]).Fault);
        Assert.Equal(QuorumFault.BelowQuorum, Quorum().Agree([bare, null, null]).Fault);
    }

    /// <summary>Whatever fewer than q liars say, together or each for itself: the truth or nothing, and the truth if q honest ones answer.</summary>
    [Fact]
    public void FewerLiarsThanAQuorumAreOutvoted() =>
        Prop.ForAll<ulong>(seed =>
        {
            var stream = new SeededStream(seed);
            var (endpoints, required, liars) = Draw(stream);
            var (truth, lie) = (Chain.Blocks[1].Rpc, Chain.Blocks[2].Rpc);
            var said = new RpcHeader?[endpoints];
            var honest = 0;
            for (var i = 0; i < endpoints; i++)
            {
                if (i < liars) said[i] = stream.NextBelow(4) switch { 0 => null, 1 => truth with { Header = null }, 2 => truth with { ParentHash = stream.NextHash() }, _ => lie };
                else if (stream.NextChance(3, 4)) (said[i], honest) = (truth, honest + 1);
            }

            var verdict = new EndpointQuorum(new QuorumOptions(endpoints, required, ChainId, Genesis)).Agree(said);
            Assert.True(verdict.Block is null || verdict.Block == truth);
            Assert.NotEqual(QuorumFault.UnknownHeaderLayout, verdict.Fault);
            if (honest >= required) Assert.Equal(truth, verdict.Block);
            Assert.Equal(said.Count(one => one is not null), verdict.Agreeing.Length + verdict.Dissenting.Length);
        }).QuickCheckThrowOnFailure();

    /// <summary>What is final by a quorum is final by an honest endpoint, and no liar has an honest one refused.</summary>
    [Fact]
    public void FewerLiarsThanAQuorumNeitherAdvanceNorRefuse() =>
        Prop.ForAll<ulong>(seed =>
        {
            var stream = new SeededStream(seed);
            var (endpoints, required, liars) = Draw(stream);
            var surveys = new EndpointSurvey?[endpoints];
            ulong highest = 0;
            for (var i = 0; i < endpoints; i++)
            {
                var latest = 10_000 + stream.NextBelow(20);
                var finalized = latest - 64 - stream.NextBelow(32);
                if (i < liars) surveys[i] = stream.NextChance(1, 4) ? null : Survey(stream.NextUInt64(), stream.NextBelow(20_000), stream.NextBelow(3));
                else if (stream.NextChance(3, 4)) (surveys[i], highest) = (Survey(latest, finalized), Math.Max(highest, finalized));
            }

            var verdict = new EndpointQuorum(new QuorumOptions(endpoints, required, ChainId, Genesis)).Assess(QuorumMemory.Of(endpoints), surveys, 0);
            Assert.All(Enumerable.Range(liars, endpoints - liars), i => Assert.Equal(surveys[i] is null ? EndpointRefusal.Silent : EndpointRefusal.None, verdict.Standings[i]));
            if (verdict.Finalized is not { } final) return;
            Assert.True(verdict.Counted.Count() >= required);
            Assert.True(final <= highest);
        }).QuickCheckThrowOnFailure();

    private static (int Endpoints, int Required, int Liars) Draw(SeededStream stream)
    {
        var endpoints = 3 + (int)stream.NextBelow(6);
        var required = (endpoints / 2) + 1 + (int)stream.NextBelow((ulong)((endpoints - 1) / 2));
        return (endpoints, required, (int)stream.NextBelow((ulong)required));
    }

    private static EndpointQuorum Quorum() => new(new QuorumOptions(3, 2, ChainId, Genesis));

    private static FinalityVerdict Assess(params EndpointSurvey?[] surveys) => Quorum().Assess(QuorumMemory.Of(3), surveys, 0);

    private static EndpointSurvey Survey(ulong latest, ulong finalized, ulong salt = 0) =>
        new(ChainId, Genesis, new EthereumBlockId(latest, Words.Of(latest)), new EthereumBlockId(finalized, Words.Of(((UInt128)salt << 64) + finalized)));
}
