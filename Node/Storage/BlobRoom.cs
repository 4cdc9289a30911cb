using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>What a blob is for.</summary>
internal enum BlobPurpose
{
    /// <summary>A round in progress: a candidate in either form, its parent, the models that it is compared with.</summary>
    Round,

    /// <summary>A training set.</summary>
    TrainingSet,

    /// <summary>A sealed set that is offered. Validators that find no room do not say that they hold it, so it is not drawn from.</summary>
    SealedSet,
}

/// <summary>
/// Room for blobs. What a round in progress names is always taken: a bond stands behind each, there are eight candidates a task at most, and a
/// validator that refused them would burn bonds of honest trainers. Anything else finds room or not; where it finds none, that is noted, and the keeper
/// makes room at once. Safe to call from any thread.
/// </summary>
/// <param name="blobs">What takes room.</param>
/// <param name="bytesMax">Bytes of all blobs that the operator allows.</param>
/// <param name="headroom">Kept free, where something may go, for the candidates of the next round.</param>
internal sealed class BlobRoom(IBlobStore blobs, long bytesMax, long headroom)
{
    private long _wanted;

    public long BytesMax => bytesMax;

    /// <summary>Whether so many bytes more may be kept now. Where they may not, room is made.</summary>
    public bool TryTake(long bytes, BlobPurpose purpose)
    {
        if (purpose == BlobPurpose.Round || blobs.Bytes + bytes <= bytesMax) return true;
        for (var noted = Interlocked.Read(ref _wanted); noted < bytes;)
        {
            var found = Interlocked.CompareExchange(ref _wanted, bytes, noted);
            if (found == noted) break;
            noted = found;
        }

        return false;
    }

    /// <summary>Whether somebody found no room since it was last made.</summary>
    public bool IsWanted => Interlocked.Read(ref _wanted) > 0;

    /// <summary>Bytes down to which what may go goes, after what found no room since the last time.</summary>
    public long TakeMark() => bytesMax - Math.Max(headroom, Interlocked.Exchange(ref _wanted, 0));

    /// <exception cref="OperatorException">It is less than this chain takes.</exception>
    public static BlobRoom Of(GenesisDocument genesis, IBlobStore blobs, long bytesMax)
    {
        var least = LeastOf(genesis);
        return bytesMax >= least ? new BlobRoom(blobs, bytesMax, HeadroomOf(genesis)) : throw new OperatorException(
            $"config: blob_bytes_max: {least} or more for the tasks of this chain, not {bytesMax}: so much do a round in progress, the models that its candidates are compared with and sealed sets take");
    }

    /// <summary>Room for the candidates of one round of the greatest task, in both forms.</summary>
    public static long HeadroomOf(GenesisDocument genesis) => genesis.Tasks.Select(RoundOf).DefaultIfEmpty(0).Max();

    /// <summary>
    /// What a node of this chain needs at the least: of each task the first model, the last certified ones, a round in progress and its sealed sets; and the
    /// headroom.
    /// </summary>
    public static long LeastOf(GenesisDocument genesis) =>
        genesis.Tasks.Sum(task => ((1 + Ledger.TrainingQueries.RecentModelsMax) * (long)task.ModelBytes) + RoundOf(task) + SealedOf(task)) + HeadroomOf(genesis);

    // As many sets as a task may have at a time, with as many samples and custodians as they may have.
    private static long SealedOf(GenesisTask task)
    {
        if (task.SampleSource != SampleSource.Generator || task.Pixels is not { } pixels) return 0;
        return SealedLimits.SetsMax * Math.Min(BlobLimits.BlobBytesMax, SealedSetTerms.LargestBlob(pixels, (int)task.ClassCount));
    }

    private static long RoundOf(GenesisTask task) =>
        Limits.CandidatesMax * ((long)task.ModelBytes + SparseDelta.BytesMax(InitialModels.SpecOf(task).Plan.ParameterCount));
}
