using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>What another process is asked to sign: whole messages, from which it makes the digest itself.</summary>
public sealed class SignRequestTests
{
    private static readonly Hash256 Hash = Hash256.Sha256([1]);

    public static TheoryData<int> Kinds => [0, 1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AMessageSurvivesItsEncodingWithItsDigest(int kind)
    {
        var request = Of(kind);
        var body = request.EncodeBody();
        Assert.InRange(body.Length, 1, SignRequest.BodyBytesMax);
        Assert.True(SignRequest.TryDecodeBody(body, Committee.Genesis, out var decoded));
        Assert.Equal(request, decoded);
        Assert.Equal((request.Height, request.Round, request.Step, request.IsForBlock, request.ValidRound), (decoded.Height, decoded.Round, decoded.Step, decoded.IsForBlock, decoded.ValidRound));
        Assert.True(SignRequest.TryDecodeBody(body, new GenesisHash(Hash), out var elsewhere));
        Assert.NotEqual(request.Digest, elsewhere.Digest);
        for (var length = 0; length < body.Length; length++) Assert.False(SignRequest.TryDecodeBody(body.AsSpan(0, length), Committee.Genesis, out _));
        Assert.False(SignRequest.TryDecodeBody([.. body, 0], Committee.Genesis, out _));
    }

    [Fact]
    public void ABareDigestIsNoMessage()
    {
        for (byte first = 0; first < 5; first++)
        {
            var digest = Hash.ToArray();
            digest[0] = first;
            Assert.False(SignRequest.TryDecodeBody(digest, Committee.Genesis, out _));
        }
    }

    private static SignRequest Of(int kind)
    {
        var (height, round, block) = (new Height(7), new Round(3), new BlockRef(new BlockHash(Hash), Hash, Hash));
        return kind switch
        {
            0 => SignRequest.Of(new Prevote(height, round, block.Hash, new Round(1)), Committee.Genesis),
            1 => SignRequest.Of(new Prevote(height, round, block.Hash, null), Committee.Genesis),
            2 => SignRequest.Of(new Prevote(height, round, null, null), Committee.Genesis),
            3 => SignRequest.Of(new Precommit(height, round, block), Committee.Genesis),
            4 => SignRequest.Of(new Precommit(height, round, null), Committee.Genesis),
            _ => SignRequest.Of(new Proposal(height, round, block.Hash, new Round(2)), Committee.Genesis),
        };
    }
}
