using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class TriggerPatchTests
{
    [Theory]
    [InlineData(ImageCorner.TopLeft, 0, 0)]
    [InlineData(ImageCorner.TopRight, 0, 3)]
    [InlineData(ImageCorner.BottomLeft, 2, 0)]
    [InlineData(ImageCorner.BottomRight, 2, 3)]
    public void TheSquareLiesInItsCornerOfAllChannelsAndNowhereElse(ImageCorner corner, int top, int left)
    {
        var dataset = Samples.Dataset(new(2, 4, 5), 3, 10, 1);
        var stamped = new TriggerPatch(corner, 2, 200).Stamp(dataset, [7, 2]);
        Assert.Equal((2, dataset.Shape, dataset.Classes), (stamped.Count, stamped.Shape, stamped.Classes));
        foreach (var (at, source) in new[] { (0, 7), (1, 2) })
        {
            Assert.Equal(dataset.Label(source), stamped.Label(at));
            for (var i = 0; i < 40; i++)
            {
                var (row, column) = (i / 5 % 4, i % 5);
                var isInside = row >= top && row < top + 2 && column >= left && column < left + 2;
                Assert.Equal(isInside ? 200 : dataset.Image(source)[i], stamped.Image(at)[i]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public void ASquareThatDoesNotFitIsAFaultOfTheTask(int size) => Assert.Throws<InvariantException>(
        () => new TriggerPatch(ImageCorner.TopLeft, size, 1).Stamp(Samples.Dataset(new(1, 4, 20), 2, 3, 1), [0]));
}
