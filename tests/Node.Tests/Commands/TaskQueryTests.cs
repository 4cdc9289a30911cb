using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node.Tests;

public sealed class TaskQueryTests
{
    [Fact]
    public void ATaskIsToldWithItsRecheck()
    {
        var id = ByteString.CopyFrom(Hash256.Sha256([1]).ToArray());
        var task = new TrainingTask
        {
            Id = id,
            Name = "digits",
            Phase = "idle",
            TrainingRound = 4,
            BestModel = id,
            TrainingSet = id,
            BestLossSum = 3 * Loss.UnitsPerNat,
            Samples = 2,
            RequiredGainMillionths = 2_500,
            ZThousandths = 3_223,
            Height = 77,
        };
        Assert.Equal("none", Of(task, "re-check"));
        Assert.Equal("1.5000 nats on 2 samples", Of(task, "loss"));
        Assert.Equal("0.25 % of the loss, 3.223 standard errors", Of(task, "asks for"));
        (task.RecheckRound, task.RecheckTargets, task.RecheckAnswers) = (3, 4, 1);
        Assert.Equal("of round 3: 4 validators, 1 answers so far", Of(task, "re-check"));
        (task.Closed, task.BestLossSum) = (true, 0);
        Assert.Equal(("closed: it takes no commits", "not measured yet"), (Of(task, "state"), Of(task, "loss")));
    }

    private static string Of(TrainingTask task, string field) => TaskQuery.Lines(task).Single(line => line.Field == field).Value;
}
