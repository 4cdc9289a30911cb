using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>The votes of a certificate are counted together before any rule is tried; and polkas are told of whoever acts on them.</summary>
public sealed class CertificateInputTests
{
    private static readonly Row Start = new("start", "start", "round 0 v0, timer propose 0", "0 propose");

    [Fact]
    public void NoTimerIsArmedInTheMiddleOfACertificate()
    {
        // Nil of 1 and A of 0 and 2 are precommits of more than two thirds: the timer, and then the decision.
        const string Single = "timer precommit 0, decide 0 A by 0 2 3";
        Assert.Equal(Single, Effects(Begun("precommit 0 nil by 1"), script => script.Tell("precommit 0 A by 0 2 3")));
        Assert.Equal("decide 0 A by 0 2 3", Effects(Begun("precommit 0 nil by 1"), script => script.TellAsOne("precommit 0 A by 0 2 3")));
    }

    [Fact]
    public void NoRoundIsSkippedToBeforeAllIsCounted()
    {
        // Two of four are more than a third: one by one they skip to round 1 and the third decides; as one they decide.
        Assert.StartsWith("round 1", Effects(Begun(), script => script.Tell("precommit 1 A by 0 1 2")));
        Assert.Equal("decide 1 A by 0 1 2", Effects(Begun(), script => script.TellAsOne("precommit 1 A by 0 1 2")));
    }

    /// <summary>Its second vote counts because others say the same, and they stand behind it in the certificate.</summary>
    [Fact]
    public void ADoubleVoterCountsWhereverItStandsInACertificate()
    {
        var script = Begun("precommit 0 nil by 0");
        Assert.Equal("evidence v0 precommit 0, decide 0 A by 0 1 2", Effects(script, s => s.TellAsOne("precommit 0 A by 0 1 2")));
    }

    [Fact]
    public void WhatIsKnownOfACertificateChangesNothing()
    {
        var script = Begun("prevote 0 A by 1");
        Assert.Equal("precommit 0 A", Effects(script, s => s.TellAsOne("prevote 0 A by 1 2")));
        Assert.Equal("", Effects(script, s => s.TellAsOne("prevote 0 A by 1 2")));
        Assert.Empty(script.Tell(new Input.CertificateReceived([])));
        var vote = ((Input.VoteReceived)script.Parse("prevote 0 A by 2").Single()).Vote.Signed;
        Assert.True(script.Driver.Has(vote));
        Assert.False(script.Driver.Has(((Input.VoteReceived)script.Parse("prevote 0 nil by 2").Single()).Vote.Signed));
    }

    [Fact]
    public void APolkaIsToldOnceAndWithAsManySignaturesAsMakeIt()
    {
        var script = Begun();
        Assert.Empty(Polkas(script.Tell("prevote 0 A by 0")));
        var polka = Assert.Single(Polkas(script.Tell("prevote 0 A by 1")));
        Assert.Equal((Round.Zero, null, Committee.Block("A").Hash), (polka.Round, polka.ValidRound, polka.Block));
        Assert.Equal(3, polka.Signatures.Length); // with its own
        Assert.Equal(CertificateFault.None, polka.Check(Committee.Genesis, script.Committee.Set));
        Assert.Empty(Polkas(script.Tell("prevote 0 A by 2")));
    }

    /// <summary>Who looks into a fork needs it, also where nobody here can act on it any more, or yet, or it is for a block that nobody has.</summary>
    [Fact]
    public void APolkaOfAnyRoundIsTold()
    {
        var script = Begun();
        script.Tell("precommit 3 nil by 0 1");
        Assert.Equal(new Round(3), script.Driver.Round);
        Assert.Equal(Round.Zero, Assert.Single(Polkas(script.Tell("prevote 0 B by 0 1 2"))).Round);
        var ahead = Assert.Single(Polkas(script.TellAsOne("prevote 5 C vr 0 by 0 1 2")));
        Assert.Equal((new Round(5), (Round?)Round.Zero), (ahead.Round, ahead.ValidRound));
        Assert.Empty(Polkas(script.Tell("prevote 5 nil by 0 1 2")));
    }

    [Fact]
    public void PrevotesOfTwoValidRoundsAreNoPolkaTogether()
    {
        var script = Begun();
        Assert.Empty(Polkas(script.TellAsOne("prevote 1 A by 0 1, prevote 1 A vr 0 by 2")));
    }

    /// <summary>A locked validator, as one would say, that prevotes another block without a polka for it: found in whichever order it is heard.</summary>
    [Theory]
    [InlineData("precommit 0 A by 1", "prevote 1 B by 1", "evidence v1 amnesia 0 1")]
    [InlineData("prevote 1 B by 1", "precommit 0 A by 1", "evidence v1 amnesia 0 1")]
    [InlineData("precommit 0 A by 1", "prevote 1 A by 1", "evidence v1 amnesia 0 1")]
    [InlineData("precommit 0 A by 1", "prevote 1 B vr 0 by 1", "")]
    [InlineData("precommit 0 A by 1", "prevote 1 nil by 1", "")]
    [InlineData("precommit 0 nil by 1", "prevote 1 B by 1", "")]
    public void AmnesiaIsFound(string first, string second, string evidence)
    {
        var script = new Script(self: 3).Check(Start, new("", first, "", "0 propose"));
        Assert.Equal(evidence, Effects(script, s => s.Tell(second)));
    }

    private static Script Begun(params string[] told)
    {
        var script = new Script(self: 3);
        foreach (var text in (string[])["start", "proposal 0 A", .. told]) script.Tell(text);
        return script;
    }

    private static string Effects(Script script, Func<Script, IReadOnlyList<Effect>> tell) =>
        string.Join(", ", tell(script).Where(effect => effect is not Effect.PolkaSeen).Select(script.Describe));

    private static IEnumerable<PolkaCertificate> Polkas(IReadOnlyList<Effect> effects) => effects.OfType<Effect.PolkaSeen>().Select(seen => seen.Certificate);
}
