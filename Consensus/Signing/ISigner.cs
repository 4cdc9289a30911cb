using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Holds a validator's key. The same seam serves a key in this process and one that lives elsewhere.</summary>
public interface ISigner
{
    Address Address { get; }

    /// <summary>Signs a consensus message under <see cref="SignerRules"/>; null with the reason where that would be a fault.</summary>
    Signature? TrySign(SignRequest request, out SignRefusal refusal);

    /// <summary>Signs a digest with a domain tag of its own, which can never be a consensus message: attestations, consents, transactions.</summary>
    Signature SignTagged(Hash256 digest);
}
