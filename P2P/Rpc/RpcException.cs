namespace NeuroChain.P2P;

/// <summary>
/// A call that did not end with OK. A handler throws it to choose the status that its caller sees; a client throws it for any
/// failed call, except where the caller's own token ended it (then it is <see cref="OperationCanceledException"/>).
/// </summary>
public sealed class RpcException : Exception
{
    public RpcException(RpcStatus status) : base(status.ToString()) => Status = status;

    public RpcException(RpcStatus status, Exception inner) : base(status.ToString(), inner) => Status = status;

    public RpcException(StatusCode code, string message) : this(new RpcStatus(code, message)) { }

    public RpcStatus Status { get; }

    public StatusCode StatusCode => Status.Code;
}
