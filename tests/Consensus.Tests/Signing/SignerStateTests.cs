using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class SignerStateTests
{
    /// <summary>Each remembers more than those before it, and nothing else decides.</summary>
    [Fact]
    public void WhatRemembersLessIsBefore()
    {
        SignerState[] rising =
        [
            SignerState.Empty,
            At(0, 0, Step.Prevote),
            At(3, 0, null),
            At(3, 0, Step.Propose),
            At(3, 0, Step.Prevote),
            At(3, 0, Step.Precommit),
            At(3, 1, null),
            At(3, 1, Step.Propose),
            At(4, 0, Step.Propose),
        ];
        for (var i = 0; i < rising.Length; i++)
            for (var j = 0; j < rising.Length; j++)
                Assert.Equal(i < j, rising[i].IsBefore(rising[j]));
        Assert.False(At(3, 0, Step.Prevote).IsBefore(At(3, 0, Step.Prevote) with { Proposal = Signed }));
        Assert.False(At(3, 0, Step.Prevote).IsBefore(At(3, 0, Step.Prevote) with { LockedRound = Round.Zero }));
    }

    private static SignedOnce Signed { get; } = Sign();

    private static SignedOnce Sign()
    {
        var digest = Hash256.Sha256([1]);
        return new SignedOnce(digest, PrivateKey.FromSeed(digest).Sign(digest));
    }

    private static SignerState At(ulong height, uint round, Step? step) => new(
        new Height(height), new Round(round), step == Step.Propose ? Signed : null, step == Step.Prevote ? Signed : null, step == Step.Precommit ? Signed : null, null);
}
