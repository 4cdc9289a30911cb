namespace NeuroChain.Chain.Tests;

/// <summary>Votes and proposals that no honest validator makes are no votes: each has one encoding.</summary>
public sealed class VoteDecodingTests
{
    private static readonly Signature Signed = ChainFormats.AnySignature(new SeededStream(1));
    private static readonly Address Someone = ChainFormats.AnyAddress(new SeededStream(2));
    private static readonly BlockHash Block = new(Hash256.Sha256([1]));

    [Theory]
    [InlineData(3, null, true)]
    [InlineData(3, 2u, true)]
    [InlineData(3, 3u, false)]
    [InlineData(3, 4u, false)]
    [InlineData(0, 0u, false)]
    public void AValidRoundIsAnEarlierRound(uint round, uint? validRound, bool isVote)
    {
        Round? valid = validRound is { } value ? new Round(value) : null;
        Assert.Equal(isVote, Decodes(new Prevote(new Height(1), new Round(round), Block, valid)));
        var proposal = new SignedProposal(new Proposal(new Height(1), new Round(round), Block, valid), Someone, Signed);
        Assert.Equal(isVote, SignedProposal.TryDecode(proposal.Encode(), out _));
        var polka = new PolkaCertificate(new Height(1), new Round(round), valid, Block, [new IndexedSignature(0, Signed)]);
        Assert.Equal(isVote, PolkaCertificate.TryDecode(polka.Encode(), out _));
    }

    [Fact]
    public void NilCarriesNothing()
    {
        Assert.True(Decodes(new Prevote(new Height(1), new Round(3), null, null)));
        Assert.False(Decodes(new Prevote(new Height(1), new Round(3), null, new Round(1))));
        Assert.True(Decodes(new Precommit(new Height(1), new Round(3), null)));
        Assert.False(Decodes(new Precommit(new Height(1), new Round(3), new BlockRef(BlockHash.Zero, Hash256.Sha256([2]), Hash256.Zero))));
        Assert.False(Decodes(new Precommit(new Height(1), new Round(3), new BlockRef(BlockHash.Zero, Hash256.Zero, Hash256.Sha256([2])))));
    }

    [Fact]
    public void NothingIsProposedOrCertifiedWithoutABlock()
    {
        Assert.False(SignedProposal.TryDecode(new SignedProposal(new Proposal(new Height(1), Round.Zero, BlockHash.Zero, null), Someone, Signed).Encode(), out _));
        Assert.False(PolkaCertificate.TryDecode(new PolkaCertificate(new Height(1), Round.Zero, null, BlockHash.Zero, []).Encode(), out _));
        Assert.False(CommitCertificate.TryDecode(new CommitCertificate(new Height(1), Round.Zero, default, []).Encode(), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public void AnUnknownKindIsNoVote(byte kind)
    {
        var bytes = new SignedVote(new Prevote(new Height(1), Round.Zero, Block, null), Someone, Signed).Encode();
        bytes[0] = kind;
        Assert.False(SignedVote.TryDecode(bytes, out _));
    }

    [Fact]
    public void TheGreatestNumberIsNoRound()
    {
        var bytes = new SignedVote(new Precommit(new Height(1), new Round(uint.MaxValue - 1), null), Someone, Signed).Encode();
        Assert.True(SignedVote.TryDecode(bytes, out _));
        bytes[12] = 0xff;
        Assert.False(SignedVote.TryDecode(bytes, out _));
    }

    [Fact]
    public void SizesAreAsSaid()
    {
        Assert.Equal(SignedProposal.Size, new SignedProposal(new Proposal(new Height(1), Round.Zero, Block, null), Someone, Signed).Encode().Length);
        Assert.Equal(SignedVote.EncodedMax, new SignedVote(new Precommit(new Height(1), Round.Zero, new BlockRef(Block, default, default)), Someone, Signed).Encode().Length);
    }

    [Fact]
    public void OnlyTheSignersVoteVerifies()
    {
        var key = PrivateKey.FromSeed(Hash256.Sha256([1]));
        var vote = new Prevote(new Height(1), Round.Zero, Block, null);
        var signed = new SignedVote(vote, key.Address, key.Sign(vote.Digest(ChainFormats.Genesis)));
        Assert.NotNull(signed.Verify(ChainFormats.Genesis));
        Assert.Null(signed.Verify(new GenesisHash(Hash256.Zero)));
        Assert.Null((signed with { Validator = Someone }).Verify(ChainFormats.Genesis));
        Assert.Null((signed with { Vote = vote with { Block = null } }).Verify(ChainFormats.Genesis));
        var proposal = new Proposal(new Height(1), Round.Zero, Block, null);
        var proposed = new SignedProposal(proposal, key.Address, key.Sign(proposal.Digest(ChainFormats.Genesis)));
        Assert.True(proposed.IsAuthentic(ChainFormats.Genesis));
        Assert.False(proposed.IsAuthentic(new GenesisHash(Hash256.Zero)));
        Assert.False((proposed with { Proposer = Someone }).IsAuthentic(ChainFormats.Genesis));
    }

    private static bool Decodes(Vote vote) => SignedVote.TryDecode(new SignedVote(vote, Someone, Signed).Encode(), out _);
}
