using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The data set service of a node as the command line and trainers use it.</summary>
internal sealed class DatasetClient(RpcChannel channel)
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Datasets = DatasetReflection.Descriptor.Services[0];

    private static readonly RpcMethod<GetTrainingSetRequest, TrainingSet> GetTrainingSet = new(Datasets, "GetTrainingSet");
    private static readonly RpcMethod<ListVersionsRequest, ListVersionsResponse> ListVersions = new(Datasets, "ListVersions");
    private static readonly RpcMethod<ListSealedSetsRequest, ListSealedSetsResponse> ListSealedSets = new(Datasets, "ListSealedSets");
    private static readonly RpcMethod<GetOpenedKeysRequest, GetOpenedKeysResponse> GetOpenedKeys = new(Datasets, "GetOpenedKeys");

    public Task<TrainingSet> SetAsync(Hash256 task, CancellationToken cancellationToken) =>
        channel.UnaryAsync(GetTrainingSet, new GetTrainingSetRequest { Task = task.ToByteString() }, null, cancellationToken);

    /// <summary>All versions up to the present one.</summary>
    public async Task<IReadOnlyList<DatasetVersion>> VersionsAsync(Hash256 task, CancellationToken cancellationToken)
    {
        var all = new List<DatasetVersion>();
        while (true)
        {
            var request = new ListVersionsRequest { Task = task.ToByteString(), From = (ulong)all.Count };
            var response = await channel.UnaryAsync(ListVersions, request, null, cancellationToken).ConfigureAwait(false);
            if (response.Versions.Count == 0) return all;
            all.AddRange(response.Versions);
        }
    }

    /// <summary>All sealed sets of a task, also those that have ended.</summary>
    public async Task<IReadOnlyList<SealedSetState>> SealedSetsAsync(Hash256 task, CancellationToken cancellationToken)
    {
        var all = new List<SealedSetState>();
        while (true)
        {
            var request = new ListSealedSetsRequest { Task = task.ToByteString(), From = (ulong)all.Count + 1 };
            var response = await channel.UnaryAsync(ListSealedSets, request, null, cancellationToken).ConfigureAwait(false);
            if (response.Sets.Count == 0) return all;
            all.AddRange(response.Sets);
        }
    }

    /// <summary>All keys that were opened of a sealed set.</summary>
    /// <exception cref="OperatorException">The node's answer is malformed.</exception>
    public async Task<ImmutableArray<ReleasedKey>> OpenedKeysAsync(Hash256 task, SealedSetState set, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<ReleasedKey>();
        for (var round = set.LastRound; round > 0;)
        {
            var request = new GetOpenedKeysRequest { Task = task.ToByteString(), Set = set.Set, TrainingRound = round };
            var response = await channel.UnaryAsync(GetOpenedKeys, request, null, cancellationToken).ConfigureAwait(false);
            if (response.Keys.Length != response.Samples.Count * Hash256.Size || response.Before >= round || response.Samples.Any(sample => sample >= SealedLimits.SamplesMax))
                throw new OperatorException("the node's list of keys is malformed: is it of another version?");
            for (var i = 0; i < response.Samples.Count; i++)
                all.Add(new ReleasedKey((int)response.Samples[i], Hash256.FromBytes(response.Keys.Span.Slice(i * Hash256.Size, Hash256.Size))));
            round = response.Before;
        }

        return all.ToImmutable();
    }

    /// <summary>A version of a task's training set, made from the first one with the deltas that the node serves.</summary>
    /// <param name="task">The task.</param>
    /// <param name="first">Its version 0.</param>
    /// <param name="until">Root of the version that is wanted; the last one where there is none of that root.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where <paramref name="first"/> is not what the task began from.</returns>
    /// <exception cref="OperatorException">What the node serves does not make the next version.</exception>
    public async Task<Dataset?> BringUpAsync(Hash256 task, Dataset first, Hash256? until, CancellationToken cancellationToken)
    {
        var versions = await VersionsAsync(task, cancellationToken).ConfigureAwait(false);
        if (versions.Count == 0 || !versions[0].Root.Span.SequenceEqual(first.Root.ToArray())) return null;
        var set = first;
        foreach (var version in versions.Skip(1))
        {
            if (set.Root == until) return set;
            if (!Hash256.TryFromBytes(version.Blob.Span, out var blob) || !Hash256.TryFromBytes(version.Root.Span, out var root))
                throw new OperatorException("the node's list of versions is malformed: is it of another version?");
            var bytes = await new TrainingClient(channel).DownloadAsync(new BlobHash(blob), BlobLimits.BlobBytesMax, cancellationToken).ConfigureAwait(false);
            var step = new TrainingSetStep(new BlobHash(blob), root, version.Adds, version.Removes);
            if (!TrainingSetReplay.TryStep(set, step, bytes, out var next, out var fault)) throw new OperatorException($"dataset: version {version.Version}: {fault}");
            set = next;
        }

        return set;
    }
}
