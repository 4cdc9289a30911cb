namespace NeuroChain.P2P;

/// <summary>How a call ended: a code and a text for whoever reads it. The text reaches the caller, so it never holds a trace.</summary>
public readonly record struct RpcStatus(StatusCode Code, string Message)
{
    public static readonly RpcStatus Ok = new(StatusCode.Ok, "");

    public bool IsOk => Code == StatusCode.Ok;

    public override string ToString() => string.IsNullOrEmpty(Message) ? Code.ToString() : $"{Code}: {Message}";
}
