using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>A thing that was signed: its digest and the signature, to be given again when the same is asked again.</summary>
public sealed record SignedOnce(Hash256 Digest, Signature Signature);

/// <summary>
/// All that a signer must remember: what it signed in the last round, and the last block that it precommitted in this height. Layout:
/// height 8 | round 4 | three times (present 1 | digest 32 | signature 65) | locked round 4.
/// </summary>
public sealed record SignerState(Height Height, Round Round, SignedOnce? Proposal, SignedOnce? Prevote, SignedOnce? Precommit, Round? LockedRound)
{
    public const int SizeMax = 8 + 4 + (3 * (1 + Hash256.Size + Signature.Size)) + 4;

    public static readonly SignerState Empty = new(Height.Genesis, Round.Zero, null, null, null, null);

    /// <summary>The last step that was signed in the round; null where none was.</summary>
    public Step? LastStep => Precommit is not null ? Step.Precommit : Prevote is not null ? Step.Prevote : Proposal is not null ? Step.Propose : null;

    /// <summary>Whether the other one remembers more: a later height, round or step. No signer goes from that one to this one unless it forgot.</summary>
    public bool IsBefore(SignerState other)
    {
        if (Height != other.Height) return Height < other.Height;
        if (Round != other.Round) return Round < other.Round;
        return other.LastStep is { } last && (LastStep is not { } step || step < last);
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Height(Height).Round(Round);
        foreach (var signed in new[] { Proposal, Prevote, Precommit })
        {
            writer.Byte(signed is null ? (byte)0 : (byte)1);
            if (signed is not null) writer.Hash(signed.Digest).Signature(signed.Signature);
        }

        return writer.OptionalRound(LockedRound).ToArray();
    }

    public static SignerState? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var state = new SignerState(reader.Height(), reader.Round(), Read(ref reader), Read(ref reader), Read(ref reader), reader.OptionalRound());
        return reader.IsWhole ? state : null;
    }

    private static SignedOnce? Read(ref ByteReader reader)
    {
        var present = reader.Byte();
        if (present > 1) reader.Fail();
        if (present != 1) return null;
        var digest = reader.Hash();
        return reader.Signature() is { } signature ? new SignedOnce(digest, signature) : null;
    }
}
