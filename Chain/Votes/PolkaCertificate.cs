using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// More than two thirds of the power prevoted one block in one round with one validRound (paper L28, L36). Kept and re-broadcast: without
/// it a node cannot answer a re-proposal, and with it amnesia is provable. Layout: height 8 | round 4 | validRound 4 | block 32 | signatures.
/// </summary>
public sealed record PolkaCertificate(Height Height, Round Round, Round? ValidRound, BlockHash Block, ImmutableArray<IndexedSignature> Signatures)
{
    public Prevote Prevote => new(Height, Round, Block, ValidRound);

    public CertificateFault Check(GenesisHash genesis, ValidatorSet validators) => SignatureList.Check(Signatures, Prevote.Digest(genesis), validators);

    /// <summary>The single votes; null where the certificate does not hold.</summary>
    public IReadOnlyList<VerifiedVote>? Verify(GenesisHash genesis, ValidatorSet validators) =>
        Check(genesis, validators) != CertificateFault.None
            ? null
            : [.. Signatures.Select(s => new VerifiedVote(new SignedVote(Prevote, validators[s.Index].Address, s.Signature)))];

    public byte[] Encode()
    {
        var writer = new ByteWriter().Height(Height).Round(Round).OptionalRound(ValidRound).Hash(Block.Value);
        SignatureList.Write(writer, Signatures);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PolkaCertificate? certificate)
    {
        certificate = null;
        var reader = new ByteReader(bytes);
        var height = reader.Height();
        var round = reader.Round();
        var validRound = reader.OptionalRound();
        var block = new BlockHash(reader.Hash());
        var signatures = SignatureList.Read(ref reader);
        if (!reader.IsWhole || block.IsZero || (validRound is { } valid && valid >= round)) return false;
        certificate = new PolkaCertificate(height, round, validRound, block, signatures);
        return true;
    }

    public bool Equals(PolkaCertificate? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(Height, Round, Block);
}
