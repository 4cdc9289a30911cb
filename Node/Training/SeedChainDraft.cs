using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// The chain that a validator wants to register. It is one and the same, and so is what is said of it, until a block has it or it comes too late: a
/// chain that begins again at another round would open there what everybody knows.
/// </summary>
/// <param name="draw">A chain of that length, whose secret is kept.</param>
internal sealed class SeedChainDraft(Func<uint, SeedChain> draw)
{
    private (SeedChain Chain, ulong Base)? _draft;

    public SeedChainRegistration For(TrainingDuty.RegisterSeedChain duty)
    {
        if (_draft is not var (chain, begin) || !duty.Beginning.Allows(begin, chain.Tip)) _draft = (chain, begin) = (draw(duty.Length), duty.Beginning.Newest);
        return new SeedChainRegistration { Tip = ByteString.CopyFrom(chain.Tip.ToArray()), Length = chain.Length, Base = begin };
    }

    /// <summary>Another will be drawn once this one is registered.</summary>
    public void Note(SeedChainRecord? registered)
    {
        if (_draft is var (chain, _) && registered?.Newest.Tip == chain.Tip) _draft = null;
    }
}
