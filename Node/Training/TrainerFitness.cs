using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <param name="Fault">Why it would be refused; null where it would not.</param>
/// <param name="Ancestors">Certified models that it is near to: declared, they are no fault.</param>
internal sealed record FitnessReport(string? Fault, IReadOnlyList<BlobHash> Ancestors);

/// <summary>
/// What costs a bond, found before there is one: a trainer looks at its candidate as validators will. They draw other samples, so it is stricter
/// than they are. Only what it offers is measured anew; of the models to compare with it remembers the logits on samples of its own.
/// </summary>
/// <param name="plan">The task's model.</param>
/// <param name="data">The trainer's own.</param>
/// <param name="options">Of its engine.</param>
internal sealed class TrainerFitness(ModelPlan plan, TrainerData data, EngineOptions options)
{
    /// <summary>Probes with other samples each: the chain's seed is not known yet, and by chance alone a unit may sleep through one.</summary>
    private const int Probes = 2;

    /// <summary>A model this much farther than a relative is declared too: on the chain's samples it may be nearer.</summary>
    private const uint CautionPercent = 150;

    private readonly Dictionary<BlobHash, float[]?> _logits = [];

    /// <summary>Brings what it remembers to the models that candidates are compared with now.</summary>
    /// <param name="recent">Those models.</param>
    /// <param name="samples">How many samples they are compared on.</param>
    /// <param name="load">A model; null where it is not to be had, and then nothing can be said of it.</param>
    public async Task KnowAsync(IReadOnlyList<BlobHash> recent, uint samples, Func<BlobHash, Task<ModelParameters?>> load)
    {
        foreach (var old in _logits.Keys.Except(recent).ToList()) _logits.Remove(old);
        if (samples == 0) return;
        foreach (var model in recent)
        {
            if (_logits.ContainsKey(model) || await load(model).ConfigureAwait(false) is not { } parameters) continue;
            _logits[model] = await Task.Run(() => Logits(parameters, samples)).ConfigureAwait(false);
        }
    }

    /// <param name="candidate">As it would be offered.</param>
    /// <param name="parent">Declared in any case.</param>
    /// <param name="rules">What candidates are checked for.</param>
    /// <param name="seed">Of the samples that it is probed with.</param>
    public FitnessReport Check(ModelParameters candidate, BlobHash parent, CheckRules rules, Hash256 seed)
    {
        if (rules.IsBalanceDemanded && BalanceCheck.Check(candidate) is { Fault: not BalanceFault.None } balance)
            return new FitnessReport($"{balance.Tensor?.Name}: {balance.Fault}", []);
        for (byte i = 0; i < Probes && rules.ProbeSteps > 0; i++)
            if (Probe(candidate, rules, Hash256.Sha256([.. seed.ToArray(), i])) is var fault and not ProbeFault.None)
                return new FitnessReport($"it cannot be trained on: {fault}", []);
        return new FitnessReport(null, rules.SimilaritySamples == 0 ? [] : Near(candidate, parent, rules));
    }

    private ProbeFault Probe(ModelParameters candidate, CheckRules rules, Hash256 seed)
    {
        var training = data.ProbeFor(seed, (int)(rules.ProbeSteps * rules.ProbeBatch));
        return TrainabilityProbe.Run(candidate, training, seed, options, (int)rules.ProbeSteps, (int)Math.Min(rules.ProbeBatch, (uint)training.Count)).Fault;
    }

    // The nearest first: a manifest names so many and no more.
    private List<BlobHash> Near(ModelParameters candidate, BlobHash parent, CheckRules rules)
    {
        if (Logits(candidate, rules.SimilaritySamples) is not { } own) return [];
        var below = SimilarityBounds.OfThousandths(rules.CopyThousandths, rules.RelativeThousandths).Relative * (ulong)CautionPercent / 100;
        return
        [
            .. _logits.Where(known => known.Key != parent && known.Value is { } logits && logits.Length == own.Length)
                .Select(known => (Model: known.Key, Distance: FunctionDistance.Between(own, known.Value!, plan.Classes)))
                .Where(known => known.Distance < below)
                .OrderBy(known => known.Distance).ThenBy(known => known.Model.Value)
                .Select(known => known.Model)
                .Take(ManifestRules.AncestorsMax),
        ];
    }

    // Null for one that gives what is not finite: it computes nothing that could be copied.
    private float[]? Logits(ModelParameters parameters, uint samples)
    {
        using var engine = new CanonicalEngine(plan, options);
        int[] first = [.. Enumerable.Range(0, (int)Math.Min(samples, (uint)data.Measuring.Count))];
        return engine.TryEvaluate(parameters, data.Measuring, first, out var result, out _) ? result.Logits : null;
    }
}
