using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// The right to sign with a key, which one process of the machine has at a time. The signer's memory is locked too, but a home can be copied,
/// and two processes with two memories sign twice. Between machines, and between containers that share no folder for locks, a signer of its own
/// that both ask is the one lease; without it a node that sees its own key at work elsewhere stops.
/// </summary>
public static class SignerLease
{
    /// <exception cref="OperatorException">Another process signs with this key.</exception>
    public static IDisposable Take(Address validator) =>
        MachineLock.TryTake($"signer-{validator}")
        ?? throw new OperatorException($"another process on this machine signs with the key {validator}: stop it; two signers of one key convict their validator");
}
