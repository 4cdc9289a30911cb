using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Changes of the validator set in a rehearsal.</summary>
internal static class RehearsalSets
{
    /// <summary>Gives the last validator another power by a vote; the number of the set that the vault must follow then.</summary>
    public static async Task<ulong> ChangeAsync(RehearsalWorld world)
    {
        var before = (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).ElectedSet;
        // Always another one, and never so much that the other three are no quorum.
        var validator = world.Nodes[^1].Validator;
        var power = (await new ValidatorClient(world.Nodes[0].Client).ValidatorAsync(validator, world.Cancelled).ConfigureAwait(false)).Power == 11 ? 12UL : 11;
        await world.VoteAsync(new GovernanceAction { ChangePower = new ChangePower { Address = validator.ToByteString(), Power = power } }).ConfigureAwait(false);
        await world.UntilAsync(
            async () => await world.Nodes[0].StatusAsync().ConfigureAwait(false) is var s && s.ElectedSet == before + 1 && s.NextSetHeight > 0 && s.Height > s.NextSetHeight, "the next set is elected").ConfigureAwait(false);
        return before + 1;
    }

    /// <summary>The call with which the vault follows a set, brought by a stranger, final and known to the chain.</summary>
    public static async Task FollowAsync(RehearsalWorld world, ulong set)
    {
        var call = Array.Empty<byte>();
        await world.UntilAsync(
            async () =>
            {
                call = (await world.Nodes[0].Bridge.CallOfSetAsync(set, world.Cancelled).ConfigureAwait(false)).Calldata.ToByteArray();
                return true;
            },
            $"the call of set {set}").ConfigureAwait(false);
        await world.Site.Vault.SendAsync(world.Site.Stranger, call).ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilAsync(async () => (await world.Nodes[0].StatusAsync().ConfigureAwait(false)).FollowedSet == set, $"the chain knows that the vault follows set {set}").ConfigureAwait(false);
    }
}
