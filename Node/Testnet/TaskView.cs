using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The task of a test network, as a node's API shows it.</summary>
internal static class TaskView
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Training = TrainingReflection.Descriptor.Services[0];

    private static readonly RpcMethod<ListTasksRequest, ListTasksResponse> ListTasks = new(Training, "ListTasks");
    private static readonly RpcMethod<DownloadCheckpointRequest, CheckpointChunk> DownloadCheckpoint = new(Training, "DownloadCheckpoint");

    public static async Task<TrainingTask> FirstTaskAsync(NodeClient client, CancellationToken cancellationToken) =>
        (await client.Channel.UnaryAsync(ListTasks, new ListTasksRequest(), null, cancellationToken).ConfigureAwait(false)).Tasks[0];

    public static async Task<byte[]> DownloadAsync(NodeClient client, BlobHash model, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await foreach (var chunk in client.Channel.ServerStreaming(DownloadCheckpoint, new DownloadCheckpointRequest { Model = model.Value.ToByteString() }, null, cancellationToken).ConfigureAwait(false))
            chunk.Data.WriteTo(bytes);
        return bytes.ToArray();
    }
}
