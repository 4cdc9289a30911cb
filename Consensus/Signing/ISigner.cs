using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Holds a validator's key. The same seam serves a key in this process and one that lives elsewhere.</summary>
public interface ISigner
{
    Address Address { get; }

    /// <summary>What was signed last.</summary>
    SignerState State { get; }

    /// <summary>
    /// Whether <see cref="State"/> is all that the key has signed: not so where the signer is elsewhere and may serve another node by now, whose
    /// messages are then no sign of a second one.
    /// </summary>
    bool IsServed => true;

    /// <summary>
    /// Signs a consensus message under <see cref="SignerRules"/>; null with the reason where that would be a fault, or where the signer is not to be
    /// had at the moment.
    /// </summary>
    Signature? TrySign(SignRequest request, out SignRefusal refusal);

    /// <summary>Signs what is no consensus message: transactions, attestations, consents, as <see cref="TaggedDomains"/> has them.</summary>
    /// <exception cref="InvariantException">The domain is none of these.</exception>
    /// <exception cref="SignerUnavailableException">The signer is elsewhere and not to be had at the moment.</exception>
    Signature SignTagged(TaggedContent content);
}
