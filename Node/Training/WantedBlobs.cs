using System.Collections.Concurrent;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A blob that the chain names and validators want.</summary>
/// <param name="Manifest">As the chain names its chunks.</param>
/// <param name="Owner">Who showed it, or proposed it.</param>
/// <param name="Purpose">Whether it needs room.</param>
internal sealed record WantedBlob(BlobManifest Manifest, Address Owner, BlobPurpose Purpose);

/// <summary>
/// What a node may be given: the candidates that were shown in rounds in progress, in both forms, the deltas of training sets that are voted
/// on, and sealed sets that are offered. All of them have a bond behind them, so nobody fills a disk for nothing.
/// </summary>
/// <param name="blockAt">A decided block; null where it is not kept.</param>
internal sealed class WantedBlobs(Func<Height, Block?> blockAt)
{
    /// <summary>More deltas than are open at a time; anybody's first message asks for one, and a block is a lot to read for that.</summary>
    private const int KnownMax = 64;

    private readonly ConcurrentDictionary<(BlobHash Blob, Height Opened), BlobManifest> _known = [];

    public WantedBlob? Find(LedgerState state, BlobHash blob)
    {
        foreach (var task in TrainingQueries.Tasks(state))
            if (InRound(state, task.Id, blob) is { } candidate)
                return candidate;
        if (SealedSets.LiveOf(state, blob) is { } set) return ManifestOf(set) is { } whole ? new WantedBlob(whole, set.Supplier, BlobPurpose.SealedSet) : null;
        return TrainingSets.OpenOf(state, blob) is { } delta && ManifestOf(delta) is { } manifest ? new WantedBlob(manifest, delta.Proposer, BlobPurpose.TrainingSet) : null;
    }

    /// <summary>The chunks of a delta that is voted on, as its proposal names them; null where the block that brought it is not kept.</summary>
    public BlobManifest? ManifestOf(DeltaRecord delta) => ManifestOf(delta.Blob, delta.Opened);

    /// <summary>The same of a sealed set, as its offer names them.</summary>
    public BlobManifest? ManifestOf(SealedSetRecord set) => ManifestOf(set.Blob, set.Opened);

    private BlobManifest? ManifestOf(BlobHash blob, Height opened)
    {
        if (_known.TryGetValue((blob, opened), out var known)) return known;
        if (Read(blob, opened) is not { } manifest) return null;
        if (_known.Count >= KnownMax) _known.Clear();
        return _known[(blob, opened)] = manifest;
    }

    private BlobManifest? Read(BlobHash blob, Height opened)
    {
        if (blockAt(opened) is not { } block) return null;
        foreach (var bytes in block.Transactions)
        {
            var body = TransactionBody.Parser.ParseFrom(TransactionEnvelope.Parser.ParseFrom(bytes.Span).Body); // checked when the block was
            // One that failed stands in the block too: somebody may have named the same blob with other chunks, and paid more to be first.
            if (body.DatasetDeltaProposal is { } proposal && proposal.Blob.Span.SequenceEqual(blob.Value.ToArray())
                && Manifest(proposal.Blob, proposal.Bytes, proposal.Chunks) is { } fits)
                return fits;
            if (body.SealedSetOffer is { } offer && offer.Blob.Span.SequenceEqual(blob.Value.ToArray()) && Manifest(offer.Blob, offer.Bytes, offer.Chunks) is { } whole)
                return whole;
        }

        return null;
    }

    private static WantedBlob? InRound(LedgerState state, Hash256 task, BlobHash blob)
    {
        if (TrainingQueries.Round(state, task) is not { } round) return null;
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            var candidate = round.Candidates[i];
            if (candidate.Status is not (CandidateStatus.Revealed or CandidateStatus.Available)) continue;
            var shown = TrainingQueries.Reveal(state, task, i)!.Manifest;
            if (candidate.Model == blob && Manifest(shown.Model, shown.ModelBytes, shown.Chunks) is { } whole) return new WantedBlob(whole, candidate.Trainer, BlobPurpose.Round);
            if (shown.Delta is { } delta && delta.Blob.Span.SequenceEqual(blob.Value.ToArray()) && Manifest(delta.Blob, delta.Bytes, delta.Chunks) is { } sparse)
                return new WantedBlob(sparse, candidate.Trainer, BlobPurpose.Round);
        }

        return null;
    }

    private static BlobManifest? Manifest(ByteString blob, ulong bytes, IEnumerable<ByteString> chunks) =>
        BlobManifest.Of(new BlobHash(Hash256.FromBytes(blob.Span)), bytes, chunks.Select(chunk => Hash256.FromBytes(chunk.Span)));
}
