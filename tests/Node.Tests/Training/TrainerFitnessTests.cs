using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>What a trainer finds out about its candidate before a bond hangs on it.</summary>
public sealed class TrainerFitnessTests
{
    private static readonly BlobHash Incumbent = new(Hash256.Sha256([1]));
    private static readonly BlobHash Old = new(Hash256.Sha256([2]));
    private static readonly BlobHash Strange = new(Hash256.Sha256([3]));

    private readonly TrainedChain _chain = new(checks: true);
    private readonly ModelParameters _candidate;

    public TrainerFitnessTests() => _candidate = _chain.Read(_chain.Train(300));

    private CheckRules Rules => TrainingQueries.Checks(_chain.State, null);

    [Fact]
    public void AnHonestCandidateIsFit()
    {
        var report = Fitness().Check(_candidate, Incumbent, Rules, Hash256.Sha256([9]));
        Assert.Null(report.Fault);
        Assert.Empty(report.Ancestors);
    }

    // Such a model gets Unbalanced or Untrainable from validators, and its bond burns.
    [Fact]
    public void WhatWouldCostTheBondIsNamed()
    {
        var large = _candidate.Copy();
        large.Values[0] = 2f * BalanceCheck.MagnitudeMax;
        Assert.Contains(nameof(BalanceFault.ParameterOutOfRange), Fitness().Check(large, Incumbent, Rules, default).Fault, StringComparison.Ordinal);

        var dead = _candidate.Copy();
        var bias = dead.Plan.Tensors.First(tensor => tensor.Name.Contains("bias", StringComparison.Ordinal));
        foreach (ref var value in dead.Of(bias)) value = -1_000;
        Assert.Contains("cannot be trained on", Fitness().Check(dead, Incumbent, Rules with { IsBalanceDemanded = false }, default).Fault, StringComparison.Ordinal);
        Assert.Null(Fitness().Check(dead, Incumbent, default, default).Fault); // a chain that does not ask gets no answer
    }

    // A winner that named the first model as its parent is no ancestor of the incumbent's; whoever trains well comes near it.
    [Fact]
    public async Task ACertifiedModelThatIsNearIsDeclared()
    {
        var near = _candidate.Copy();
        for (var i = 0; i < near.Values.Length; i++) near.Values[i] *= 1 + (0.001f * (i % 3));
        var fitness = Fitness();
        var loads = new List<BlobHash>();
        await fitness.KnowAsync([Incumbent, Old, Strange], Rules.SimilaritySamples, Load);
        Assert.Equal([Old], fitness.Check(_candidate, Incumbent, Rules, default).Ancestors); // the parent is declared in any case
        await fitness.KnowAsync([Incumbent, Strange], Rules.SimilaritySamples, Load);
        Assert.Empty(fitness.Check(_candidate, Incumbent, Rules, default).Ancestors);
        Assert.Equal([Incumbent, Old, Strange, Strange], loads); // each once; one that was not to be had is asked for again

        Task<ModelParameters?> Load(BlobHash model)
        {
            loads.Add(model);
            return Task.FromResult(model == Old ? near : model == Incumbent ? _candidate : null);
        }
    }

    [Fact]
    public async Task WhatIsDeclaredIsNoFaultForValidators()
    {
        // A first winner from scratch, then one that begins from the first model again and is not far from it.
        _chain.RunRound([_chain.Train(300)]);
        var second = _chain.Train(301);
        var winner = new BlobHash(TrainingQueries.Task(_chain.State, _chain.Task)!.BestModel.Value);
        var fitness = Fitness();
        await fitness.KnowAsync([winner], Rules.SimilaritySamples, model => Task.FromResult<ModelParameters?>(_chain.Read(_chain.Blobs.Read(model)!)));
        var initial = new BlobHash(_chain.Genesis.Tasks[0].InitialModel);
        var report = fitness.Check(_chain.Read(second), initial, Rules, default);
        Assert.Equal([winner], report.Ancestors);
        _chain.ChangeManifest = manifest => manifest.Ancestors.AddRange(report.Ancestors.Select(model => model.Value.ToByteString()));
        _chain.RunToAttestation([second], initial);
        var found = Assert.IsType<RoundResult.Found>(_chain.Evaluate());
        Assert.Equal(CandidateVerdict.Evaluated, found.Statement.Candidates[0].Verdict);
    }

    private TrainerFitness Fitness() => new(_chain.Spec.Plan, TrainerData.Split(_chain.Training, Hash256.Sha256([4])), EngineOptions.Default);
}
