using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>A training round, and who does what in it beside the rules.</summary>
/// <param name="Offers">The candidates, in the order of commitment.</param>
internal sealed record RoundPlan(params Offer[] Offers)
{
    /// <summary>Whether a candidate is revealed.</summary>
    public Func<Offer, bool> Reveals { get; init; } = _ => true;

    /// <summary>Whether a validator has the checkpoint of a candidate, so that it can evaluate it.</summary>
    public Func<int, Offer, bool> Holds { get; init; } = (_, _) => true;

    /// <summary>Whether it says so: by default what is so.</summary>
    public Func<int, Offer, bool>? SaysItHolds { get; init; }

    /// <summary>What a validator votes of candidates where neither of these says so: bit i stands for candidate i.</summary>
    public Func<World, int, uint>? Votes { get; init; }

    /// <summary>Told of each validator that has nothing to attest, and why.</summary>
    public Action<int, RoundResult.Abstained> Abstained { get; init; } = (_, _) => { };

    /// <summary>Whether a validator opens its share of the seed.</summary>
    public Func<int, bool> Opens { get; init; } = _ => true;

    /// <summary>What a validator attests, of what evaluation gives: null is nothing.</summary>
    public Func<int, TrainingStatement, TrainingStatement?> Attests { get; init; } = (_, truth) => truth;

    /// <summary>What a validator shows for its private samples, of what evaluation gives.</summary>
    public Func<int, IReadOnlyList<uint>, IReadOnlyList<uint>> Shows { get; init; } = (_, losses) => losses;

    /// <summary>What a validator computes with.</summary>
    public Func<int, EngineOptions> Engines { get; init; } = _ => EngineOptions.Default;

    /// <summary>What evaluates; null for the canonical engine as it is.</summary>
    public Func<ICheckpointEvaluator, ICheckpointEvaluator>? Evaluator { get; init; }

    /// <summary>What custodians of sealed sets show between seed and attestations; null where the round draws none.</summary>
    public Func<World, IEnumerable<Transaction>>? Keys { get; init; }

    /// <summary>Happens at the beginning of the window of attestations' commitments.</summary>
    public Action<World>? BeforeAttesting { get; init; }
}
