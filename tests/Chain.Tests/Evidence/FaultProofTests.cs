namespace NeuroChain.Chain.Tests;

/// <summary>What two statements prove, and every reason why they prove nothing.</summary>
public sealed class FaultProofTests
{
    private static readonly Committee Four = new(4);

    private static readonly GenesisHash OtherChain = new(Hash256.Sha256("another chain"u8));

    [Fact]
    public void TwoDifferentVotesOfAKindAndRoundAreADuplicate()
    {
        FaultProof[] proofs =
        [
            DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a'), Four.Prevote(1, 2, 'b')),
            DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a'), Four.Prevote(1, 2, null)),
            DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a', 0), Four.Prevote(1, 2, 'a', 1)),
            DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a', 0), Four.Prevote(1, 2, 'a')),
            DuplicateVoteProof.Of(Four.Precommit(1, 2, 'a'), Four.Precommit(1, 2, 'b')),
            DuplicateVoteProof.Of(Four.Precommit(1, 2, null), Four.Precommit(1, 2, 'b')),
            DuplicateVoteProof.Of(Four.Precommit(1, 2, 'a'), Four.Sign(1, new Precommit(Committee.Here, new Round(2), Committee.Block('a') with { BridgeRoot = Hash256.Sha256([9]) }))),
        ];
        Assert.All(proofs, proof => Proves(proof, FaultKind.DuplicateVote, 1));
    }

    [Fact]
    public void OneFaultHasOneForm()
    {
        var (a, b) = (Four.Prevote(1, 2, 'a'), Four.Prevote(1, 2, 'b'));
        Assert.Equal(DuplicateVoteProof.Of(a, b), DuplicateVoteProof.Of(b, a));
        var proof = DuplicateVoteProof.Of(a, b);
        Assert.Equal(EvidenceFault.WrongOrder, Fault(new DuplicateVoteProof(proof.Second, proof.First)));

        var (c, d) = (Four.Propose(1, 2, 'a'), Four.Propose(1, 2, 'b'));
        Assert.Equal(DuplicateProposalProof.Of(c, d), DuplicateProposalProof.Of(d, c));
        var proposals = DuplicateProposalProof.Of(c, d);
        Assert.Equal(EvidenceFault.WrongOrder, Fault(new DuplicateProposalProof(proposals.Second, proposals.First)));
    }

