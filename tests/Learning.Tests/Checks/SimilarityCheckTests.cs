namespace NeuroChain.Learning.Tests;

public sealed class SimilarityCheckTests
{
    private const int SampleCount = 16;

    private static readonly HonestRun Run = new(21);
    private static readonly Lazy<ModelParameters> Parent = new(() => Canonicaliser.Canonicalise(Run.Train(Run.Start, 400)).Parameters);
    private static readonly Lazy<ModelParameters> Stranger = new(() => Canonicaliser.Canonicalise(
        Run.Train(ModelParameters.HeUniform(Run.Spec.Plan, Samples.Seed(99)), 400, 8)).Parameters);

    [Fact]
    public void ACopyWithPermutedAndScaledUnitsIsACopy()
    {
        var thief = Sabotage.Permute(Sabotage.ScaleUnits(Parent.Value, 1), 2);
        Assert.NotEqual(Parent.Value.Values, thief.Values);
        AssertCopy(thief, most: SimilarityCheck.SameBelow);
        AssertCopy(Canonicaliser.Canonicalise(thief).Parameters, most: SimilarityCheck.SameBelow);
    }

    [Fact]
    public void ScaledUnitsLeaveNoDistanceAtAll() =>
        Assert.Equal(0u, FunctionDistance.Between(Logits(Parent.Value), Logits(Sabotage.ScaleUnits(Parent.Value, 1)), 10));

    [Fact]
    public void ACopyWithScaledLogitsOrAShiftedHeadIsACopy()
    {
        AssertCopy(Sabotage.ScaleLogits(Parent.Value, 1.7f), most: SimilarityCheck.CopyBelow);
        AssertCopy(Sabotage.ShiftHead(Parent.Value, 0.5f, weights: true), most: SimilarityCheck.CopyBelow);
        AssertCopy(Sabotage.ShiftHead(Parent.Value, 5000f, weights: false), most: SimilarityCheck.CopyBelow);
    }

    [Fact]
    public void AThiefWhoTrainsALittleFurtherMustDeclareTheParent()
    {
        var thief = Logits(Canonicaliser.Canonicalise(FineTune(25, 9)).Parameters);
        var hidden = SimilarityCheck.Check(thief, [new Kin(KinKind.Certified, Logits(Parent.Value))], 10);
        Assert.Equal((SimilarityFault.UndeclaredParent, 0), (hidden.Fault, hidden.Closest));
        Assert.InRange(hidden.Distance, SimilarityCheck.CopyBelow, SimilarityCheck.RelativeBelow - 1);
        var declared = SimilarityCheck.Check(thief, [new Kin(KinKind.Ancestor, Logits(Parent.Value))], 10);
        Assert.Equal((SimilarityFault.None, 0, hidden.Distance), (declared.Fault, declared.Closest, declared.Distance));
    }

    [Fact]
    public void TwoWhoTrainOnFromOneParentAreNoCopiesOfEachOther()
    {
        var one = Logits(Canonicaliser.Canonicalise(FineTune(25, 9)).Parameters);
        var two = Logits(Canonicaliser.Canonicalise(FineTune(25, 10)).Parameters);
        var result = SimilarityCheck.Check(two, [new Kin(KinKind.EarlierCandidate, one), new Kin(KinKind.Ancestor, Logits(Parent.Value))], 10);
        Assert.Equal((SimilarityFault.None, 1), (result.Fault, result.Closest));
    }

    [Fact]
    public void AModelTrainedByItselfIsAStranger()
    {
        var result = SimilarityCheck.Check(Logits(Stranger.Value), [new Kin(KinKind.Certified, Logits(Parent.Value))], 10);
        Assert.Equal(default, result with { Distance = 0 });
        Assert.Equal(FunctionDistance.Farthest, result.Distance);
    }

    [Fact]
    public void OfSeveralTheWorstFaultAndThenTheClosestIsNamed()
    {
        var parent = Logits(Parent.Value);
        var near = Logits(FineTune(8, 9));
        var far = Logits(FineTune(25, 9));
        var candidate = Logits(Sabotage.Permute(Parent.Value, 3));
        Kin[] kin =
        [
            new(KinKind.Ancestor, parent), new(KinKind.Certified, far), new(KinKind.Certified, near), new(KinKind.EarlierCandidate, parent),
            new(KinKind.EarlierCandidate, parent),
        ];
        Assert.Equal((SimilarityFault.Copy, 3), Named(candidate, kin));
        Assert.Equal((SimilarityFault.UndeclaredParent, 2), Named(candidate, kin[..3]));
        Assert.Equal((SimilarityFault.UndeclaredParent, 1), Named(candidate, kin[..2]));
        Assert.Equal((SimilarityFault.None, 0), Named(candidate, kin[..1]));
    }

    /// <summary>At a twentieth of the rate that made the parent, as one does who does not want to lose what it has.</summary>
    private static ModelParameters FineTune(int steps, byte seed)
    {
        using var trainer = new Trainer(
            Parent.Value, Run.Training, Samples.Seed(seed), Run.Options with { LearningRate = Run.Options.LearningRate / 20 }, EngineOptions.Default);
        for (var i = 0; i < steps; i++) Assert.Equal(EvaluationFault.None, trainer.Step().Fault);
        return trainer.Parameters;
    }

    private static (SimilarityFault Fault, int? Closest) Named(float[] candidate, Kin[] kin)
    {
        var result = SimilarityCheck.Check(candidate, kin, 10);
        return (result.Fault, result.Closest);
    }

    private static void AssertCopy(ModelParameters thief, uint most)
    {
        var result = SimilarityCheck.Check(
            Logits(thief), [new Kin(KinKind.Certified, Logits(Stranger.Value)), new Kin(KinKind.Certified, Logits(Parent.Value))], 10);
        Assert.Equal((SimilarityFault.Copy, 1), (result.Fault, result.Closest));
        Assert.InRange(result.Distance, 0u, most);
    }

    private static float[] Logits(ModelParameters model) =>
        EngineTests.Evaluate(model, Run.Test, SampleDraw.Draw(Samples.Seed(3), SampleCount, Run.Test.Count), EngineOptions.Default).Logits;
}
