using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A vote as it travels: well-formed, its signature not yet checked. Layout: kind 1 | height 8 | round 4 | block 32 (zero is nil) |
/// prevote: validRound 4, precommit: bridge root 32, next validators 32 | validator 20 | signature 65.
/// </summary>
public sealed record SignedVote(Vote Vote, Address Validator, Signature Signature)
{
    private const byte PrevoteKind = 1;
    private const byte PrecommitKind = 2;

    public static int EncodedMax => 1 + 8 + 4 + (3 * Hash256.Size) + Address.Size + Signature.Size;

    public byte[] Encode()
    {
        var writer = new ByteWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    public void WriteTo(ByteWriter writer)
    {
        WriteVote(writer, Vote);
        writer.Address(Validator).Signature(Signature);
    }

    /// <summary>What is signed, without who signs: the layout up to the validator.</summary>
    public static void WriteVote(ByteWriter writer, Vote vote)
    {
        writer.Byte(vote is Prevote ? PrevoteKind : PrecommitKind).Height(vote.Height).Round(vote.Round).Hash(vote.BlockHash?.Value ?? Hash256.Zero);
        if (vote is Prevote prevote) writer.OptionalRound(prevote.ValidRound);
        if (vote is Precommit precommit)
            writer.Hash(precommit.Block?.BridgeRoot ?? Hash256.Zero).Hash(precommit.Block?.NextValidatorsRoot ?? Hash256.Zero);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedVote? vote)
    {
        var reader = new ByteReader(bytes);
        vote = ReadFrom(ref reader);
        if (!reader.IsWhole) vote = null;
        return vote is not null;
    }

    public static SignedVote? ReadFrom(ref ByteReader reader)
    {
        var vote = ReadVote(ref reader);
        var validator = reader.Address();
        var signature = reader.Signature();
        return reader.Failed ? null : new SignedVote(vote!, validator, signature!);
    }

    /// <summary>Null, and the reader has failed, where there is no vote.</summary>
    public static Vote? ReadVote(ref ByteReader reader)
    {
        var kind = reader.Byte();
        var height = reader.Height();
        var round = reader.Round();
        var hash = reader.Hash();
        Vote? vote = kind switch
        {
            PrevoteKind => ReadPrevote(ref reader, height, round, hash),
            PrecommitKind => ReadPrecommit(ref reader, height, round, hash),
            _ => null,
        };
        if (vote is null) reader.Fail();
        return reader.Failed ? null : vote;
    }

    /// <summary>The vote with the proof that its validator signed it; null where the signature is another's.</summary>
    public VerifiedVote? Verify(GenesisHash genesis) => Signature.IsBy(Validator, Vote.Digest(genesis)) ? new VerifiedVote(this) : null;

    private static Prevote? ReadPrevote(ref ByteReader reader, Height height, Round round, Hash256 hash)
    {
        var validRound = reader.OptionalRound();
        if (hash.IsZero) return validRound is null ? new Prevote(height, round, null, null) : null;
        if (validRound is { } valid && valid >= round) return null; // a proposal's validRound is an earlier round (L28)
        return new Prevote(height, round, new BlockHash(hash), validRound);
    }

    private static Precommit? ReadPrecommit(ref ByteReader reader, Height height, Round round, Hash256 hash)
    {
        var bridge = reader.Hash();
        var next = reader.Hash();
        if (!hash.IsZero) return new Precommit(height, round, new BlockRef(new BlockHash(hash), bridge, next));
        return bridge.IsZero && next.IsZero ? new Precommit(height, round, null) : null;
    }
}

/// <summary>A vote whose signature was checked. Only <see cref="SignedVote.Verify"/> and certificates make one.</summary>
public sealed class VerifiedVote
{
    internal VerifiedVote(SignedVote signed) => Signed = signed;

    public SignedVote Signed { get; }

    public Vote Vote => Signed.Vote;

    public Address Validator => Signed.Validator;
}
