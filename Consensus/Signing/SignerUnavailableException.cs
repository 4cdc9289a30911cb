namespace NeuroChain.Consensus;

/// <summary>The signer is a process of its own and does not answer, or serves another node. It passes: whoever asked asks again.</summary>
public sealed class SignerUnavailableException(string message) : Exception(message);
