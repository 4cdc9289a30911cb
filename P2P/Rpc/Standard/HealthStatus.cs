using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace NeuroChain.P2P;

/// <summary>
/// Which services of this process serve; the empty name stands for the process. Whoever knows sets it, the health service tells
/// it to load balancers and operators. Safe from any thread.
/// </summary>
public sealed class HealthStatus
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new() { [""] = ServingStatus.Serving };
    private TaskCompletionSource _changed = NewSignal();

    public void Set(string service, bool serving)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            _statuses[service] = serving ? ServingStatus.Serving : ServingStatus.NotServing;
            signal = _changed;
            _changed = NewSignal();
        }

        signal.SetResult();
    }

    /// <summary>Sets every service that was ever spoken of, and the process; who watches is told only where something changed.</summary>
    public void SetAll(bool serving)
    {
        var status = serving ? ServingStatus.Serving : ServingStatus.NotServing;
        TaskCompletionSource signal;
        lock (_gate)
        {
            if (_statuses.Values.All(present => present == status)) return;
            foreach (var service in _statuses.Keys.ToList()) _statuses[service] = status;
            signal = _changed;
            _changed = NewSignal();
        }

        signal.SetResult();
    }

    /// <summary>Null where nobody ever spoke of the service.</summary>
    public bool? IsServing(string service) => Read(service).Status is { } status ? status == ServingStatus.Serving : null;

    /// <summary>A service with the two methods of grpc.health.v1.Health.</summary>
    public RpcService CreateService() =>
        new RpcService(HealthReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.ServiceDescriptor>("Health"))
            .Unary<HealthCheckRequest, HealthCheckResponse>("Check", (request, _) =>
                Read(request.Service).Status is { } status
                    ? Task.FromResult(new HealthCheckResponse { Status = status })
                    : throw new RpcException(StatusCode.NotFound, "unknown service"))
            .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", WatchAsync);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (ServingStatus? Status, Task Changed) Read(string service)
    {
        lock (_gate) return (_statuses.TryGetValue(service, out var status) ? status : null, _changed.Task);
    }

    private async Task WatchAsync(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responses, ServerCallContext context)
    {
        ServingStatus? told = null;
        while (true)
        {
            var (status, changed) = Read(request.Service);
            var current = status ?? ServingStatus.ServiceUnknown;
            if (current != told) await responses.WriteAsync(new HealthCheckResponse { Status = current }).ConfigureAwait(false);
            told = current;
            await changed.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }
}
