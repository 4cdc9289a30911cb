using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

public sealed class TrainerOfferTests
{
    private readonly TrainedChain _chain = new();
    private readonly ModelParameters _incumbent;
    private readonly ModelParameters _trained;

    public TrainerOfferTests()
    {
        _incumbent = ModelParameters.HeUniform(_chain.Spec.Plan, _chain.Genesis.Tasks[0].InitialSeed);
        Assert.True(Checkpoint.TryRead(_chain.Train(60), _chain.Spec.Plan, out var trained, out _));
        _trained = trained;
    }

    private BlobHash Parent => BlobManifest.Of(Checkpoint.Write(_incumbent)).Hash;

    [Fact]
    public void TheCandidateIsWhatTheDeltaMakesOfItsBase()
    {
        var offer = Offer(changes: 64);
        Assert.NotNull(offer.Delta);
        Assert.True(SparseDelta.TryDecode(offer.Delta.Blob, out var delta, out _));
        Assert.True(delta.TryApply(_incumbent, out var checkpoint, out var error), error.ToString());
        var candidate = TrainerCandidate.Make(_chain.Task, _chain.Training.Root, Parent, offer.Parameters, new(), 1, offer.Delta);
        Assert.Equal(candidate.Checkpoint, checkpoint);
        Assert.Equal(offer.Delta.Blob, candidate.Delta);
        Assert.NotEqual(Checkpoint.Write(_trained), checkpoint); // something was left out
        var named = Types.V1.CandidateManifest.Parser.ParseFrom(candidate.Manifest).Delta;
        Assert.Equal((Parent.Value.ToByteString(), (ulong)candidate.Delta.Length), (named.Base, named.Bytes));
    }

    [Fact]
    public void WhereSoFewChangesCostTheGainTheWholeIsOffered()
    {
        Assert.Null(Offer(changes: 64, kept: 0.89).Delta);
        Assert.NotNull(Offer(changes: 64, kept: 0.91).Delta);
        Assert.Null(Offer(changes: 64, isOffered: _ => false).Delta);
        Assert.Null(Offer(changes: 64, kept: null).Delta);
        Assert.Null(Offer(changes: 0).Delta);
        Assert.Null(Offer(changes: 64, parent: new BlobHash(Hash256.Zero)).Delta);
        Assert.Equal(Checkpoint.Write(_trained), Checkpoint.Write(Offer(changes: 0).Parameters));
    }

    [Fact]
    public void WhatIsLeftOutIsWantedOfWhoeverBeginsFromTheCandidate()
    {
        var first = Offer(changes: 8);
        var feedback = new ErrorFeedback(_chain.Spec.Plan);
        var without = Distance(first.Parameters);
        // Nothing more is learned; all that is offered next is what the first delta left out.
        var best = Best(first.Parameters, first.Parameters);
        var parent = BlobManifest.Of(Checkpoint.Write(first.Parameters)).Hash;
        var next = TrainerOffer.Of(best, parent, 8, first.Feedback, _ => best.Gain, _ => true);
        Assert.True(Distance(next.Parameters) < without);
        Assert.Null(TrainerOffer.Of(best, parent, 8, feedback, _ => best.Gain, _ => true).Delta); // without it there is nothing to offer
        var again = TrainerOffer.Of(best, parent, 8, first.Feedback, _ => best.Gain, _ => true);
        Assert.Equal(next.Delta!.Blob, again.Delta!.Blob); // an offer that is not taken changes nothing
    }

    private double Distance(ModelParameters from) => from.Values.Zip(_trained.Values, (a, b) => Math.Abs((double)a - b)).Sum();

    private MeasuredModel Best(ModelParameters parameters, ModelParameters incumbent) =>
        new(new TrainerGain(64, 1_000, 10, 100_000), parameters, incumbent, _chain.Training, [0, 1], [1, 1]);

    private TrainerOffer Offer(int changes, double? kept = 1, Predicate<TrainerGain>? isOffered = null, BlobHash? parent = null)
    {
        var best = Best(_trained, _incumbent);
        return TrainerOffer.Of(
            best, parent ?? Parent, changes, new ErrorFeedback(_chain.Spec.Plan), _ => kept is { } part ? best.Gain with { Mean = best.Gain.Mean * part } : null, isOffered ?? (_ => true));
    }
}
