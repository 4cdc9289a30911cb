using Google.Protobuf;
using Microsoft.Extensions.Logging;
using NeuroChain.Chain;
using NeuroChain.P2P.V1;

namespace NeuroChain.P2P;

/// <summary>The incoming side: what peers send over the connections that they opened, handed to the node.</summary>
internal sealed partial class InboundCalls(
    PeerNetworkOptions options,
    Func<Address, PeerSession> session,
    InboundConnections connections,
    Action<Address, PeerFault> report,
    IPeerHandler handler,
    TimeProvider time,
    ILogger logger)
{
    public RpcService CreateService() =>
        new RpcService(PeerMethods.Service, options.MaxRequestBytes + PeerMethods.RequestOverheadBytes)
            .ClientStreaming<Frame, Ack>(
                nameof(PeerLane.Consensus), (frames, call) => ReceiveAsync(PeerLane.Consensus, frames, call), FrameLimit(options.Consensus))
            .ClientStreaming<Frame, Ack>(
                nameof(PeerLane.Gossip), (frames, call) => ReceiveAsync(PeerLane.Gossip, frames, call), FrameLimit(options.Gossip))
            .ServerStreaming<RequestFrame, ResponseFrame>(PeerMethods.Request.Descriptor.Name, AnswerAsync);

    private static int FrameLimit(LaneOptions lane) => lane.MaxMessageBytes + PeerMethods.FrameOverheadBytes;

    private static Address PeerOf(ServerCallContext call)
    {
        var feature = call.HttpContext.Features.Get<PeerFeature>();
        Invariant.Check(feature is not null, "the connection middleware lets nobody through without an identity");
        return feature.Address;
    }

    private async Task<Ack> ReceiveAsync(PeerLane lane, IAsyncStreamReader<Frame> frames, ServerCallContext call)
    {
        var peer = PeerOf(call);
        var known = session(peer);
        try
        {
            await known.Turn(lane)
                .RunAsync(token => ReadAsync(peer, known, lane, frames, call, token), call.CancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.Aborted, "a newer stream of the same peer took over");
        }

        return new Ack();
    }

    private async Task ReadAsync(
        Address peer,
        PeerSession known,
        PeerLane lane,
        IAsyncStreamReader<Frame> frames,
        ServerCallContext call,
        CancellationToken cancellationToken)
    {
        await call.WriteResponseHeadersAsync().ConfigureAwait(false);
        var (counts, rate) = (known.Queue(lane), known.Rate(lane));
        while (await NextAsync(peer, lane, frames, cancellationToken).ConfigureAwait(false) is { } frame)
        {
            counts.CountReceived();
            await handler.OnMessageAsync(peer, lane, frame.Payload.Memory).ConfigureAwait(false);
            // What is not read fills the stream's window, and then the sender waits: too fast a peer is slowed, and nothing of it is lost here.
            if (rate.Read(frame.Payload.Length) is { Ticks: > 0 } wait) await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Frame?> NextAsync(Address peer, PeerLane lane, IAsyncStreamReader<Frame> frames, CancellationToken cancellationToken)
    {
        try
        {
            return await frames.MoveNext(cancellationToken).ConfigureAwait(false) ? frames.Current : null;
        }
        catch (RpcException e)
        {
            // No honest node sends frames that are none or too large, so nothing of this peer's connections is worth keeping.
            Violation(logger, peer, lane, e.Status);
            connections.Abort(peer, "broke the protocol");
            // A body that ends inside a message, INTERNAL, may be that of an honest peer that died: that is no reason for a ban.
            if (e.StatusCode != StatusCode.Internal) report(peer, PeerFault.Malformed);
            throw;
        }
    }

    private async Task AnswerAsync(RequestFrame request, IServerStreamWriter<ResponseFrame> responses, ServerCallContext call)
    {
        var peer = PeerOf(call);
        if (!PeerMethods.IsKind(request.Kind)) throw new RpcException(StatusCode.InvalidArgument, "the kind of request is malformed");
        if (request.Payload.Length > options.MaxRequestBytes)
            throw new RpcException(StatusCode.ResourceExhausted, "the request is too large");
        var known = session(peer);
        var slots = known.RequestSlots;
        if (!await slots.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
            throw new RpcException(StatusCode.ResourceExhausted, $"no more than {options.MaxRequestsPerPeer} requests at a time");
        try
        {
            if (known.Requests.Take(1) is { Ticks: > 0 } wait) await Task.Delay(wait, time, call.CancellationToken).ConfigureAwait(false);
            var answers = handler.OnRequestAsync(peer, request.Kind, request.Payload.Memory, call.CancellationToken);
            await foreach (var answer in answers.WithCancellation(call.CancellationToken).ConfigureAwait(false))
            {
                Invariant.Check(answer.Length <= options.MaxResponseBytes, "an answer fits what the asker takes");
                await responses.WriteAsync(new ResponseFrame { Payload = UnsafeByteOperations.UnsafeWrap(answer) }).ConfigureAwait(false);
                if (known.AnswerBytes.Take(answer.Length) is { Ticks: > 0 } pause) await Task.Delay(pause, time, call.CancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            slots.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disconnecting {Peer}: bad frame on the {Lane} lane ({Status})")]
    private static partial void Violation(ILogger logger, Address peer, PeerLane lane, RpcStatus status);
}
