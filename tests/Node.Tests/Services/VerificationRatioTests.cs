using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class VerificationRatioTests
{
    [Theory]
    [InlineData(300_000UL, 284UL, "0.0284 % of the declared training work")] // 2 x 128 forward passes against three for each trained sample
    [InlineData(8_000UL, 10_666UL, "1.0666 % of the declared training work")]
    [InlineData(0UL, 0UL, "no training work is declared")]
    public void ATermLedBlockShowsWhatItsVerificationCostAgainstTheDeclaredWork(ulong trainedSamples, ulong millionths, string said)
    {
        var chain = new TrainedChain { ChangeManifest = manifest => manifest.TrainedSamples = trainedSamples };
        chain.RunRound([chain.Train(200)]);
        chain.StepTo(chain.State.Height.Value + 6);
        var blocks = Enumerable.Range(1, (int)chain.State.Height.Value).Select(height => new Height((ulong)height))
            .Select(height => (Committed: chain.Chain.Get(height)!, Shown: BlockMessage.Of(chain.Chain.Get(height)!, chain.Chain.OutcomeOf(height)!))).ToList();
        Assert.Contains(blocks, block => block.Committed.Block.TrainingProof is not null);
        Assert.All(blocks, block => Assert.Equal(block.Committed.Block.TrainingProof is null ? 0 : millionths, block.Shown.VerificationOfDeclaredWorkMillionths));
        Assert.All(blocks, block => Assert.Equal(block.Committed.Block.TrainingProof is null ? [] : [said], BlockText.Lines(block.Shown).Where(line => line.Name == "verified").Select(line => line.Value)));
    }
}
