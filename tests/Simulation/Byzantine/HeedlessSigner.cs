using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>The signer of somebody who breaks the rules: that its key signs elsewhere too is no news to it, and no reason to stop.</summary>
public sealed class HeedlessSigner(ISigner signer) : ISigner
{
    private static readonly SignerState Everything = SignerState.Empty with { Height = new Height(ulong.MaxValue) };

    public Address Address => signer.Address;

    public SignerState State => Everything;

    public Signature? TrySign(SignRequest request, out SignRefusal refusal) => signer.TrySign(request, out refusal);

    public Signature SignTagged(TaggedContent content) => signer.SignTagged(content);
}
