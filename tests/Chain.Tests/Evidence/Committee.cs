namespace NeuroChain.Chain.Tests;

/// <summary>Validators of one height with their keys, and whatever they sign. Blocks are letters.</summary>
internal sealed class Committee
{
    public static readonly GenesisHash Genesis = ChainFormats.Genesis;

    public static readonly Height Here = new(9);

    public Committee(int validators)
    {
        Keys = [.. Enumerable.Range(0, validators).Select(i => PrivateKey.FromSeed(Hash256.Sha256([7, (byte)i]))).OrderBy(key => key.Address)];
        Assert.True(ValidatorSet.TryCreate(Keys.Select(key => new Validator(key.Address, 1)), out var set));
        Set = set;
    }

    /// <summary>In the order of the set.</summary>
    public PrivateKey[] Keys { get; }

    public ValidatorSet Set { get; }

    public static BlockRef Block(char name) => new(new BlockHash(Hash256.Sha256([(byte)name])), Hash256.Zero, Hash256.Sha256([1, (byte)name]));

    public static Round? RoundOf(int number) => number < 0 ? null : new Round((uint)number);

    /// <summary>A prevote; for nil where there is no block, with a validRound where it is not negative.</summary>
    public SignedVote Prevote(int validator, int round, char? block, int validRound = -1) =>
        Sign(validator, new Prevote(Here, new Round((uint)round), block is { } name ? Block(name).Hash : null, RoundOf(validRound)));

    public SignedVote Precommit(int validator, int round, char? block) =>
        Sign(validator, new Precommit(Here, new Round((uint)round), block is { } name ? Block(name) : null));

    public SignedVote Sign(int validator, Vote vote) => new(vote, Keys[validator].Address, Keys[validator].Sign(vote.Digest(Genesis)));

    public SignedProposal Propose(int validator, int round, char block, int validRound = -1) =>
        Sign(validator, new Proposal(Here, new Round((uint)round), Block(block).Hash, RoundOf(validRound)));

    public SignedProposal Sign(int validator, Proposal proposal) => new(proposal, Keys[validator].Address, Keys[validator].Sign(proposal.Digest(Genesis)));

    public CommitCertificate Commit(int round, char block, params int[] signers)
    {
        var precommit = new Precommit(Here, new Round((uint)round), Block(block));
        return new CommitCertificate(Here, precommit.Round, Block(block), [.. signers.Select(i => Indexed(i, precommit))]);
    }

    public PolkaCertificate Polka(int round, char block, int validRound, params int[] signers)
    {
        var prevote = new Prevote(Here, new Round((uint)round), Block(block).Hash, RoundOf(validRound));
        return new PolkaCertificate(Here, prevote.Round, prevote.ValidRound, Block(block).Hash, [.. signers.Select(i => Indexed(i, prevote))]);
    }

    public static VerifiedVote Verified(SignedVote vote)
    {
        var verified = vote.Verify(Genesis);
        Assert.NotNull(verified);
        return verified;
    }

    private IndexedSignature Indexed(int validator, Vote vote) => new((ushort)validator, Keys[validator].Sign(vote.Digest(Genesis)));
}
