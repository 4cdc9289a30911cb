using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A decided block as a peer sent it, with its certificate, and what of it was decoded and checked so far.</summary>
/// <param name="Block">The bytes.</param>
/// <param name="Certificate">The bytes.</param>
public sealed record FetchedBlock(ReadOnlyMemory<byte> Block, ReadOnlyMemory<byte> Certificate)
{
    /// <summary>The block with its signatures checked ahead; null where nobody did, or where they are not good.</summary>
    public PreparedBlock? Prepared { get; private init; }

    /// <summary>Decoded; null before that.</summary>
    public Block? Content { get; private init; }

    /// <summary>Decoded and not more; null before that.</summary>
    public CommitCertificate? Decided { get; private init; }

    /// <summary>The certificate as it was verified ahead, against a set that may not be its height's; null where nobody did, or where it does not hold.</summary>
    public VerifiedCommit? Commit { get; private init; }

    /// <summary>Of the block; null before it is decoded.</summary>
    public Height? Height => Content?.Height;

    /// <summary>Whether the certificate is one for this block.</summary>
    public bool IsCertified => Decided is { } certificate && certificate.Height == Height && certificate.Block == Content?.Ref;

    /// <summary>
    /// Does ahead, on any thread, what needs no state: decodes, checks the signatures of transactions, and the certificate where the block
    /// names a set that is known here.
    /// </summary>
    /// <param name="genesis">The chain.</param>
    /// <param name="hint">The set of a height near by; sets change seldom.</param>
    public FetchedBlock Prepare(GenesisHash genesis, ValidatorSet hint)
    {
        var prepared = PreparedBlock.TryPrepare(Block, genesis, out var found, out _) ? this with { Prepared = found, Content = found.Block } : this;
        if (!prepared.TryRead(out var read)) return this;
        return read.Content!.Header.ValidatorsRoot == hint.Root && read.TryVerify(genesis, hint, out var commit) ? read with { Commit = commit } : read;
    }

    /// <summary>Decodes what is not decoded yet; false where that is impossible.</summary>
    public bool TryRead([NotNullWhen(true)] out FetchedBlock? read)
    {
        read = null;
        var content = Content;
        if (content is null && !Chain.Block.TryDecode(Block.Span, out content, out _)) return false;
        var certificate = Decided;
        if (certificate is null && !CommitCertificate.TryDecode(Certificate.Span, out certificate)) return false;
        read = ReferenceEquals(content, Content) && ReferenceEquals(certificate, Decided) ? this : this with { Content = content, Decided = certificate };
        return true;
    }

    /// <summary>Whether the certificate is for this block and by more than two thirds of the set.</summary>
    public bool TryVerify(GenesisHash genesis, ValidatorSet validators, [NotNullWhen(true)] out VerifiedCommit? commit)
    {
        commit = null;
        return IsCertified && Decided!.TryVerify(genesis, validators, out commit, out _);
    }
}
