using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// More than two thirds of the power precommitted one block in one round: the block is final. The contract on Ethereum checks these very
/// signatures. Layout: height 8 | round 4 | block 32 | bridge root 32 | next validators 32 | signatures.
/// </summary>
public sealed record CommitCertificate(Height Height, Round Round, BlockRef Block, ImmutableArray<IndexedSignature> Signatures)
{
    public Precommit Precommit => new(Height, Round, Block);

    /// <summary>Checks every signature against the set of that height.</summary>
    public CertificateFault Check(GenesisHash genesis, ValidatorSet validators) => Check(genesis, validators, null);

    /// <summary>
    /// The same where a certificate of the height was verified before: the next block brings nearly the same signatures, and only those are
    /// checked that were not.
    /// </summary>
    /// <param name="genesis">The chain.</param>
    /// <param name="validators">The set of that height.</param>
    /// <param name="known">What was verified; of no use where it is of another precommit or set.</param>
    public CertificateFault Check(GenesisHash genesis, ValidatorSet validators, VerifiedCommit? known) =>
        SignatureList.Check(Signatures, Precommit.Digest(genesis), validators, known?.SignaturesOf(Precommit, validators) ?? []);

    /// <summary>The check, and what follows from it as a type: who applies or stores a block takes nothing less.</summary>
    public bool TryVerify(GenesisHash genesis, ValidatorSet validators, [NotNullWhen(true)] out VerifiedCommit? verified, out CertificateFault fault)
    {
        fault = Check(genesis, validators);
        verified = fault == CertificateFault.None ? new VerifiedCommit(this, validators.Root) : null;
        return verified is not null;
    }

    /// <summary>The single votes, once the certificate was checked against the set.</summary>
    public IEnumerable<VerifiedVote> Votes(VerifiedCommit proof, ValidatorSet validators)
    {
        Invariant.Check(ReferenceEquals(proof.Certificate, this), "the proof must be of this certificate");
        foreach (var (index, signature) in Signatures)
            yield return new VerifiedVote(new SignedVote(Precommit, validators[index].Address, signature));
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Height(Height).Round(Round).Hash(Block.Hash.Value).Hash(Block.BridgeRoot).Hash(Block.NextValidatorsRoot);
        SignatureList.Write(writer, Signatures);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CommitCertificate? certificate)
    {
        certificate = null;
        var reader = new ByteReader(bytes);
        var height = reader.Height();
        var round = reader.Round();
        var block = new BlockRef(new BlockHash(reader.Hash()), reader.Hash(), reader.Hash());
        var signatures = SignatureList.Read(ref reader);
        if (!reader.IsWhole || block.Hash.IsZero) return false;
        certificate = new CommitCertificate(height, round, block, signatures);
        return true;
    }

    public bool Equals(CommitCertificate? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => HashCode.Combine(Height, Round, Block);
}
