using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;
using NeuroChain.Signer.V1;

namespace NeuroChain.Node;

/// <summary>The desk of a signer as a service. It makes every digest itself.</summary>
internal sealed class SignerService(SignerDesk desk, GenesisHash genesis)
{
    private const int SmallBytesMax = 1024;

    /// <summary>A transaction is the largest thing that is signed.</summary>
    private const int TaggedBytesMax = Limits.TransactionBytesMax + SmallBytesMax;

    public RpcService Create() =>
        new RpcService(SignerReflection.Descriptor.Services[0], SmallBytesMax)
            .Unary<AcquireRequest, AcquireResponse>("Acquire", (_, call) => Task.FromResult(Acquire(MutualTls.CallerOf(call))))
            .Unary<SignMessageRequest, SignMessageResponse>("Sign", (request, call) => Task.FromResult(Sign(MutualTls.CallerOf(call), request)))
            .Unary<SignTaggedRequest, SignTaggedResponse>("SignTagged", (request, call) => Task.FromResult(SignTagged(MutualTls.CallerOf(call), request)), TaggedBytesMax)
            .Unary<PingRequest, PingResponse>("Ping", (request, call) => Task.FromResult(Ping(MutualTls.CallerOf(call), request)));

    internal static Refusal RefusalOf(SignRefusal refusal) => refusal switch
    {
        SignRefusal.None => Refusal.None,
        SignRefusal.Regression => Refusal.Regression,
        SignRefusal.Conflict => Refusal.Conflict,
        SignRefusal.AgainstLock => Refusal.AgainstLock,
        _ => Refusal.NoLease,
    };

    private AcquireResponse Acquire(Address node)
    {
        if (desk.TryAcquire(node, out var holder) is not var (epoch, state))
            throw new RpcException(StatusCode.FailedPrecondition, $"the signer serves the node {holder}, which was heard within {SignerDesk.Patience.TotalSeconds} s: stop that one first");
        return new AcquireResponse { Epoch = epoch.Number, Validator = ByteString.CopyFrom(desk.Validator.ToArray()), State = ByteString.CopyFrom(state.Encode()) };
    }

    private SignMessageResponse Sign(Address node, SignMessageRequest request)
    {
        if (!SignRequest.TryDecodeBody(request.Body.Span, genesis, out var message))
            throw new RpcException(StatusCode.InvalidArgument, "body: a vote or a proposal wanted, whole");
        var signature = desk.TrySign(node, request.Epoch, message, out var refusal);
        return new SignMessageResponse { Signature = BytesOf(signature), Refusal = RefusalOf(refusal) };
    }

    private SignTaggedResponse SignTagged(Address node, SignTaggedRequest request)
    {
        var domain = TaggedDomains.Find(request.Domain) ?? throw new RpcException(StatusCode.PermissionDenied, $"domain: \"{request.Domain}\" is not signed");
        var signature = desk.TrySignTagged(node, request.Epoch, new TaggedContent(domain, request.Content.Memory));
        return new SignTaggedResponse { Signature = BytesOf(signature), Refusal = signature is null ? Refusal.NoLease : Refusal.None };
    }

    private PingResponse Ping(Address node, PingRequest request) => new() { Refusal = desk.Holds(node, request.Epoch) ? Refusal.None : Refusal.NoLease };

    private static ByteString BytesOf(Signature? signature) => signature is null ? ByteString.Empty : ByteString.CopyFrom(signature.Bytes);
}
