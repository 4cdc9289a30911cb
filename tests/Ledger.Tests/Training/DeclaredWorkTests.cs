using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A manifest declares how much was trained, and on what: nobody can check it, so nothing may depend on it.</summary>
public sealed class DeclaredWorkTests
{
    [Fact]
    public void WhatIsDeclaredOfTheTrainingPaysNothing()
    {
        var plain = Paid(trainedSamples: 1, device: "a processor");
        Assert.NotEmpty(plain);
        Assert.Equal(plain, Paid(trainedSamples: ulong.MaxValue / 4, device: "ten thousand processors"));
    }

    private static List<string> Paid(ulong trainedSamples, string device)
    {
        var world = new TrainingWorld();
        world.RunRound(TestCandidate.Make(world, 1, gain: 20).With(manifest => (manifest.TrainedSamples, manifest.Device.Name) = (trainedSamples, device)));
        Assert.Single(world.Of("training.certified"));
        return [.. world.Of("rewards.paid").Select(paid => string.Join(' ', paid.Attributes.Select(attribute => $"{attribute.Key} {attribute.Value}")))];
    }
}
