namespace NeuroChain.Chain.Tests;

/// <summary>Forks of every shape, told by hand: who is named, by which proof, and which polka is asked for where one is missing.</summary>
public sealed class ForkAnalysisTests
{
    // Two of four lie: 0 and 1. 2 is honest on one side and 3 on the other.
    private static readonly Committee Four = new(4);

    [Fact]
    public void InOneRoundTheSignersOfBothSignedTwice() =>
        Names(Analyze(Four.Commit(1, 'a', 0, 1, 2), Four.Commit(1, 'b', 0, 1, 3)), FaultKind.DuplicateVote);

    [Fact]
    public void AFreshBlockAfterADecisionIsAmnesia()
    {
        var (a, b) = (Four.Commit(0, 'a', 0, 1, 2), Four.Commit(2, 'b', 0, 1, 3));
        Misses(Analyze(a, b), 2, 'b');
        Names(Analyze(a, b, Four.Polka(2, 'b', -1, 0, 1, 3)), FaultKind.Amnesia);
        Names(Analyze(b, a, Four.Polka(2, 'b', -1, 0, 1, 3)), FaultKind.Amnesia); // in either order
    }

    [Fact]
    public void AnAnswerToAPolkaBeforeTheDecisionIsAmnesia() =>
        Names(Analyze(Four.Commit(1, 'a', 0, 1, 2), Four.Commit(2, 'b', 0, 1, 3), Four.Polka(2, 'b', 0, 0, 1, 3)), FaultKind.Amnesia);

    [Fact]
    public void AnAnswerToAPolkaOfTheRoundOfTheDecisionMeansTwoPolkasThere()
    {
        var (a, b, polka) = (Four.Commit(1, 'a', 0, 1, 2), Four.Commit(3, 'b', 0, 1, 3), Four.Polka(3, 'b', 1, 0, 1, 3));
        Misses(Analyze(a, b, polka), 1, 'b');
        Misses(Analyze(a, b, polka, Four.Polka(1, 'b', -1, 0, 1, 3)), 1, 'a');
        Misses(Analyze(a, b, polka, Four.Polka(1, 'a', -1, 0, 1, 2)), 1, 'b');
        Names(Analyze(a, b, polka, Four.Polka(1, 'a', -1, 0, 1, 2), Four.Polka(1, 'b', -1, 0, 1, 3)), FaultKind.DuplicateVote);
    }

    [Fact]
    public void AChainOfPolkasIsFollowedToItsBeginning()
    {
        var (a, b) = (Four.Commit(0, 'a', 0, 1, 2), Four.Commit(6, 'b', 0, 1, 3));
        PolkaCertificate[] chain = [Four.Polka(6, 'b', 4, 0, 1, 3), Four.Polka(4, 'b', 3, 0, 1, 3), Four.Polka(3, 'b', -1, 0, 1, 3)];
        Misses(Analyze(a, b), 6, 'b');
        Misses(Analyze(a, b, chain[..1]), 4, 'b');
        Misses(Analyze(a, b, chain[..2]), 3, 'b');
        Names(Analyze(a, b, chain), FaultKind.Amnesia);
        Names(Analyze(a, b, [.. chain.Reverse()]), FaultKind.Amnesia);
    }

    [Fact]
    public void AHonestValidatorThatSignedBothIsNotNamed()
    {
        // 2 precommitted a in round 0, answered the polka of round 1 for b in round 2, and precommitted b: all as it must.
        var (a, b) = (Four.Commit(0, 'a', 0, 1, 2), Four.Commit(2, 'b', 0, 1, 2, 3));
        PolkaCertificate[] polkas = [Four.Polka(2, 'b', 1, 0, 1, 2, 3), Four.Polka(1, 'b', -1, 0, 1, 3)];
        Names(Analyze(a, b, polkas), FaultKind.Amnesia);
    }

    [Fact]
    public void WhatIsNoForkIsNamed()
    {
        var (a, b) = (Four.Commit(1, 'a', 0, 1, 2), Four.Commit(1, 'b', 0, 1, 3));
        Assert.Equal(ForkFault.SameBlock, Analyze(a, Four.Commit(2, 'a', 0, 1, 3)).Fault);
        Assert.Equal(ForkFault.FirstCertificate, Analyze(Four.Commit(1, 'a', 0, 1), b).Fault);
        Assert.Equal(ForkFault.SecondCertificate, Analyze(a, b with { Round = new Round(2) }).Fault);
        var precommit = new Precommit(new Height(8), new Round(1), Committee.Block('b'));
        var other = new CommitCertificate(precommit.Height, precommit.Round, Committee.Block('b'), [.. Enumerable.Range(0, 4).Select(i => new IndexedSignature((ushort)i, Four.Sign(i, precommit).Signature))]);
        Assert.Equal(ForkFault.DifferentHeights, Analyze(a, other).Fault);
        Assert.Empty(Analyze(a, other).Proofs);
    }

    [Fact]
    public void PolkasThatDoNotHoldAreLeftOutAndCounted()
    {
        var (a, b) = (Four.Commit(0, 'a', 0, 1, 2), Four.Commit(2, 'b', 0, 1, 3));
        var good = Four.Polka(2, 'b', -1, 0, 1, 3);
        PolkaCertificate[] bad = [Four.Polka(2, 'b', -1, 0, 1), good with { Round = new Round(1) }, good with { Height = new Height(8) }];
        var finding = Analyze(a, b, bad);
        Misses(finding, 2, 'b');
        Assert.Equal(3, finding.RefusedPolkas);
        Names(Analyze(a, b, [.. bad, good]), FaultKind.Amnesia);
    }

    private static ForkFinding Analyze(CommitCertificate a, CommitCertificate b, params PolkaCertificate[] polkas) =>
        ForkAnalysis.Analyze(Committee.Genesis, Four.Set, a, b, polkas);

    private static void Names(ForkFinding finding, FaultKind kind)
    {
        Assert.Equal((ForkFault.None, true, 2UL, (MissingPolka?)null), (finding.Fault, finding.IsEnough, finding.GuiltyPower, finding.Missing));
        Assert.Equal([Four.Keys[0].Address, Four.Keys[1].Address], finding.Proofs.Select(proof => proof.Guilty));
        Assert.All(finding.Proofs, proof => Assert.Equal((kind, EvidenceFault.None), (proof.Kind, proof.Check(Committee.Genesis))));
    }

    private static void Misses(ForkFinding finding, int round, char block)
    {
        Assert.Equal((ForkFault.None, false, 0UL), (finding.Fault, finding.IsEnough, finding.GuiltyPower));
        Assert.Equal(new MissingPolka(new Round((uint)round), Committee.Block(block).Hash), finding.Missing);
    }
}
