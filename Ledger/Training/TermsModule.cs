using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The queue of terms.</summary>
public static class TermsModule
{
    public static TermAssignment? Assign(BlockContext context, Height target, IReadOnlyCollection<Address> absent) => null;
}
