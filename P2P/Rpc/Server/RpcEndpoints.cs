using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NeuroChain.P2P;

/// <summary>Maps services onto the paths of gRPC: /package.Service/Method.</summary>
public static class RpcEndpoints
{
    /// <exception cref="NeuroChain.Chain.InvariantException">A method of the service has no handler.</exception>
    public static void MapRpcService(this IEndpointRouteBuilder endpoints, RpcService service)
    {
        service.RequireComplete();
        var services = endpoints.ServiceProvider;
        var environment = new ServerCallEnvironment(
            services.GetRequiredService<ILoggerFactory>().CreateLogger("NeuroChain.Rpc"),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None);
        foreach (var method in service.Methods)
            endpoints.Map(method.Path, http => ServerCall.HandleAsync(http, method, environment));
        endpoints.Map($"/{service.Descriptor.FullName}/{{method}}", http => RefuseAsync(http, "method"));
    }

    /// <summary>Calls to services that are not there get UNIMPLEMENTED; other requests get 404.</summary>
    public static void MapUnknownRpc(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapFallback("/{**path}", http =>
        {
            if (GrpcRequest.IsGrpc(http.Request)) return RefuseAsync(http, "service");
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

    private static Task RefuseAsync(HttpContext http, string what)
    {
        if (GrpcRequest.TryAccept(http))
            GrpcResponse.EndWithoutBody(http, new RpcStatus(StatusCode.Unimplemented, $"no such {what}: {http.Request.Path}"));
        return Task.CompletedTask;
    }
}
