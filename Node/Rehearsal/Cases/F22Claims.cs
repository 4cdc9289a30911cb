namespace NeuroChain.Node;

/// <summary>Of the other supply mode: a chain whose holders come by a snapshot has claims, and this one has a vault.</summary>
internal sealed class F22Claims : RehearsalCase
{
    public override string Number => "F22";

    public override string Name => "claims: one leaf twice, a wrong signer, another chain's signature, an inner node as a leaf";

    public override string Wanted => "each refused";

    public override string ShownElsewhere => "not shown here: a chain with a vault has no claims";

    public override Task<string> RunAsync(RehearsalWorld world) => throw new InvalidOperationException("it is shown elsewhere");
}
