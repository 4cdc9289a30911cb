using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>What a node tells of the log that it comes back to.</summary>
public sealed class LogRecoveryTests
{
    private static readonly EngineTimer Begin = new EngineTimer.StartHeight(Height.First);

    [Fact]
    public void TheSameAnswersAreNothingToTell()
    {
        using var node = InTheMiddleOfAHeight();
        node.Start(2_000);
        Assert.Empty(Told(node.TakeOutputs()));
    }

    [Fact]
    public void OtherAnswersAreToldOnceAndTheNodeGoesOn()
    {
        using var node = InTheMiddleOfAHeight();
        Rewrite(node, record => record is WalRecord.EffectsRecord effects ? effects with { Hash = Hash256.Sha256([1]) } : record);
        node.Start(2_000);
        Assert.Equal([new EngineOutput.ReplayDiffers(Height.First)], Told(node.TakeOutputs()));
        node.Elapse(Elapsed(TimeoutKind.Propose), 3_000);
        node.Dispose();
        node.Start(4_000);
        Assert.Equal([new EngineOutput.ReplayDiffers(Height.First)], Told(node.TakeOutputs())); // what it wrote itself fits; what it found does not
    }

    /// <summary>The key was changed in the middle of a height: then other answers are no wonder.</summary>
    [Fact]
    public void TheLogOfAnotherKeyIsNotCompared()
    {
        using var node = InTheMiddleOfAHeight();
        Rewrite(node, record => record switch
        {
            WalRecord.EffectsRecord effects => effects with { Hash = Hash256.Sha256([1]) },
            WalRecord.StartRecord start => start with { Validator = null },
            _ => record,
        });
        node.Start(2_000);
        Assert.Empty(Told(node.TakeOutputs()));
    }

    /// <summary>New timers count from the next height on, or a replay would set others than were set.</summary>
    [Fact]
    public void AHeightKeepsTheTimersWithWhichItBegan()
    {
        using var node = InTheMiddleOfAHeight();
        node.Settings = new EngineSettings { Timeouts = new TimeoutSettings { Propose = TimeSpan.FromSeconds(9) } };
        node.Start(2_000);
        var outputs = node.TakeOutputs();
        Assert.Empty(Told(outputs));
        Assert.Contains(outputs, output => output is EngineOutput.SetTimer { Timer: EngineTimer.Consensus { Timeout.Kind: TimeoutKind.Propose } } set && set.After == new TimeoutSettings().Propose);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ABrokenLogIsToldWithWhatIsLost(bool isHarmed)
    {
        using var node = InTheMiddleOfAHeight();
        var before = Wal.Read(node.Log, Height.First);
        var file = node.Log.List().Single();
        byte[] bytes;
        using (var log = node.Log.OpenAppend(file))
        {
            bytes = log.ReadAll();
            log.Truncate(0);
            if (isHarmed) bytes[^(bytes.Length / 2)] ^= 1; // in what a later record knows to be on the disk
            log.Append(isHarmed ? bytes : bytes.AsSpan(0, bytes.Length - 1));
            log.Flush();
        }

        node.Start(2_000);
        var cut = Assert.IsType<EngineOutput.LogCut>(Assert.Single(Told(node.TakeOutputs())));
        Assert.Equal((Height.First, isHarmed), (cut.Height, cut.IsHarmed));
        if (isHarmed) Assert.InRange(cut.Records, 0, before.Records.Count - 2);
        else Assert.Equal(before.Records.Count - 1, cut.Records);
        node.Dispose();
        node.Start(3_000); // it was cut: the next time there is nothing to tell
        Assert.Empty(Told(node.TakeOutputs()).OfType<EngineOutput.LogCut>());
    }

    private static OneOfFour InTheMiddleOfAHeight()
    {
        var node = new OneOfFour(leads: false);
        node.Start(0);
        node.Elapse(Begin, 1_000);
        node.Tell(new PeerMessage.VoteMessage(node.Sign(new Prevote(Height.First, Round.Zero, null, null), 0)), 1_010);
        node.Tell(new PeerMessage.VoteMessage(node.Sign(new Prevote(Height.First, Round.Zero, null, null), 1)), 1_020);
        node.TakeOutputs();
        node.Dispose();
        return node;
    }

    private static void Rewrite(OneOfFour node, Func<WalRecord, WalRecord> change)
    {
        var records = Wal.Read(node.Log, Height.First).Records;
        node.Log.Delete(node.Log.List().Single());
        using var wal = new Wal(node.Log);
        wal.Open(Height.First);
        foreach (var record in records) wal.Append(change(record));
        wal.Flush();
    }

    private static EngineTimer.Consensus Elapsed(TimeoutKind kind) => new(new NeuroChain.Consensus.Timeout(kind, Height.First, Round.Zero));

    private static List<EngineOutput> Told(IEnumerable<EngineOutput> outputs) => [.. outputs.Where(output => output is EngineOutput.LogCut or EngineOutput.ReplayDiffers)];
}
