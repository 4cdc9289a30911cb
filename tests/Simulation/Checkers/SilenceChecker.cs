using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// A validator that follows the rules and has just started says nothing new before it has heard how far validators are that have, with its own,
/// more than two thirds of the power; and at no time does it say anything new on a height of which validators with more than a third of the
/// power have told it that they are past the next one. Whoever waits long enough with those whom it reaches may speak all the same.
/// </summary>
/// <param name="genesis">Says whose validators' nodes are where.</param>
/// <param name="sets">The validators of a height, as a node that decided the one before knows them.</param>
/// <param name="patienceMs">How long it waits for more than those whom it reaches.</param>
/// <param name="now">Virtual milliseconds.</param>
public sealed class SilenceChecker(GenesisDocument genesis, Func<SimulatedNode, Height, ValidatorSet> sets, ulong patienceMs, Func<ulong> now) : IChecker
{
    private readonly Dictionary<Address, Address> _validators = genesis.Validators.ToDictionary(validator => validator.Node, validator => validator.Address);
    private readonly Dictionary<Address, Life> _lives = [];
    private readonly HashSet<(Address Node, object What)> _said = [];

    public string Name => "silence";

    // What it has signed stays so, also where a spoilt disk has forgotten the last of it: the log may know it still, and says it again.
    public void Started(SimulatedNode node)
    {
        var before = _lives.TryGetValue(node.Address, out var life) ? life.Signed : default;
        _lives[node.Address] = new Life(now(), before.CompareTo(node.SignedIn) > 0 ? before : node.SignedIn);
    }

    public void Handled(SimulatedNode node, EngineInput input)
    {
        if (input is not EngineInput.MessageArrived { Message: PeerMessage.StatusMessage status } arrived) return;
        Told(node.Address, arrived.Peer, status.Height);
        // For good, whatever set comes later.
        if (_lives.TryGetValue(node.Address, out var life) && node.Engine is { } engine) life.IsOriented |= HasHeardEnough(node, life, sets(node, engine.State.Height.Next()));
    }

    public void Left(SimulatedNode from, Address? to, PeerMessage message)
    {
        if (!from.IsHonest) return;
        if (message is PeerMessage.VoteMessage { Vote: var vote } && vote.Validator == from.Key.Address)
            Said(from, vote.Vote, vote.Vote.Height, vote.Vote.Round);
        if (message is PeerMessage.ProposalMessage { Proposal: var signed } && signed.Proposer == from.Key.Address)
            Said(from, signed.Proposal, signed.Proposal.Height, signed.Proposal.Round);
    }

    /// <summary>A peer told a node how far it is.</summary>
    public void Told(Address node, Address peer, Height decided)
    {
        if (!_lives.TryGetValue(node, out var life) || !_validators.TryGetValue(peer, out var validator)) return;
        if (decided > life.Claims.GetValueOrDefault(validator)) life.Claims[validator] = decided;
        else life.Claims.TryAdd(validator, decided);
    }

    // What it says again, in this life or another, was signed before.
    private void Said(SimulatedNode from, object said, Height height, Round round)
    {
        if (!_lives.TryGetValue(from.Address, out var life) || !_said.Add((from.Address, said)) || life.HasSigned(height, round)) return;
        var set = sets(from, height);
        var past = set.Validators.Where(validator => life.Claims.TryGetValue(validator.Address, out var claim) && claim > height).Aggregate(0UL, (sum, validator) => sum + validator.Power);
        var (total, what) = ((UInt128)set.TotalPower, $"{from.Address} says {said}");
        life.IsOriented |= HasHeardEnough(from, life, set);
        if (!life.IsOriented && now() < life.Since + patienceMs) throw new SimulationFailedException($"silence: {what} and has heard from {HeardBy(from, life, set)} of {total} since it started");
        // A height that it has decided meanwhile is no news: the precommit that it owes on it shows that it was there.
        var isDecided = from.Engine is { } engine && engine.State.Height >= height;
        if (!isDecided && (UInt128)past * 3 > total) throw new SimulationFailedException($"silence: {what} and {past} of {total} told it that they are past the next one");
    }

    private static bool HasHeardEnough(SimulatedNode node, Life life, ValidatorSet set) => (UInt128)HeardBy(node, life, set) * 3 > (UInt128)set.TotalPower * 2;

    private static ulong HeardBy(SimulatedNode node, Life life, ValidatorSet set) =>
        set.Validators.Where(validator => validator.Address == node.Key.Address || life.Claims.ContainsKey(validator.Address)).Aggregate(0UL, (sum, validator) => sum + validator.Power);

    private sealed record Life(ulong Since, (Height Height, Round Round) Signed)
    {
        public Dictionary<Address, Height> Claims { get; } = [];

        public bool IsOriented { get; set; }

        public bool HasSigned(Height height, Round round) => height < Signed.Height || (height == Signed.Height && round <= Signed.Round);
    }
}
