using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class JailInBlockTests
{
    private static readonly Hash256 Task = Hash256.Sha256([1]);

    private static readonly Address Producer = TrainedChain.Key(1).Address;

    [Fact]
    public void OnlyWhatCameBeforeTheCertificateCounts()
    {
        var (jailed, unjailed) = (Of("validators.jailed", Producer), Of("validators.unjailed", Producer));
        var (certified, other) = (Certified(7), Certified(8));
        Assert.False(At(false, certified, jailed));
        Assert.True(At(false, jailed, certified));
        Assert.True(At(true, certified, unjailed));
        Assert.False(At(true, unjailed, certified));
        Assert.True(At(false, other, jailed, certified)); // another round's certificate is another moment
        Assert.False(At(false, Of("validators.jailed", TrainedChain.Key(2).Address), certified));
    }

    private static bool At(bool wasJailed, params Event[] events) => JailInBlock.AtCertificate(events, Producer, wasJailed, Task, 7);

    private static Event Of(string kind, Address validator) => new() { Kind = kind, Attributes = { new EventAttribute { Key = "validator", Value = validator.ToString() } } };

    private static Event Certified(ulong round) => new()
    {
        Kind = "training.certified",
        Attributes = { new EventAttribute { Key = "task", Value = Task.ToString() }, new EventAttribute { Key = "training_round", Value = $"{round}" } },
    };
}
