namespace NeuroChain.Chain;

/// <summary>
/// The operator must change something: a config key, a genesis field, a missing library, a port in use.
/// The message is one line that says what and how; the process prints it and exits with 2, without a trace.
/// </summary>
public sealed class OperatorException : Exception
{
    public OperatorException(string message) : base(message) { }

    public OperatorException(string message, Exception inner) : base(message, inner) { }
}
