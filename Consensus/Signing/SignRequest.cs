using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// What is to be signed: one of the three kinds of consensus message, whole. Whoever signs in another process gets the message and makes the
/// digest itself: what a bare digest stands for nobody can judge.
/// </summary>
public sealed record SignRequest
{
    /// <summary>Of the greatest kind, a precommit.</summary>
    public const int BodyBytesMax = 1 + 8 + 4 + (3 * Hash256.Size);

    private const byte ProposalKind = 3; // votes have 1 and 2 where they travel, and here

    private SignRequest(Vote? vote, Proposal? proposal, Hash256 digest)
    {
        Vote = vote;
        Proposal = proposal;
        Digest = digest;
    }

    /// <summary>The vote, where it is one; else there is a proposal.</summary>
    public Vote? Vote { get; }

    public Proposal? Proposal { get; }

    /// <summary>What the signature is over.</summary>
    public Hash256 Digest { get; }

    public Height Height => Vote?.Height ?? Proposal!.Height;

    public Round Round => Vote?.Round ?? Proposal!.Round;

    public Step Step => Vote switch
    {
        Prevote => Step.Prevote,
        Precommit => Step.Precommit,
        _ => Step.Propose,
    };

    public bool IsForBlock => Vote is null || Vote.BlockHash is not null;

    public Round? ValidRound => Vote is null ? Proposal!.ValidRound : (Vote as Prevote)?.ValidRound;

    public static SignRequest Of(Proposal proposal, GenesisHash genesis) => new(null, proposal, proposal.Digest(genesis));

    public static SignRequest Of(Vote vote, GenesisHash genesis) => new(vote, null, vote.Digest(genesis));

    /// <summary>
    /// The message for another process. Layout: of a vote that of <see cref="SignedVote"/> up to the validator; of a proposal kind 3, 1 | height 8 |
    /// round 4 | validRound 4 | block 32.
    /// </summary>
    public byte[] EncodeBody()
    {
        var writer = new ByteWriter();
        if (Vote is not null) SignedVote.WriteVote(writer, Vote);
        else writer.Byte(ProposalKind).Height(Height).Round(Round).OptionalRound(ValidRound).Hash(Proposal!.Block.Value);
        return writer.ToArray();
    }

    /// <summary>False where the bytes are no message that an honest node would have signed.</summary>
    public static bool TryDecodeBody(ReadOnlySpan<byte> body, GenesisHash genesis, [NotNullWhen(true)] out SignRequest? request)
    {
        request = null;
        var reader = new ByteReader(body);
        if (body.Length > 0 && body[0] == ProposalKind)
        {
            _ = reader.Byte();
            var (height, round, validRound, block) = (reader.Height(), reader.Round(), reader.OptionalRound(), new BlockHash(reader.Hash()));
            if (!reader.IsWhole || block.IsZero || (validRound is { } valid && valid >= round)) return false;
            request = Of(new Proposal(height, round, block, validRound), genesis);
            return true;
        }

        var vote = SignedVote.ReadVote(ref reader);
        if (!reader.IsWhole || vote is null) return false;
        request = Of(vote, genesis);
        return true;
    }
}
