using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A delta as the message that proposes it, with the blob that validators fetch.</summary>
internal static class DatasetProposal
{
    /// <param name="client">A node of the chain.</param>
    /// <param name="task">Whose training set.</param>
    /// <param name="set">Its present version.</param>
    /// <param name="delta">What is to change.</param>
    /// <param name="bond">What is put down; null for what the chain asks for.</param>
    /// <param name="reason">For those who vote.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperatorException">The delta does not fit the set, or its blob is too large.</exception>
    public static async Task<(DatasetDeltaProposal Message, byte[] Blob)> MakeAsync(
        NodeClient client, Hash256 task, Dataset set, DatasetDelta delta, Amount? bond, string reason, CancellationToken cancellationToken)
    {
        var present = await new DatasetClient(client.Channel).SetAsync(task, cancellationToken).ConfigureAwait(false);
        var now = await new ValidatorClient(client).ParametersAsync(cancellationToken).ConfigureAwait(false);
        if (!ChainParameters.TryDecode(now.Json.Span, out var parameters)) throw new OperatorException("the node answers with parameters that this program cannot read: use the node's version");
        var blob = delta.Encode();
        if (blob.Length > BlobLimits.BlobBytesMax) throw new OperatorException($"the delta has {blob.Length} bytes, at most {BlobLimits.BlobBytesMax} are taken");
        if (!DatasetDelta.TryDecode(blob, out _, out var error) || !delta.TryApply(set, out var result, out error)) throw new OperatorException($"the delta does not fit: {error}");
        var asked = parameters.Datasets.DeltaBond;
        if (bond < asked) throw new OperatorException($"--bond: at least {asked} NTK");
        return (MessageOf(task, present.Version, set, delta, result, blob, bond ?? asked, reason), blob);
    }

    public static DatasetDeltaProposal MessageOf(
        Hash256 task, ulong version, Dataset set, DatasetDelta delta, Dataset result, byte[] blob, Amount bond, string reason)
    {
        var manifest = BlobManifest.Of(blob);
        var message = new DatasetDeltaProposal
        {
            Task = task.ToByteString(),
            BaseVersion = version,
            Blob = manifest.Hash.Value.ToByteString(),
            Bytes = (ulong)blob.Length,
            ResultRoot = result.Root.ToByteString(),
            Adds = (uint)delta.Adds,
            Removes = (uint)(set.Count + delta.Adds - result.Count),
            Bond = bond.ToByteString(),
            Reason = reason,
        };
        message.Chunks.AddRange(manifest.ChunkHashes.Select(hash => hash.ToByteString()));
        return message;
    }
}
