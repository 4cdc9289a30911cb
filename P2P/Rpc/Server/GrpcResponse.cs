using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace NeuroChain.P2P;

/// <summary>Headers and trailers of a response.</summary>
internal static class GrpcResponse
{
    public static void SetHeaders(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-accept-encoding"] = "identity";
    }

    public static void AppendStatus(HttpResponse response, RpcStatus status)
    {
        response.AppendTrailer("grpc-status", ((int)status.Code).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(status.Message)) response.AppendTrailer("grpc-message", StatusText.Encode(status.Message));
    }

    /// <summary>"Trailers-Only" of the protocol: the status travels in the one and only header block.</summary>
    public static void EndWithoutBody(HttpContext http, RpcStatus status)
    {
        SetHeaders(http.Response);
        http.Response.Headers["grpc-status"] = ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Message)) http.Response.Headers["grpc-message"] = StatusText.Encode(status.Message);
    }
}
