using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>
/// What consensus asked for while a log is replayed, less what the log shows as done. What remains is done after the replay: so a crash
/// between asking and doing loses nothing, and nothing is done twice.
/// </summary>
internal sealed class OpenEffects
{
    private readonly List<Effect> _effects = [];

    public void Add(Effect effect) => _effects.Add(effect);

    public void Clear() => _effects.Clear();

    /// <summary>Strikes out the effect that the record answers.</summary>
    public void Settle(WalRecord record, Address? self, Height height) => _effects.RemoveAll(effect => (effect, record) switch
    {
        (Effect.CastVote cast, WalRecord.VoteRecord vote) => vote.Vote.Validator == self && cast.Vote == vote.Vote.Vote,
        (Effect.Propose propose, WalRecord.ProposalRecord p) => p.Proposal.Proposer == self && propose.Proposal == p.Proposal.Proposal,
        (Effect.GetValue get, WalRecord.ValueRecord value) => get.Round == value.Round,
        (Effect.ScheduleTimeout scheduled, WalRecord.TimeoutRecord elapsed) =>
            scheduled.Timeout == new NeuroChain.Consensus.Timeout(elapsed.Kind, height, elapsed.Round),
        _ => false,
    });

    public IReadOnlyList<Effect> TakeAll()
    {
        Effect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }
}
