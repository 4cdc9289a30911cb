using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;
using Alpha = Grpc.Reflection.V1Alpha;

namespace NeuroChain.P2P;

/// <summary>
/// grpc.reflection.v1.ServerReflection and its v1alpha twin, from the generated descriptors: grpcurl and its like can list and
/// call what a server offers without having the .proto files.
/// </summary>
public sealed class ServerReflection
{
    private const string MethodName = "ServerReflectionInfo";

    private readonly string[] _services;
    private readonly Dictionary<string, FileDescriptor> _byName = [];
    private readonly Dictionary<string, FileDescriptor> _bySymbol = [];

    /// <param name="services">What the server offers; the reflection services add themselves.</param>
    public ServerReflection(IEnumerable<ServiceDescriptor> services)
    {
        var all = services.Append(V1).Append(V1Alpha).ToList();
        _services = [.. all.Select(s => s.FullName).Order(StringComparer.Ordinal)];
        foreach (var service in all) AddFile(service.File);
    }

    private static ServiceDescriptor V1 => ReflectionReflection.Descriptor.FindTypeByName<ServiceDescriptor>("ServerReflection");

    private static ServiceDescriptor V1Alpha =>
        Alpha.ReflectionReflection.Descriptor.FindTypeByName<ServiceDescriptor>("ServerReflection");

    /// <summary>Both versions: tools of different age ask for different ones.</summary>
    public IReadOnlyList<RpcService> CreateServices() =>
    [
        new RpcService(V1).Duplex<ServerReflectionRequest, ServerReflectionResponse>(MethodName, AnswerAllAsync),
        new RpcService(V1Alpha).Duplex<Alpha.ServerReflectionRequest, Alpha.ServerReflectionResponse>(MethodName, AnswerAllAlphaAsync),
    ];

    private async Task AnswerAllAsync(
        IAsyncStreamReader<ServerReflectionRequest> requests,
        IServerStreamWriter<ServerReflectionResponse> responses,
        ServerCallContext call)
    {
        await foreach (var request in requests.ReadAllAsync(call.CancellationToken).ConfigureAwait(false))
            await responses.WriteAsync(Answer(request)).ConfigureAwait(false);
    }

    /// <summary>The two versions have the same fields with the same numbers, so bytes carry over.</summary>
    private async Task AnswerAllAlphaAsync(
        IAsyncStreamReader<Alpha.ServerReflectionRequest> requests,
        IServerStreamWriter<Alpha.ServerReflectionResponse> responses,
        ServerCallContext call)
    {
        await foreach (var request in requests.ReadAllAsync(call.CancellationToken).ConfigureAwait(false))
        {
            var answer = Answer(ServerReflectionRequest.Parser.ParseFrom(request.ToByteString()));
            await responses.WriteAsync(Alpha.ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString())).ConfigureAwait(false);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.Add(_services.Select(name => new ServiceResponse { Name = name }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AnswerFile(response, _byName.GetValueOrDefault(request.FileByFilename));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AnswerFile(response, _bySymbol.GetValueOrDefault(request.FileContainingSymbol));
                break;
            default:
                // Proto3 files have no extensions.
                response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = "not found" };
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file)
    {
        if (file is null)
        {
            response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = "not found" };
            return;
        }

        // With all that it imports, so that a tool need not ask file by file.
        var seen = new HashSet<string>();
        var waiting = new Queue<FileDescriptor>([file]);
        response.FileDescriptorResponse = new FileDescriptorResponse();
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name)) continue;
            response.FileDescriptorResponse.FileDescriptorProto.Add(next.SerializedData);
            foreach (var import in next.Dependencies) waiting.Enqueue(import);
        }
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_byName.TryAdd(file.Name, file)) return;
        foreach (var import in file.Dependencies) AddFile(import);
        foreach (var message in file.MessageTypes) AddMessage(message);
        foreach (var type in file.EnumTypes) AddEnum(type);
        foreach (var service in file.Services)
        {
            _bySymbol[service.FullName] = file;
            foreach (var method in service.Methods) _bySymbol[method.FullName] = file;
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        _bySymbol[message.FullName] = message.File;
        foreach (var field in message.Fields.InDeclarationOrder()) _bySymbol[field.FullName] = message.File;
        foreach (var nested in message.NestedTypes) AddMessage(nested);
        foreach (var type in message.EnumTypes) AddEnum(type);
    }

    private void AddEnum(EnumDescriptor type)
    {
        _bySymbol[type.FullName] = type.File;
        foreach (var value in type.Values) _bySymbol[value.FullName] = type.File;
    }
}
