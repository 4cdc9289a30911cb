using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Brings the checkpoints of candidates here. The chain names their chunks, so nobody is asked for a manifest. Where a candidate is offered as a
/// sparse delta too and its base is here, the few bytes of the delta are fetched and the checkpoint is made of them; the hash of the whole form
/// decides, so that nobody has to believe a delta, and one that does not lead there costs its trainer nothing but the longer way.
/// </summary>
internal sealed partial class CheckpointFetcher(BlobFetcher fetcher, IBlobStore blobs, Func<Hash256, GenesisTask?> taskOf, TimeProvider time, ILogger logger)
{
    /// <summary>For a delta: whoever withholds it delays the whole form so long and no longer.</summary>
    internal static readonly TimeSpan DeltaPatience = TimeSpan.FromSeconds(5);

    // Those that do not lead where they say; forgotten with the process, which then looks once more.
    private readonly ConcurrentDictionary<BlobHash, bool> _wrong = [];

    /// <summary>Whether the checkpoint is here afterwards, whole.</summary>
    public async Task<bool> EnsureAsync(CandidateManifest manifest, CancellationToken cancellationToken)
    {
        var model = Blob(manifest.Model);
        if (blobs.Has(model)) return true;
        if (await TryRebuildAsync(manifest, model, cancellationToken).ConfigureAwait(false)) return true;
        return await fetcher.EnsureAsync(model, BlobManifest.Of(model, manifest.ModelBytes, manifest.Chunks.Select(Hash)), BlobPurpose.Round, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TryRebuildAsync(CandidateManifest manifest, BlobHash model, CancellationToken cancellationToken)
    {
        if (manifest.Delta is not { } delta || delta.Bytes >= manifest.ModelBytes || blobs.Arriving(model) is not null) return false; // what has begun to come is gone on with
        var (from, blob) = (Blob(delta.Base), Blob(delta.Blob));
        if (_wrong.ContainsKey(blob) || !blobs.Has(from)) return false;
        if (PlanOf(manifest) is not { } plan || delta.Bytes > (ulong)SparseDelta.BytesMax(plan.ParameterCount)) return false; // so long a one is none
        if (!await FetchAsync(blob, BlobManifest.Of(blob, delta.Bytes, delta.Chunks.Select(Hash)), cancellationToken).ConfigureAwait(false)) return false;
        if (blobs.Read(from) is not { } whole || blobs.Read(blob) is not { } bytes) return false;
        if (await Task.Run(() => Rebuilt(plan, whole, bytes, model), cancellationToken).ConfigureAwait(false) is { } checkpoint)
        {
            blobs.Put(checkpoint);
            LogRebuilt(model, delta.Bytes, manifest.ModelBytes);
            return true;
        }

        _wrong[blob] = true;
        LogWrong(blob, model);
        return false;
    }

    private async Task<bool> FetchAsync(BlobHash blob, BlobManifest? named, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(DeltaPatience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await fetcher.EnsureAsync(blob, named, BlobPurpose.Round, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // Null where the delta is none, or leads elsewhere.
    private static byte[]? Rebuilt(ModelPlan plan, byte[] from, byte[] bytes, BlobHash model) =>
        SparseDelta.TryDecode(bytes, out var delta, out _)
        && delta.Result == model
        && Checkpoint.TryRead(from, plan, out var parameters, out _)
        && delta.TryApply(parameters, out var checkpoint, out _)
            ? checkpoint
            : null;

    private ModelPlan? PlanOf(CandidateManifest manifest) =>
        taskOf(Hash(manifest.Task)) is { } task ? InitialModels.SpecOf(task).Plan : null;

    private static BlobHash Blob(Google.Protobuf.ByteString hash) => new(Hash(hash));

    private static Hash256 Hash(Google.Protobuf.ByteString hash) => Hash256.FromBytes(hash.Span);

    [LoggerMessage(Level = LogLevel.Debug, Message = "checkpoint {Model} was made of a delta of {Bytes} bytes in place of {Whole}")]
    private partial void LogRebuilt(BlobHash model, ulong bytes, ulong whole);

    [LoggerMessage(Level = LogLevel.Warning, Message = "delta {Delta} does not make checkpoint {Model} of its base: the whole form is fetched")]
    private partial void LogWrong(BlobHash delta, BlobHash model);
}