    [Fact]
    public void TwoVotesThatMayStandSideBySideAreNoDuplicate()
    {
        var vote = Four.Prevote(1, 2, 'a');
        Assert.Equal(EvidenceFault.DifferentSigners, Fault(DuplicateVoteProof.Of(vote, Four.Prevote(2, 2, 'b'))));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(DuplicateVoteProof.Of(vote, Four.Prevote(1, 3, 'b'))));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(DuplicateVoteProof.Of(vote, Four.Precommit(1, 2, 'b'))));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(DuplicateVoteProof.Of(vote, Four.Sign(1, vote.Vote with { Height = new Height(10) }))));
        Assert.Equal(EvidenceFault.SameStatement, Fault(DuplicateVoteProof.Of(vote, vote)));
        Assert.Equal(EvidenceFault.SameStatement, Fault(DuplicateVoteProof.Of(vote, vote with { Signature = Four.Keys[2].Sign(Hash256.Zero) })));
    }

    [Fact]
    public void TwoDifferentProposalsOfARoundAreADuplicate()
    {
        Proves(DuplicateProposalProof.Of(Four.Propose(3, 2, 'a'), Four.Propose(3, 2, 'b')), FaultKind.DuplicateProposal, 3);
        Proves(DuplicateProposalProof.Of(Four.Propose(3, 2, 'a'), Four.Propose(3, 2, 'a', 1)), FaultKind.DuplicateProposal, 3);
    }

    [Fact]
    public void TwoProposalsThatMayStandSideBySideAreNoDuplicate()
    {
        var proposal = Four.Propose(1, 2, 'a');
        Assert.Equal(EvidenceFault.DifferentSigners, Fault(DuplicateProposalProof.Of(proposal, Four.Propose(2, 2, 'b'))));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(DuplicateProposalProof.Of(proposal, Four.Propose(1, 3, 'b'))));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(DuplicateProposalProof.Of(proposal, Four.Sign(1, proposal.Proposal with { Height = new Height(10) }))));
        Assert.Equal(EvidenceFault.SameStatement, Fault(DuplicateProposalProof.Of(proposal, proposal)));
    }

    [Theory]
    [InlineData(1, 'a', 2, 'b', -1, EvidenceFault.None)]
    [InlineData(1, 'a', 2, 'b', 0, EvidenceFault.None)]
    [InlineData(1, 'a', 2, 'a', 0, EvidenceFault.None)] // its own block too: the lock asks for a polka
    [InlineData(1, 'a', 9, 'b', 0, EvidenceFault.None)]
    [InlineData(0, 'a', 1, 'b', -1, EvidenceFault.None)]
    [InlineData(1, 'a', 2, 'b', 1, EvidenceFault.Justified)]
    [InlineData(1, 'a', 4, 'b', 3, EvidenceFault.Justified)]
    [InlineData(0, 'a', 1, 'b', 0, EvidenceFault.Justified)]
    [InlineData(2, 'a', 2, 'b', -1, EvidenceFault.NotLater)]
    [InlineData(2, 'a', 1, 'b', 0, EvidenceFault.NotLater)]
    [InlineData(1, 'a', 2, null, -1, EvidenceFault.NoBlock)]
    [InlineData(1, null, 2, 'b', -1, EvidenceFault.NoBlock)]
    public void AVoteAgainstTheLockIsAmnesia(int locked, char? precommit, int later, char? prevote, int validRound, EvidenceFault fault)
    {
        var proof = new AmnesiaProof(Four.Precommit(2, locked, precommit), Four.Prevote(2, later, prevote, validRound));
        Assert.Equal(fault, Fault(proof));
        if (fault == EvidenceFault.None) Proves(proof, FaultKind.Amnesia, 2);
    }

    [Fact]
    public void TheLockOfAnotherOrOfAnotherHeightIsNoAmnesia()
    {
        Assert.Equal(EvidenceFault.DifferentSigners, Fault(new AmnesiaProof(Four.Precommit(2, 1, 'a'), Four.Prevote(1, 2, 'b'))));
        var other = Four.Sign(2, new Prevote(new Height(10), new Round(2), Committee.Block('b').Hash, null));
        Assert.Equal(EvidenceFault.DifferentPlaces, Fault(new AmnesiaProof(Four.Precommit(2, 1, 'a'), other)));
        Assert.Equal(EvidenceFault.Malformed, Fault(new AmnesiaProof(Four.Prevote(2, 2, 'b'), Four.Precommit(2, 1, 'a'))));
    }

    [Fact]
    public void EveryStatementIsSignedByItsKeyAndForThisChain()
    {
        FaultProof[] proofs =
        [
            DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a'), Four.Prevote(1, 2, 'b')),
            DuplicateProposalProof.Of(Four.Propose(1, 2, 'a'), Four.Propose(1, 2, 'b')),
            new AmnesiaProof(Four.Precommit(1, 1, 'a'), Four.Prevote(1, 2, 'b')),
        ];
        Assert.All(proofs, proof => Assert.Equal(EvidenceFault.WrongSignature, proof.Check(OtherChain)));

        var forged = Four.Keys[0].Sign(Hash256.Sha256([1]));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(DuplicateVoteProof.Of(Four.Prevote(1, 2, 'a'), Four.Prevote(1, 2, 'b') with { Signature = forged })));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(DuplicateVoteProof.Of(Four.Prevote(1, 2, 'b'), Four.Prevote(1, 2, 'a') with { Signature = forged })));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(DuplicateProposalProof.Of(Four.Propose(1, 2, 'a'), Four.Propose(1, 2, 'b') with { Signature = forged })));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(DuplicateProposalProof.Of(Four.Propose(1, 2, 'b'), Four.Propose(1, 2, 'a') with { Signature = forged })));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(new AmnesiaProof(Four.Precommit(1, 1, 'a'), Four.Prevote(1, 2, 'b') with { Signature = forged })));
        Assert.Equal(EvidenceFault.WrongSignature, Fault(new AmnesiaProof(Four.Precommit(1, 1, 'a') with { Signature = forged }, Four.Prevote(1, 2, 'b'))));
    }

    [Fact]
    public void NothingIsReadOfWhatIsTooLong()
    {
        Assert.False(FaultProof.TryDecode(new byte[FaultProof.SizeMax + 1], out _, out var fault));
        Assert.Equal(EvidenceFault.TooLarge, fault);
        Assert.False(FaultProof.TryDecode(new byte[FaultProof.SizeMax], out _, out fault));
        Assert.Equal(EvidenceFault.Malformed, fault);
        foreach (var kind in new byte[] { 0, 5, 255 })
        {
            Assert.False(FaultProof.TryDecode([kind, .. Four.Prevote(1, 2, 'a').Encode(), .. Four.Prevote(1, 2, 'b').Encode()], out _, out fault));
            Assert.Equal(EvidenceFault.Malformed, fault);
        }
    }

    [Fact]
    public void AmnesiaIsWrittenLockFirst()
    {
        var (locked, against) = (Four.Precommit(1, 1, 'a').Encode(), Four.Prevote(1, 2, 'b').Encode());
        Assert.True(FaultProof.TryDecode([3, .. locked, .. against], out _, out _));
        foreach (var bytes in new byte[][] { [3, .. against, .. locked], [3, .. locked, .. locked], [3, .. against, .. against] })
            Assert.False(FaultProof.TryDecode(bytes, out _, out _));
    }

    internal static void Proves(FaultProof proof, FaultKind kind, int guilty)
    {
        Assert.Equal((EvidenceFault.None, kind, Four.Keys[guilty].Address, Committee.Here), (Fault(proof), proof.Kind, proof.Guilty, proof.Height));
        var bytes = proof.Encode();
        Assert.True(FaultProof.TryDecode(bytes, out var read, out var fault), fault.ToString());
        Assert.Equal(proof, read);
        Assert.Equal((bytes[0], EvidenceFault.None), ((byte)kind, read.Check(Committee.Genesis)));
    }

    private static EvidenceFault Fault(FaultProof proof) => proof.Check(Committee.Genesis);
}
