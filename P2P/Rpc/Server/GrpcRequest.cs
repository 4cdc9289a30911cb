using Microsoft.AspNetCore.Http;

namespace NeuroChain.P2P;

/// <summary>Tells a gRPC call from other HTTP; what is none is answered in HTTP's own terms.</summary>
internal static class GrpcRequest
{
    public static bool IsGrpc(HttpRequest request)
    {
        var type = request.ContentType;
        const string Grpc = "application/grpc";
        if (type is null || !type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)) return false;
        // application/grpc-web and application/grpc+json are other protocols.
        var suffix = type.AsSpan(Grpc.Length);
        return suffix.IsEmpty || suffix[0] == ';' || suffix.Equals("+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>False where the request was answered already.</summary>
    public static bool TryAccept(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers.Allow = HttpMethods.Post;
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return false;
        }

        if (!IsGrpc(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return false;
        }

        return true;
    }
}
