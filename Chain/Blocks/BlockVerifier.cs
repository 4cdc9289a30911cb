namespace NeuroChain.Chain;

/// <summary>
/// The stand-alone check: what a block proves from its bytes, its commit certificate and a trusted validator set alone, without the chain
/// before it, its state or a clock.
/// </summary>
/// <remarks>
/// It shows that more than two thirds of the set made exactly this block final, and, where the block is led by a term, that its author is
/// the producer of an improvement that more than two thirds attested. That the block follows the rules of the ledger rests on those who
/// made it final: only a replay shows that.
/// </remarks>
public static class BlockVerifier
{
    /// <param name="block">The block as it travels.</param>
    /// <param name="certificate">The commit certificate that makes it final.</param>
    /// <param name="genesis">The chain.</param>
    /// <param name="validators">The trusted set of the block's height.</param>
    /// <param name="attesters">The trusted set that attested the training proof; the block's own where none is given.</param>
    public static StandAloneCheck Check(
        ReadOnlySpan<byte> block, ReadOnlySpan<byte> certificate, GenesisHash genesis, ValidatorSet validators, ValidatorSet? attesters = null)
    {
        if (!Block.TryDecode(block, out var decoded, out var malformed)) return new StandAloneCheck(FaultOf(malformed), null, null);
        if (!CommitCertificate.TryDecode(certificate, out var commit))
            return new StandAloneCheck(StandAloneFault.CertificateMalformed, decoded, null);
        var fault = CheckHeader(decoded, genesis, validators);
        if (fault == StandAloneFault.None) fault = CheckCommit(decoded.Header, commit, genesis, validators);
        if (fault == StandAloneFault.None) fault = CheckProof(decoded, genesis, attesters ?? validators);
        return new StandAloneCheck(fault, decoded, commit);
    }

    private static StandAloneFault CheckHeader(Block block, GenesisHash genesis, ValidatorSet validators)
    {
        var header = block.Header;
        if (header.Version != Header.CurrentVersion) return StandAloneFault.WrongVersion;
        if (header.Genesis != genesis) return StandAloneFault.WrongGenesis;
        if (header.ValidatorsRoot != validators.Root) return StandAloneFault.WrongValidators;
        if (!validators.Contains(header.Author)) return StandAloneFault.AuthorNotAValidator;
        return IsParentsCommit(header, block.LastCommit) ? StandAloneFault.None : StandAloneFault.LastCommitNotOfParent;
    }

    // Who signed the parent's certificate is for whoever trusts the set of that height; that it is the parent's is plain to see.
    private static bool IsParentsCommit(Header header, CommitCertificate? lastCommit) =>
        header.Height <= Height.First ? lastCommit is null : lastCommit?.Height.Next() == header.Height && lastCommit.Block.Hash == header.Parent;

    private static StandAloneFault CheckCommit(Header header, CommitCertificate commit, GenesisHash genesis, ValidatorSet validators)
    {
        if (commit.Height != header.Height || commit.Block != header.Ref) return StandAloneFault.CertificateOfAnotherBlock;
        if (commit.Round < header.BuiltRound) return StandAloneFault.DecidedBeforeBuilt;
        return commit.Check(genesis, validators) switch
        {
            CertificateFault.None => StandAloneFault.None,
            CertificateFault.UnknownValidator => StandAloneFault.UnknownSigner,
            CertificateFault.NotEnoughPower => StandAloneFault.NotFinal,
            _ => StandAloneFault.WrongSignature,
        };
    }

    private static StandAloneFault CheckProof(Block block, GenesisHash genesis, ValidatorSet attesters)
    {
        if (block.TrainingProof is not { } proof) return StandAloneFault.None;
        var isPlace = block.Header.BuiltRound == Round.Zero && !LeaderSchedule.IsRotationHeight(block.Height);
        if (!isPlace) return StandAloneFault.ProofOutOfPlace;
        if (block.Header.Author != proof.Producer) return StandAloneFault.AuthorNotTheProducer;
        return proof.Check(genesis, attesters) switch
        {
            TrainingProofFault.None => StandAloneFault.None,
            TrainingProofFault.WrongChain => StandAloneFault.ProofOfAnotherChain,
            TrainingProofFault.ManifestMismatch => StandAloneFault.ManifestMismatch,
            TrainingProofFault.NotTheWinner => StandAloneFault.NotTheWinner,
            TrainingProofFault.NoConsent => StandAloneFault.NoConsent,
            _ => StandAloneFault.NotAttested,
        };
    }

    private static StandAloneFault FaultOf(BlockFault fault) => fault switch
    {
        BlockFault.TooLarge => StandAloneFault.TooLarge,
        BlockFault.LastCommitRootMismatch => StandAloneFault.LastCommitRootMismatch,
        BlockFault.TransactionsRootMismatch => StandAloneFault.TransactionsRootMismatch,
        BlockFault.TrainingProofRootMismatch => StandAloneFault.TrainingProofRootMismatch,
        BlockFault.TrainingSummaryMismatch => StandAloneFault.TrainingSummaryMismatch,
        _ => StandAloneFault.Malformed,
    };
}

/// <summary>What the stand-alone check found.</summary>
/// <param name="Fault">None where the block proves itself.</param>
/// <param name="Block">Null where the bytes are none.</param>
/// <param name="Certificate">Null where the bytes of the block or of the certificate are none.</param>
public sealed record StandAloneCheck(StandAloneFault Fault, Block? Block, CommitCertificate? Certificate)
{
    public bool IsProved => Fault == StandAloneFault.None;
}

/// <summary>Why a block does not prove itself, in the order in which it is asked.</summary>
public enum StandAloneFault
{
    None,
    Malformed,
    TooLarge,
    LastCommitRootMismatch,
    TransactionsRootMismatch,
    TrainingProofRootMismatch,
    TrainingSummaryMismatch,
    CertificateMalformed,
    WrongVersion,
    WrongGenesis,

    /// <summary>The header names another set than the trusted one.</summary>
    WrongValidators,
    AuthorNotAValidator,
    LastCommitNotOfParent,

    /// <summary>The certificate's height, hash, bridge root or next validators are not the header's own.</summary>
    CertificateOfAnotherBlock,

    /// <summary>Decided in an earlier round than the one that the block says it was built for.</summary>
    DecidedBeforeBuilt,
    UnknownSigner,
    WrongSignature,

    /// <summary>Two thirds of the power or less precommitted it.</summary>
    NotFinal,

    /// <summary>Only blocks that were built in round 0, and not at a rotation height, are led by a term.</summary>
    ProofOutOfPlace,
    AuthorNotTheProducer,
    ProofOfAnotherChain,
    ManifestMismatch,
    NotTheWinner,
    NoConsent,

    /// <summary>The attestations of the improvement are not those of more than two thirds of the set.</summary>
    NotAttested,
}
