using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Every reason to say no, and that there is no other.</summary>
public sealed class SignerRulesTests
{
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256("signer"u8));

    private static readonly Height Here = new(7);

    [Fact]
    public void WhoSignedNothingMaySignAnything()
    {
        foreach (var request in new[] { Proposal(0, "A"), Prevote(3, "A", 1), Prevote(0, null), Precommit(2, "B"), Precommit(9, null) })
            Assert.Equal((SignRefusal.None, null), SignerRules.Check(SignerState.Empty, request));
    }

    [Fact]
    public void AnEarlierHeightIsRefused()
    {
        var state = After(Prevote(0, "A"));
        foreach (var request in new[] { Proposal(5, "A", height: 6), Prevote(5, null, height: 6), Precommit(5, "A", height: 6) }) Refuses(SignRefusal.Regression, state, request);
    }

    [Fact]
    public void AnEarlierRoundIsRefused()
    {
        var state = After(Prevote(2, "A"));
        foreach (var request in new[] { Proposal(1, "A"), Prevote(1, null), Precommit(1, "A"), Prevote(0, "A") }) Refuses(SignRefusal.Regression, state, request);
    }

    [Fact]
    public void AnEarlierStepIsRefused()
    {
        Refuses(SignRefusal.Regression, After(Prevote(2, "A")), Proposal(2, "A"));
        Refuses(SignRefusal.Regression, After(Precommit(2, "A")), Proposal(2, "A"));
        Refuses(SignRefusal.Regression, After(Precommit(2, null)), Prevote(2, "A"));
    }

    [Fact]
    public void SomethingElseInTheSamePlaceIsRefused()
    {
        Refuses(SignRefusal.Conflict, After(Proposal(2, "A")), Proposal(2, "B"));
        Refuses(SignRefusal.Conflict, After(Proposal(2, "A")), Proposal(2, "A", 1));
        Refuses(SignRefusal.Conflict, After(Prevote(2, "A")), Prevote(2, "B"));
        Refuses(SignRefusal.Conflict, After(Prevote(2, "A")), Prevote(2, null));
        Refuses(SignRefusal.Conflict, After(Prevote(2, null)), Prevote(2, "A"));
        Refuses(SignRefusal.Conflict, After(Prevote(2, "A")), Prevote(2, "A", 1));
        Refuses(SignRefusal.Conflict, After(Precommit(2, "A")), Precommit(2, "B"));
        Refuses(SignRefusal.Conflict, After(Precommit(2, "A")), Precommit(2, "A*"));
        Refuses(SignRefusal.Conflict, After(Precommit(2, "A")), Precommit(2, null));
        Refuses(SignRefusal.Conflict, After(Proposal(2, "A"), Prevote(2, "A"), Precommit(2, "A")), Prevote(2, "B"));
    }

    [Fact]
    public void TheSameGetsTheSameSignature()
    {
        SignRequest[] round = [Proposal(2, "A"), Prevote(2, "A"), Precommit(2, "A")];
        for (var signed = 1; signed <= round.Length; signed++)
        {
            var state = After(round[..signed]);
            foreach (var request in round[..signed]) Assert.Equal((SignRefusal.None, Key.Sign(request.Digest)), SignerRules.Check(state, request));
        }
    }

    [Fact]
    public void LaterStepsRoundsAndHeightsAreSigned()
    {
        Signs(After(Proposal(2, "A")), Prevote(2, "A"));
        Signs(After(Proposal(2, "A")), Precommit(2, "A"));
        Signs(After(Prevote(2, "A")), Precommit(2, "A"));
        Signs(After(Precommit(2, null)), Proposal(3, "A"));
        Signs(After(Precommit(2, "A")), Prevote(0, "B", height: 8));
    }

    [Theory]
    [InlineData("A", null, false)]
    [InlineData("B", null, false)]
    [InlineData("A", 1u, false)]
    [InlineData("B", 1u, false)]
    [InlineData("A", 2u, true)]
    [InlineData("B", 2u, true)]
    [InlineData("B", 3u, true)]
    [InlineData(null, null, true)]
    public void APrevoteForABlockMustAnswerAPolkaSinceTheLock(string? block, uint? validRound, bool isSigned)
    {
        var state = After(Prevote(2, "A"), Precommit(2, "A"), Prevote(3, null), Precommit(3, null)); // the lock outlives the rounds
        if (isSigned) Signs(state, Prevote(4, block, validRound));
        else Refuses(SignRefusal.AgainstLock, state, Prevote(4, block, validRound));
    }

    [Fact]
    public void TheLockMovesWithALaterPrecommitOnly()
    {
        var moved = After(Precommit(0, "A"), Prevote(2, "B", 1), Precommit(2, "B"));
        Refuses(SignRefusal.AgainstLock, moved, Prevote(3, "B", 1));
        Signs(moved, Prevote(3, "B", 2));
        var nil = After(Precommit(1, "A"), Precommit(2, null));
        Signs(nil, Prevote(3, "A", 1)); // a nil precommit is no lock
        Refuses(SignRefusal.AgainstLock, nil, Prevote(3, "A", 0)); // nor does it unlock
    }

    [Fact]
    public void ALockEndsWithItsHeight()
    {
        var state = After(Precommit(2, "A"), Prevote(0, null, height: 8));
        Signs(state, Prevote(1, "B", height: 8));
        Assert.Null(state.LockedRound);
    }

    [Fact]
    public void ALockBindsPrevotesOnly()
    {
        var state = After(Precommit(2, "A"));
        Signs(state, Proposal(3, "B"));
        Signs(state, Precommit(3, "B"));
    }

    [Fact]
    public void RequestsOfDifferentKindsHaveDifferentDigests()
    {
        var requests = new[] { Proposal(2, "A"), Proposal(2, "A", 1), Prevote(2, "A"), Prevote(2, "A", 1), Prevote(2, null), Precommit(2, "A"), Precommit(2, null) };
        Assert.Equal(requests.Length, requests.Select(r => r.Digest).Distinct().Count());
        Assert.NotEqual(Prevote(2, "A").Digest, new Prevote(Here, new Round(2), Committee.Block("A").Hash, null).Digest(new GenesisHash(Hash256.Zero)));
    }

    [Fact]
    public void TheStateSurvivesItsEncoding()
    {
        foreach (var state in new[]
        {
            SignerState.Empty,
            After(Proposal(2, "A")),
            After(Prevote(2, "A")),
            After(Precommit(2, "A")),
            After(Proposal(2, "A"), Prevote(2, "A"), Precommit(2, "A"), Prevote(3, null)),
            After(Proposal(2, "A"), Prevote(2, "A"), Precommit(2, "A")),
        })
        {
            var bytes = state.Encode();
            Assert.InRange(bytes.Length, 0, SignerState.SizeMax);
            Assert.Equal(state, SignerState.Decode(bytes));
            for (var length = 0; length < bytes.Length; length++) Assert.Null(SignerState.Decode(bytes.AsSpan(0, length)));
            Assert.Null(SignerState.Decode([.. bytes, 0]));
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 0x82;
                if (SignerState.Decode(bytes) is { } other) Assert.Equal(bytes, other.Encode());
                bytes[i] ^= 0x82;
            }
        }
    }

    /// <summary>With the key's true signature; without it nothing is looked at.</summary>
    [Fact]
    public void WhatIsAheadOfTheMemoryOrInThePlaceOfSomethingElseWasSignedElsewhere()
    {
        var state = After(Proposal(1, "A"), Prevote(2, "A"), Precommit(2, "A"));
        foreach (var own in new[] { Prevote(2, "A"), Precommit(2, "A"), Proposal(1, "B"), Prevote(1, null), Precommit(9, "B", height: 6) }) Assert.False(SignerRules.IsForeign(state, own), own.ToString());
        foreach (var foreign in new[] { Prevote(2, "B"), Prevote(2, "A", 1), Precommit(2, null), Proposal(2, "A"), Prevote(3, "A"), Precommit(0, null, height: 8) })
            Assert.True(SignerRules.IsForeign(state, foreign), foreign.ToString());
        Assert.True(SignerRules.IsForeign(SignerState.Empty, Prevote(0, "A"))); // the memory was lost
    }

    private static SignRequest Proposal(uint round, string block, uint? validRound = null, ulong height = 7) =>
        SignRequest.Of(new Proposal(new Height(height), new Round(round), Committee.Block(block).Hash, RoundOf(validRound)), Committee.Genesis);

    private static SignRequest Prevote(uint round, string? block, uint? validRound = null, ulong height = 7) =>
        SignRequest.Of(new Prevote(new Height(height), new Round(round), block is null ? null : Committee.Block(block).Hash, RoundOf(validRound)), Committee.Genesis);

    private static SignRequest Precommit(uint round, string? block, ulong height = 7) =>
        SignRequest.Of(new Precommit(new Height(height), new Round(round), block is null ? null : Committee.Block(block)), Committee.Genesis);

    private static Round? RoundOf(uint? round) => round is { } value ? new Round(value) : null;

    private static SignerState After(params SignRequest[] requests)
    {
        var state = SignerState.Empty;
        foreach (var request in requests)
        {
            Signs(state, request);
            state = SignerRules.After(state, request, Key.Sign(request.Digest));
        }

        return state;
    }

    private static void Signs(SignerState state, SignRequest request) => Assert.Equal((SignRefusal.None, null), SignerRules.Check(state, request));

    private static void Refuses(SignRefusal refusal, SignerState state, SignRequest request) => Assert.Equal((refusal, null), SignerRules.Check(state, request));
}
