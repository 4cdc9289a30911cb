namespace NeuroChain.Bridge;

/// <summary>Why an endpoint's answer is none. What an answer says about blocks is judged elsewhere: by the quorum, and by hashes.</summary>
public enum EndpointFault
{
    None,

    /// <summary>No connection, or it broke off.</summary>
    Unreachable,

    /// <summary>Not answered to the end within the time allowed.</summary>
    TimedOut,

    /// <summary>An HTTP status other than 200.</summary>
    HttpStatus,

    /// <summary>The answer came from another address: an endpoint that sends on to another is not a source of its own.</summary>
    Redirected,

    /// <summary>More bytes, or more items, than an answer of its kind may have.</summary>
    TooLarge,

    NotJson,

    /// <summary>JSON, but no answer to what was asked by JSON-RPC 2.0: another version or id, or neither result nor error.</summary>
    NotRpc,

    /// <summary>A JSON-RPC error.</summary>
    Refused,

    /// <summary>Null: it does not know the block.</summary>
    Absent,

    /// <summary>A field is missing, or is not what the specification of Ethereum's JSON-RPC makes it.</summary>
    Malformed,

    /// <summary>It speaks of another block, or of another account, than was asked for.</summary>
    WrongSubject,
}

/// <summary>What an endpoint answered: a value, or why there is none.</summary>
/// <param name="Value">Default where there is a fault.</param>
/// <param name="Fault">None where there is a value.</param>
/// <param name="Detail">For whoever reads the log; bounded, and of the endpoint's making where it refused.</param>
public readonly record struct Answered<T>(T? Value, EndpointFault Fault, string Detail)
{
    public const int DetailLengthMax = 200;

    public static implicit operator Answered<T>(T value) => new(value, EndpointFault.None, "");

    public static Answered<T> No(EndpointFault fault, string detail) =>
        new(default, fault, detail.Length > DetailLengthMax ? detail[..DetailLengthMax] : detail);

    /// <summary>The same fault for another kind of value.</summary>
    public Answered<TOther> As<TOther>() => new(default, Fault, Detail);
}
