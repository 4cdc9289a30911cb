using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>Whom a signer serves, and since when.</summary>
public sealed class SignerDeskTests : IDisposable
{
    private static readonly PrivateKey Key = TrainedChain.Key(6_000);
    private static readonly Address One = TrainedChain.Key(6_001).Address, Other = TrainedChain.Key(6_002).Address;
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([6]));

    private readonly MemoryFolder _folder = new();
    private readonly HandTime _time = new();
    private FileSigner? _signer;
    private SignerDesk? _desk;

    public void Dispose()
    {
        _desk?.Dispose();
        _signer?.Dispose();
    }

    [Fact]
    public void ASecondNodeIsRefusedWhileTheFirstIsAlive()
    {
        var desk = Open();
        var first = Epoch(desk, One);
        _time.Pass(SignerDesk.Patience - TimeSpan.FromSeconds(1));
        Assert.True(desk.Holds(One, first)); // which it says by this
        _time.Pass(SignerDesk.Patience - TimeSpan.FromSeconds(1));
        Assert.Null(desk.TryAcquire(Other, out var holder));
        Assert.Equal(One, holder);
        _time.Pass(TimeSpan.FromSeconds(1));
        var second = Epoch(desk, Other);
        Assert.True(second > first);
        Assert.Equal(SignRefusal.NoLease, Refusal(desk, One, first));
        Assert.Equal(SignRefusal.NoLease, Refusal(desk, One, second));
        Assert.Equal(SignRefusal.None, Refusal(desk, Other, second));
        Assert.Null(desk.TrySignTagged(One, first, new TaggedContent(Domain.Transaction, new byte[1])));
        Assert.NotNull(desk.TrySignTagged(Other, second, new TaggedContent(Domain.Transaction, new byte[1])));
    }

    [Fact]
    public void TheSameNodeBeginsANewEpochAtOnceAndTheOldOneIsOver()
    {
        var desk = Open();
        var first = Epoch(desk, One);
        var second = Epoch(desk, One);
        Assert.Equal(first + 1, second);
        Assert.False(desk.Holds(One, first));
        Assert.False(desk.Holds(One, second + 1));
        Assert.True(desk.Holds(One, second));
    }

    [Fact]
    public void NobodyHoldsAFreshOne()
    {
        var desk = Open();
        Assert.False(desk.Holds(default, 0) && desk.TrySignTagged(default, 0, new TaggedContent(Domain.Transaction, new byte[1])) is null);
        Assert.Equal(SignRefusal.NoLease, Refusal(desk, One, 0));
        Assert.Equal(1UL, Epoch(desk, One));
    }

    /// <summary>A signer that comes back finds its node at work, and gives it the time to come. Until then it signs nothing: the node has not seen what it remembers.</summary>
    [Fact]
    public void WhomItServesOutlivesTheProcessAndTheEpochDoesNot()
    {
        var epoch = Epoch(Open(), One);
        _time.Pass(TimeSpan.FromHours(1));
        var desk = Open();
        Assert.Null(desk.TryAcquire(Other, out _));
        foreach (var number in new[] { epoch, epoch + 1 }) Assert.Equal(SignRefusal.NoLease, Refusal(desk, One, number));
        Assert.Null(desk.TrySignTagged(One, epoch, new TaggedContent(Domain.Transaction, new byte[1])));
        Assert.Equal(epoch + 1, Epoch(desk, One));
        Assert.Equal(SignRefusal.None, Refusal(desk, One, epoch + 1));
        desk = Open();
        _time.Pass(SignerDesk.Patience);
        Assert.Equal(epoch + 2, Epoch(desk, Other));
    }

    /// <summary>No crash gives one number to two nodes, whichever change of the disk it comes in.</summary>
    [Fact]
    public void NoCrashGivesANumberTwice()
    {
        var crashes = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            var (draw, folder, given) = (new SeededStream(seed), new MemoryFolder(), new Dictionary<ulong, Address>());
            SignerDesk? desk = null;
            using var signer = new FileSigner(Key, new MemoryFolder());
            for (var turn = 0; turn < 20; turn++)
            {
                if (draw.NextChance(1, 3)) folder.CrashAfter((long)draw.NextBelow(3), draw);
                var node = draw.NextChance(1, 2) ? One : Other;
                try
                {
                    desk ??= new SignerDesk(signer, folder, _time);
                    _time.Pass(SignerDesk.Patience);
                    var (epoch, _) = desk.TryAcquire(node, out _)!.Value;
                    Assert.True(given.TryAdd(epoch.Number, node), $"seed {seed}: number {epoch.Number}");
                    Assert.Equal(epoch.Number, given.Keys.Max());
                }
                catch (SimulatedCrashException)
                {
                    desk = null;
                    crashes++;
                }
            }
        }

        Assert.True(crashes > 100, $"{crashes} crashes");
    }

    [Fact]
    public void AHarmedEpochIsAnOperatorsMatter()
    {
        Epoch(Open(), One);
        Epoch(Open(), One);
        Dispose();
        using (var slots = _folder.OpenSlots("signer-epoch")) slots.WriteDurably(0, new byte[slots.Length]);
        using var signer = new FileSigner(Key, new MemoryFolder());
        var harmed = Assert.Throws<OperatorException>(() => new SignerDesk(signer, _folder, _time));
        Assert.Contains("signer-epoch is harmed", harmed.Message, StringComparison.Ordinal);
    }

    private SignerDesk Open()
    {
        Dispose();
        _signer = new FileSigner(Key, _folder);
        return _desk = new SignerDesk(_signer, _folder, _time);
    }

    private static ulong Epoch(SignerDesk desk, Address node)
    {
        var (epoch, _) = desk.TryAcquire(node, out _) ?? throw new InvalidOperationException("another node has it");
        Assert.Equal(node, epoch.Node);
        return epoch.Number;
    }

    private static SignRefusal Refusal(SignerDesk desk, Address node, ulong epoch)
    {
        _ = desk.TrySign(node, epoch, SignRequest.Of(new Prevote(new Height(1), Round.Zero, null, null), Genesis), out var refusal);
        return refusal;
    }

    private sealed class HandTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
