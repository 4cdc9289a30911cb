using System.Collections.Immutable;
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
    private const byte TransactionsKind = 6;
    private const byte CommitKind = 7;
    private const byte MissingKind = 8;
    private const byte SuppliedKind = 9;
    private const byte AnnouncementKind = 16;
    private const byte WantedKind = 17;
    private const byte LinksKind = 18;

    /// <summary>Hashes in one message.</summary>
    public const int HashesMax = 4096;

    private const int LinksMax = 256;

    private PeerMessage() { }

    /// <summary>A proposal and the block that it names, with the hashes of its transactions in their place.</summary>
    public sealed record ProposalMessage(SignedProposal Proposal, CompactBlock Block) : PeerMessage;

    public sealed record VoteMessage(SignedVote Vote) : PeerMessage;

    public sealed record PolkaMessage(PolkaCertificate Certificate) : PeerMessage;

    public sealed record RoundMessage(RoundCertificate Certificate) : PeerMessage;

    /// <summary>How the sender's last height was decided: to who still votes on it, and to who builds on another block.</summary>
    public sealed record CommitMessage(CommitCertificate Certificate) : PeerMessage;

    /// <summary>The last height that the sender has decided.</summary>
    public sealed record StatusMessage(Height Height) : PeerMessage;

    /// <summary>Places of a proposed block whose transactions the sender lacks, in ascending order.</summary>
    public sealed record MissingMessage(BlockHash Block, ImmutableArray<ushort> Places) : PeerMessage
    {
        internal static MissingMessage? Decode(ReadOnlySpan<byte> content)
        {
            var reader = new ByteReader(content);
            var block = new BlockHash(reader.Hash());
            if (reader.Failed || reader.Remaining == 0 || reader.Remaining % 2 != 0 || reader.Remaining / 2 > Limits.TransactionsPerBlockMax) return null;
            var places = ImmutableArray.CreateBuilder<ushort>(reader.Remaining / 2);
            for (var last = -1; reader.Remaining > 0; last = places[^1])
            {
                places.Add(reader.UInt16());
                if (places[^1] <= last) return null;
            }

            return new MissingMessage(block, places.MoveToImmutable());
        }
    }

    /// <summary>Transactions of a proposed block, each with its place: place 2 | bytes, length first.</summary>
    public sealed record SuppliedMessage(BlockHash Block, ImmutableArray<(ushort Place, ReadOnlyMemory<byte> Bytes)> Transactions) : PeerMessage
    {
        /// <summary>Bytes of transactions in one message, beyond which no further one is begun.</summary>
        public const int BytesMost = 512 * 1024;

        /// <summary>As many messages as are needed.</summary>
        public static IEnumerable<SuppliedMessage> Batches(Block block, IEnumerable<ushort> places)
        {
            var batch = ImmutableArray.CreateBuilder<(ushort, ReadOnlyMemory<byte>)>();
            var bytes = 0;
            foreach (var place in places)
            {
                batch.Add((place, block.Transactions[place]));
                bytes += block.Transactions[place].Length;
                if (bytes < BytesMost) continue;
                yield return new SuppliedMessage(block.Hash, batch.DrainToImmutable());
                bytes = 0;
            }

            if (batch.Count > 0) yield return new SuppliedMessage(block.Hash, batch.ToImmutable());
        }

        internal static SuppliedMessage? Decode(ReadOnlySpan<byte> content)
        {
            var reader = new ByteReader(content);
            var block = new BlockHash(reader.Hash());
            var transactions = ImmutableArray.CreateBuilder<(ushort, ReadOnlyMemory<byte>)>();
            while (!reader.Failed && reader.Remaining > 0 && transactions.Count < Limits.TransactionsPerBlockMax)
                transactions.Add((reader.UInt16(), reader.LengthAndBytes(Limits.TransactionBytesMax).ToArray()));
            return reader.IsWhole && transactions.Count > 0 ? new SuppliedMessage(block, transactions.ToImmutable()) : null;
        }
    }

    /// <summary>Some transactions, each length first.</summary>
    public sealed record TransactionsMessage(ImmutableArray<ReadOnlyMemory<byte>> Transactions) : PeerMessage
    {
        /// <summary>Bytes of one message; a greatest transaction fits with room to spare.</summary>
        public const int BytesMax = 256 * 1024;

        private const int CountMax = 4096;

        /// <summary>As many messages as are needed.</summary>
        public static IReadOnlyList<PeerMessage> Batches(IReadOnlyList<Transaction> transactions)
        {
            var messages = new List<PeerMessage>();
            var batch = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            var bytes = 0;
            foreach (var transaction in transactions)
            {
                if (batch.Count == CountMax || bytes + 4 + transaction.Bytes.Length > BytesMax)
                {
                    messages.Add(new TransactionsMessage(batch.ToImmutable()));
                    batch.Clear();
                    bytes = 0;
                }

                batch.Add(transaction.Bytes);
                bytes += 4 + transaction.Bytes.Length;
            }

            if (batch.Count > 0) messages.Add(new TransactionsMessage(batch.ToImmutable()));
            return messages;
        }

        internal static TransactionsMessage? Decode(ReadOnlySpan<byte> content)
        {
            if (content.IsEmpty || content.Length > BytesMax) return null;
            var reader = new ByteReader(content);
            var transactions = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            while (!reader.Failed && reader.Remaining > 0 && transactions.Count < CountMax)
                transactions.Add(reader.LengthAndBytes(Limits.TransactionBytesMax).ToArray());
            return reader.IsWhole ? new TransactionsMessage(transactions.ToImmutable()) : null;
        }
    }

    /// <summary>Transactions that the sender has; who lacks them may ask for them.</summary>
    public sealed record AnnouncementMessage(ImmutableArray<TransactionHash> Hashes) : PeerMessage;

    /// <summary>Transactions that the sender asks for.</summary>
    public sealed record WantedMessage(ImmutableArray<TransactionHash> Hashes) : PeerMessage;

    /// <summary>All whom the sender sends to.</summary>
    public sealed record LinksMessage(ImmutableArray<Address> Peers) : PeerMessage;

    /// <summary>About transactions: nothing that a decision waits for.</summary>
    public bool IsGossip => this is TransactionsMessage or AnnouncementMessage or WantedMessage or LinksMessage;

    /// <summary>
    /// Bytes of the greatest message of the kind that these begin: whoever sends more is refused before anything is decoded. A kind that is
    /// not named here has the bound of its lane, and its decoder's.
    /// </summary>
    public static int MostBytes(ReadOnlySpan<byte> message) => message is [var kind, ..]
        ? kind switch
        {
            VoteKind => 1 + SignedVote.EncodedMax,
            StatusKind => 1 + 8,
            PolkaKind or RoundKind or LinksKind => 64 * 1024, // some hundred bytes a validator
            TransactionsKind => 1 + TransactionsMessage.BytesMax,
            MissingKind => 1 + Hash256.Size + (2 * Limits.TransactionsPerBlockMax),
            SuppliedKind => 1 + Hash256.Size + SuppliedMessage.BytesMost + Limits.TransactionBytesMax + (6 * Limits.TransactionsPerBlockMax),
            AnnouncementKind or WantedKind => 1 + (HashesMax * Hash256.Size),
            _ => int.MaxValue,
        }
        : 0;

    public byte[] Encode() => this switch
    {
        ProposalMessage m => new ByteWriter().Byte(ProposalKind).Bytes(m.Proposal.Encode()).Bytes(m.Block.Encode()).ToArray(),
        VoteMessage m => new ByteWriter().Byte(VoteKind).Bytes(m.Vote.Encode()).ToArray(),
        PolkaMessage m => new ByteWriter().Byte(PolkaKind).Bytes(m.Certificate.Encode()).ToArray(),
        RoundMessage m => new ByteWriter().Byte(RoundKind).Bytes(m.Certificate.Encode()).ToArray(),
        CommitMessage m => new ByteWriter().Byte(CommitKind).Bytes(m.Certificate.Encode()).ToArray(),
        StatusMessage m => new ByteWriter().Byte(StatusKind).Height(m.Height).ToArray(),
        MissingMessage m => m.Places.Aggregate(new ByteWriter().Byte(MissingKind).Hash(m.Block.Value), (writer, place) => writer.UInt16(place)).ToArray(),
        SuppliedMessage m => m.Transactions.Aggregate(
            new ByteWriter().Byte(SuppliedKind).Hash(m.Block.Value), (writer, item) => writer.UInt16(item.Place).LengthAndBytes(item.Bytes.Span)).ToArray(),
        TransactionsMessage m => Write(TransactionsKind, m.Transactions, (writer, transaction) => writer.LengthAndBytes(transaction.Span)),
        AnnouncementMessage m => Write(AnnouncementKind, m.Hashes, (writer, hash) => writer.Hash(hash.Value)),
        WantedMessage m => Write(WantedKind, m.Hashes, (writer, hash) => writer.Hash(hash.Value)),
        LinksMessage m => Write(LinksKind, m.Peers, (writer, peer) => writer.Address(peer)),
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
            CommitKind => CommitCertificate.TryDecode(content, out var commit) ? new CommitMessage(commit) : null,
            StatusKind => content.Length == 8 ? new StatusMessage(new ByteReader(content).Height()) : null,
            MissingKind => MissingMessage.Decode(content),
            SuppliedKind => SuppliedMessage.Decode(content),
            TransactionsKind => TransactionsMessage.Decode(content),
            AnnouncementKind => DecodeHashes(content) is { } hashes ? new AnnouncementMessage(hashes) : null,
            WantedKind => DecodeHashes(content) is { } hashes ? new WantedMessage(hashes) : null,
            LinksKind => DecodeLinks(content),
            _ => null,
        };
        return message is not null;
    }

    private static ProposalMessage? DecodeProposal(ReadOnlySpan<byte> content)
    {
        if (content.Length < SignedProposal.Size || !SignedProposal.TryDecode(content[..SignedProposal.Size], out var proposal)) return null;
        return CompactBlock.TryDecode(content[SignedProposal.Size..], out var block, out _) ? new ProposalMessage(proposal, block) : null;
    }

    private static ImmutableArray<TransactionHash>? DecodeHashes(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty || content.Length % Hash256.Size != 0 || content.Length / Hash256.Size > HashesMax) return null;
        var reader = new ByteReader(content);
        var hashes = ImmutableArray.CreateBuilder<TransactionHash>(content.Length / Hash256.Size);
        while (reader.Remaining > 0) hashes.Add(new TransactionHash(reader.Hash()));
        return hashes.MoveToImmutable();
    }

    private static LinksMessage? DecodeLinks(ReadOnlySpan<byte> content)
    {
        if (content.Length % Address.Size != 0 || content.Length / Address.Size > LinksMax) return null;
        var reader = new ByteReader(content);
        var peers = ImmutableArray.CreateBuilder<Address>(content.Length / Address.Size);
        while (reader.Remaining > 0) peers.Add(reader.Address());
        return new LinksMessage(peers.MoveToImmutable());
    }

    private static byte[] Write<T>(byte kind, ImmutableArray<T> items, Action<ByteWriter, T> write)
    {
        var writer = new ByteWriter().Byte(kind);
        foreach (var item in items) write(writer, item);
        return writer.ToArray();
    }
}
