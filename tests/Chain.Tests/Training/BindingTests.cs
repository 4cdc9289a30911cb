namespace NeuroChain.Chain.Tests;

public sealed class BindingTests
{
    private static readonly Hash256 One = Hash256.Sha256([1]);
    private static readonly Hash256 Two = Hash256.Sha256([2]);
    private static readonly Address A = PrivateKey.FromSeed(One).Address;
    private static readonly Address B = PrivateKey.FromSeed(Two).Address;

    [Fact]
    public void EveryPartOfACommitmentCounts()
    {
        var commitments = new[]
        {
            CandidateBinding.Commitment(One, A, B, One, new BlobHash(One), One),
            CandidateBinding.Commitment(Two, A, B, One, new BlobHash(One), One),
            CandidateBinding.Commitment(One, B, B, One, new BlobHash(One), One),
            CandidateBinding.Commitment(One, A, A, One, new BlobHash(One), One),
            CandidateBinding.Commitment(One, A, B, Two, new BlobHash(One), One),
            CandidateBinding.Commitment(One, A, B, One, new BlobHash(Two), One),
            CandidateBinding.Commitment(One, A, B, One, new BlobHash(One), Two),
        };
        Assert.Equal(commitments.Length, commitments.Distinct().Count());
    }

    [Fact]
    public void EveryPartOfAnAttestationCommitmentCounts()
    {
        var commitments = new[]
        {
            CandidateBinding.AttestationCommitment(One, [1, 2], A, One),
            CandidateBinding.AttestationCommitment(Two, [1, 2], A, One),
            CandidateBinding.AttestationCommitment(One, [2, 1], A, One),
            CandidateBinding.AttestationCommitment(One, [1], A, One),
            CandidateBinding.AttestationCommitment(One, [1, 2], B, One),
            CandidateBinding.AttestationCommitment(One, [1, 2], A, Two),
        };
        Assert.Equal(commitments.Length, commitments.Distinct().Count());
    }

    [Fact]
    public void AChainRunsFromItsSecretToItsTip()
    {
        var chain = new SeedChain(One, 64);
        Assert.Equal(One, chain.Share(64));
        for (var i = 2u; i <= 64; i++) Assert.Equal(chain.Share(i - 1), CandidateBinding.PreviousShare(chain.Share(i)));
        Assert.Equal(chain.Tip, CandidateBinding.PreviousShare(chain.Share(1)));
        Assert.Throws<InvariantException>(() => chain.Share(0));
        Assert.Throws<InvariantException>(() => chain.Share(65));
        Assert.Throws<InvariantException>(() => new SeedChain(One, SeedChain.LengthMin - 1));
    }

    [Fact]
    public void ASeedHangsOnEveryShareAndTheirOrder()
    {
        var genesis = new GenesisHash(One);
        var seeds = new[]
        {
            TrainingSeed.Of(genesis, One, 1, [One, Two]),
            TrainingSeed.Of(genesis, One, 1, [Two, One]),
            TrainingSeed.Of(genesis, One, 1, [One]),
            TrainingSeed.Of(genesis, One, 2, [One, Two]),
            TrainingSeed.Of(genesis, Two, 1, [One, Two]),
            TrainingSeed.Of(new GenesisHash(Two), One, 1, [One, Two]),
        };
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
        Assert.NotEqual(TrainingSeed.PrivateSamples(One, A), TrainingSeed.PrivateSamples(One, B));
        Assert.NotEqual(TrainingSeed.CommonSamples(One), TrainingSeed.CommonSamples(Two));
    }
}
