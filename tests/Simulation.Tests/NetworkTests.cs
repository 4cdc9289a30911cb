using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class NetworkTests
{
    private static readonly SimulationOptions Tame = new() { Seed = 1, IsWild = false, DelayMax = 200 };

    private readonly EventQueue _events = new();
    private readonly List<int> _arrived = [];

    [Fact]
    public void ATameLinkKeepsTheOrderAndAWildOneDoesNot()
    {
        Send(Network(Tame), 100);
        Assert.Equal(Enumerable.Range(0, 100), _arrived);
        _arrived.Clear();
        Send(Network(Tame with { IsWild = true }), 100);
        Assert.NotEqual(Enumerable.Range(0, 100), _arrived);
        Assert.Equal(100, _arrived.Count);
    }

    [Fact]
    public void AWildLinkLosesAndDoubles()
    {
        Send(Network(Tame with { IsWild = true, LossThousandths = 300 }), 100);
        Assert.InRange(_arrived.Count, 40, 95);
        _arrived.Clear();
        Send(Network(Tame with { IsWild = true, DuplicateThousandths = 300 }), 100);
        Assert.InRange(_arrived.Count, 105, 160);
    }

    [Fact]
    public void ACutLinkLosesOneWayOnly()
    {
        var network = Network(Tame);
        network[0, 1].IsCut = true;
        Send(network, 10);
        Assert.Empty(_arrived);
        network.Carry(1, 0, false, () => _arrived.Add(1));
        Run();
        Assert.Equal([1], _arrived);
    }

    [Fact]
    public void ACloggedLinkKeepsEverything()
    {
        var network = Network(Tame);
        network[0, 1].IsClogged = true;
        Send(network, 10);
        Assert.Empty(_arrived);
        network.Unclog(0, 1);
        Run();
        Assert.Equal(Enumerable.Range(0, 10), _arrived);
    }

    [Fact]
    public void ABrokenConnectionLosesWhatIsOnTheWayAndBothEndsNotice()
    {
        var network = Network(Tame);
        var noticed = new List<bool>();
        network.Connection += (_, _, isUp) => noticed.Add(isUp);
        for (var i = 0; i < 10; i++) network.Carry(0, 1, false, () => _arrived.Add(1));
        network.Break(0, 1, 100);
        Run();
        Assert.Empty(_arrived);
        Assert.Equal([false, true], noticed);
    }

    /// <summary>Healing a core mends what is inside it, and leaves the rest as it is.</summary>
    [Fact]
    public void HealingMendsTheCoreAlone()
    {
        var network = Network(Tame with { LossThousandths = 1000 });
        network[0, 1].IsCut = true;
        network[0, 2].IsCut = true;
        network.Heal(new HashSet<int> { 0, 1 });
        Send(network, 10);
        Assert.Equal(10, _arrived.Count);
        network.Carry(0, 2, false, () => _arrived.Add(2));
        Run();
        Assert.Equal(10, _arrived.Count);
    }

    /// <summary>An answer of many parts never has a gap: a node that asked would take its peer for a liar.</summary>
    [Fact]
    public void AnAnswerEndsWhereAPartWasLost()
    {
        var shortened = 0;
        for (var run = 0; run < 50; run++)
        {
            _arrived.Clear();
            var network = Network(Tame with { IsWild = true, LossThousandths = 250, Seed = (ulong)run }, (ulong)run);
            network.CarryAnswer(0, 1, [.. Enumerable.Range(0, 20).Select(i => new Action(() => _arrived.Add(i)))]);
            Run();
            Assert.Equal(Enumerable.Range(0, _arrived.Count), _arrived);
            if (_arrived.Count < 20) shortened++;
        }

        Assert.InRange(shortened, 1, 49);
    }

    private SimulatedNetwork Network(SimulationOptions options, ulong seed = 1) => new(_events, new SeededStream(seed), options, 3);

    private void Send(SimulatedNetwork network, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var number = i;
            network.Carry(0, 1, false, () => _arrived.Add(number));
        }

        Run();
    }

    private void Run()
    {
        while (_events.RunNext(ulong.MaxValue)) { }
    }
}
