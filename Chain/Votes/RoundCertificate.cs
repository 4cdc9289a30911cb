using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// Why a node may leave a round: votes of one round by distinct validators, whatever they say. More than two thirds of precommits end the
/// round (paper L47), more than a third of any votes lets those in earlier rounds skip to it (L55). Layout: count 2 | votes.
/// </summary>
public sealed record RoundCertificate(ImmutableArray<SignedVote> Votes)
{
    public Height Height => Votes[0].Vote.Height;

    public Round Round => Votes[0].Vote.Round;

    public CertificateFault Check(GenesisHash genesis, ValidatorSet validators, out ulong power)
    {
        power = 0;
        var previous = -1;
        foreach (var vote in Votes)
        {
            if (vote.Vote.Height != Height || vote.Vote.Round != Round) return CertificateFault.MixedRounds;
            if (!validators.TryIndexOf(vote.Validator, out var index)) return CertificateFault.UnknownValidator;
            if (index <= previous) return CertificateFault.DuplicateValidator;
            previous = index;
            if (vote.Verify(genesis) is null) return CertificateFault.WrongSignature;
            power += validators[index].Power;
        }

        return validators.HasHonest(power) ? CertificateFault.None : CertificateFault.NotEnoughPower;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt16((ushort)Votes.Length);
        foreach (var vote in Votes) vote.WriteTo(writer);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RoundCertificate? certificate)
    {
        certificate = null;
        var reader = new ByteReader(bytes);
        var count = reader.Count16(Limits.ValidatorsMax, 1 + 8 + 4 + Hash256.Size + 4 + Address.Size + Signature.Size);
        var votes = ImmutableArray.CreateBuilder<SignedVote>(count);
        for (var i = 0; i < count; i++)
        {
            if (SignedVote.ReadFrom(ref reader) is not { } vote) return false;
            if (i > 0 && vote.Validator <= votes[i - 1].Validator) return false; // ascending, so that none counts twice
            votes.Add(vote);
        }

        if (count == 0 || !reader.IsWhole) return false;
        certificate = new RoundCertificate(votes.MoveToImmutable());
        return true;
    }

    public bool Equals(RoundCertificate? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(Height, Round, Votes.Length);
}
