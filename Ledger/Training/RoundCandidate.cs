using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How far a candidate came in its round.</summary>
public enum CandidateStatus : byte
{
    Committed = 0,
    Revealed = 1,

    /// <summary>More than two thirds of the power hold every chunk: it is judged.</summary>
    Available = 2,

    /// <summary>Not shown in time, or its checkpoint was an earlier commit's: the bond is burned.</summary>
    Unrevealed = 3,

    /// <summary>Shown, but too few hold it: the bond is burned.</summary>
    Unavailable = 4,

    /// <summary>Held, but its producer did not open its share of the seed: it is not judged, and pays as one that falls short.</summary>
    Unbacked = 5,
}

/// <summary>
/// A candidate of a round in progress. Layout: trainer 20 | producer 20 | commitment 32 | producer's consent 65 | claimed gain 8 | bond 16 |
/// status 1 | manifest root 32 | model 32. The last two are zero until it is revealed.
/// </summary>
public readonly record struct RoundCandidate(
    Address Trainer,
    Address Producer,
    Hash256 Commitment,
    Signature Consent,
    ulong ClaimedGain,
    Amount Bond,
    CandidateStatus Status,
    Hash256 ManifestRoot,
    BlobHash Model)
{
    internal const int Size = (2 * Address.Size) + (3 * Hash256.Size) + Signature.Size + 8 + Amount.Size + 1;

    internal void WriteTo(ByteWriter writer) => writer
        .Address(Trainer)
        .Address(Producer)
        .Hash(Commitment)
        .Signature(Consent)
        .UInt64(ClaimedGain)
        .Amount(Bond)
        .Byte((byte)Status)
        .Hash(ManifestRoot)
        .Hash(Model.Value);

    internal static RoundCandidate ReadFrom(ref ByteReader reader)
    {
        var (trainer, producer, commitment) = (reader.Address(), reader.Address(), reader.Hash());
        var consent = reader.Signature();
        Invariant.Check(consent is not null, "a consent was checked before it was stored");
        return new RoundCandidate(
            trainer,
            producer,
            commitment,
            consent,
            reader.UInt64(),
            reader.Amount(),
            (CandidateStatus)reader.Byte(),
            reader.Hash(),
            new BlobHash(reader.Hash()));
    }
}
