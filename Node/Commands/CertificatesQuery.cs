using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>neurochain query certificates: how a running node decided a height, as a file that proves itself.</summary>
internal static class CertificatesQuery
{
    private static readonly P2P.RpcMethod<GetCertificatesRequest, GetCertificatesResponse> GetCertificates = new(ProofReflection.Descriptor.Services[0], "GetCertificates");

    public static Command Create()
    {
        var (node, height) = (CommonOptions.Node(), new Argument<ulong>("height") { Description = "Which one" });
        var file = new Option<string>("--out") { Description = "File to write", Required = true };
        var command = new Command("certificates", "Write how the node decided a height, and the polkas that it saw, to a file for inspect fork") { height, file, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var request = new GetCertificatesRequest { Height = parsed.GetValue(height) };
            var response = await client.Channel.UnaryAsync(GetCertificates, request, null, cancellationToken).ConfigureAwait(false);
            // What it proves is seen by whoever compares the two sides; that it is one of these files must be seen now.
            if (!HeightCertificates.TryDecode(response.Certificates.Span, out var certificates) || certificates.Height.Value != request.Height)
                throw new OperatorException($"the node's answer is not how height {request.Height} was decided");
            await File.WriteAllBytesAsync(parsed.GetValue(file)!, response.Certificates.ToByteArray(), cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"{parsed.GetValue(file)}: {certificates}");
            return 0;
        });
        return command;
    }
}
