using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What nodes say to each other: one byte of kind, then the content. Bounded by the transport before it is decoded.</summary>
public abstract record PeerMessage
{
    private const byte ProposalKind = 1;
    private const byte VoteKind = 2;
    private const byte PolkaKind = 3;
    private const byte RoundKind = 4;
    private const byte StatusKind = 5;
    private const byte TransactionKind = 6;

    private PeerMessage() { }

    /// <summary>A proposal and the whole block that it names.</summary>
    public sealed record ProposalMessage(SignedProposal Proposal, ReadOnlyMemory<byte> Block) : PeerMessage;

    public sealed record VoteMessage(SignedVote Vote) : PeerMessage;

    public sealed record PolkaMessage(PolkaCertificate Certificate) : PeerMessage;

    public sealed record RoundMessage(RoundCertificate Certificate) : PeerMessage;

    /// <summary>The last height that the sender has decided.</summary>
    public sealed record StatusMessage(Height Height) : PeerMessage;

    public sealed record TransactionMessage(ReadOnlyMemory<byte> Transaction) : PeerMessage;

    public byte[] Encode() => this switch
    {
        ProposalMessage m => new ByteWriter().Byte(ProposalKind).Bytes(m.Proposal.Encode()).Bytes(m.Block.Span).ToArray(),
        VoteMessage m => new ByteWriter().Byte(VoteKind).Bytes(m.Vote.Encode()).ToArray(),
        PolkaMessage m => new ByteWriter().Byte(PolkaKind).Bytes(m.Certificate.Encode()).ToArray(),
        RoundMessage m => new ByteWriter().Byte(RoundKind).Bytes(m.Certificate.Encode()).ToArray(),
        StatusMessage m => new ByteWriter().Byte(StatusKind).Height(m.Height).ToArray(),
        TransactionMessage m => new ByteWriter().Byte(TransactionKind).Bytes(m.Transaction.Span).ToArray(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerMessage? message)
    {
        message = null;
        if (bytes.IsEmpty) return false;
        var content = bytes[1..];
        message = bytes[0] switch
        {
            ProposalKind => DecodeProposal(content),
            VoteKind => SignedVote.TryDecode(content, out var vote) ? new VoteMessage(vote) : null,
            PolkaKind => PolkaCertificate.TryDecode(content, out var polka) ? new PolkaMessage(polka) : null,
            RoundKind => RoundCertificate.TryDecode(content, out var round) ? new RoundMessage(round) : null,
            StatusKind => content.Length == 8 ? new StatusMessage(new ByteReader(content).Height()) : null,
            TransactionKind => content.Length <= Limits.TransactionBytesMax ? new TransactionMessage(content.ToArray()) : null,
            _ => null,
        };
        return message is not null;
    }

    private static ProposalMessage? DecodeProposal(ReadOnlySpan<byte> content)
    {
        if (content.Length < SignedProposal.Size || content.Length > SignedProposal.Size + Limits.BlockBytesMax) return null;
        if (!SignedProposal.TryDecode(content[..SignedProposal.Size], out var proposal)) return null;
        return new ProposalMessage(proposal, content[SignedProposal.Size..].ToArray());
    }
}
