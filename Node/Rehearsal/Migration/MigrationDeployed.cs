namespace NeuroChain.Node;

/// <summary>Contracts stand, validators run, and the chain knows its vault.</summary>
internal sealed class MigrationDeployed : RehearsalCase
{
    public override string Number => "M1";

    public override string Name => "token, vault and deposit factory deployed, four validators run";

    public override string Wanted => "each validator takes the vault's first event, which names this chain's genesis and set";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        foreach (var node in world.Nodes)
            await world.UntilAsync(async () => (await node.StatusAsync().ConfigureAwait(false)) is { Nonce: >= 1, Halts.Count: 0 }, $"{node.Name} knows the vault").ConfigureAwait(false);
        return $"vault {world.Site.Vault.Address} known to all four, {await world.AgreeAsync().ConfigureAwait(false)}";
    }
}
