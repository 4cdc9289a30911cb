namespace NeuroChain.Node;

/// <summary>The node's answer is not proved: it lies, or what it proves it by is damaged. The command says what failed and ends with 1.</summary>
internal sealed class NotProvedException(string message) : Exception(message);
