using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class EngineInboxTests
{
    private const int Megabyte = 1024 * 1024;

    private static readonly InboxSource[] Peers = [.. Enumerable.Range(0, 100).Select(i => InboxSource.Of(Address.FromBytes([.. new byte[Address.Size - 1], (byte)i])))];

    private readonly StoppedTime _time = new();
    private readonly EngineInbox _inbox;

    public EngineInboxTests() => _inbox = new EngineInbox(_time);

    [Fact]
    public void AVoteBehindFourThousandBatchesIsTheFirstOfTheNextTurn()
    {
        for (var i = 0; i < 4096; i++) Post(Peer(i % 16), InboxClass.Bulk, Thing(i));
        Post(Peer(99), InboxClass.Urgent, Thing(5000));
        _inbox.BeginTurn();
        Assert.Equal(5000, Take());
    }

    [Fact]
    public void AVoteThatComesInATurnIsTakenBeforeTheRestOfTheBulk()
    {
        for (var i = 0; i < 10; i++) Post(Peer(0), InboxClass.Bulk, Thing(i));
        _inbox.BeginTurn();
        Assert.Equal(0, Take());
        Post(Peer(1), InboxClass.Urgent, Thing(100));
        Assert.Equal(100, Take());
        Assert.Equal(1, Take());
    }

    [Fact]
    public void WhoFloodsWaitsBehindItselfAlone()
    {
        for (var i = 0; i < EngineInbox.UrgentPlaces; i++) Post(Peer(0), InboxClass.Urgent, Thing(i));
        Post(Peer(1), InboxClass.Urgent, Thing(100));
        Post(Peer(2), InboxClass.Urgent, Thing(200));
        Post(Peer(1), InboxClass.Urgent, Thing(101));
        _inbox.BeginTurn();
        Assert.Equal([0, 100, 200, 1, 101, 2, 3], Enumerable.Range(0, 7).Select(_ => Take()));
    }

    [Theory]
    [InlineData((int)InboxClass.Urgent, EngineInbox.UrgentPlaces)]
    [InlineData((int)InboxClass.Bulk, EngineInbox.BulkPlaces)]
    public async Task APeerWithoutAPlaceWaitsAndTheOthersDoNot(int lane, int places)
    {
        for (var i = 0; i < places; i++) Post(Peer(0), (InboxClass)lane, Thing(i));
        var first = _inbox.PostAsync(Peer(0), (InboxClass)lane, Thing(places)).AsTask();
        var second = _inbox.PostAsync(Peer(0), (InboxClass)lane, Thing(places + 1)).AsTask();
        Assert.False(first.IsCompleted);
        Post(Peer(1), (InboxClass)lane, Thing(-1));
        Post(InboxSource.Node, (InboxClass)lane, Thing(-2));

        _inbox.BeginTurn();
        Assert.Equal(0, Take());
        await first;
        Assert.False(second.IsCompleted);
        Assert.Equal([-1, -2, 1], Enumerable.Range(0, 3).Select(_ => Take()));
        await second;
        _inbox.BeginTurn();
        Assert.Equal(Enumerable.Range(2, places), Enumerable.Range(0, places).Select(_ => Take()));
    }

    [Fact]
    public void BytesAreBoundedAsWellAsItemsAndTheGreatestItemFits()
    {
        Post(Peer(0), InboxClass.Urgent, Thing(0), 100 * Megabyte);
        Post(Peer(1), InboxClass.Urgent, Thing(1), 8 * Megabyte);
        Post(Peer(1), InboxClass.Urgent, Thing(2), 8 * Megabyte);
        Assert.False(_inbox.PostAsync(Peer(0), InboxClass.Urgent, Thing(3), 1).IsCompleted);
        Assert.False(_inbox.PostAsync(Peer(1), InboxClass.Urgent, Thing(4), 1).IsCompleted);
    }

    [Fact]
    public void TheNodeItselfNeverWaits()
    {
        for (var i = 0; i < 5000; i++) Post(InboxSource.Node, InboxClass.Urgent, Thing(i), Megabyte);
    }

    [Fact]
    public void BulkIsTakenWhileTheTurnIsYoung()
    {
        for (var i = 0; i < 3; i++) Post(Peer(0), InboxClass.Bulk, Thing(i));
        _inbox.BeginTurn();
        Assert.Equal(0, Take());
        _time.Now += EngineInbox.BulkTime / 2;
        Assert.Equal(1, Take());
        _time.Now += EngineInbox.BulkTime / 2;
        Assert.False(_inbox.TryTake(out _));
        Post(Peer(0), InboxClass.Urgent, Thing(100));
        Assert.Equal(100, Take());
        _inbox.BeginTurn();
        Assert.Equal(2, Take());
    }

    [Fact]
    public void ATurnThatUrgentThingsMakeLongHasOneOfTheBulk()
    {
        Post(Peer(0), InboxClass.Bulk, Thing(0));
        Post(Peer(0), InboxClass.Bulk, Thing(1));
        Post(Peer(0), InboxClass.Urgent, Thing(100));
        _inbox.BeginTurn();
        Assert.Equal(100, Take());
        _time.Now += 10 * EngineInbox.BulkTime;
        Assert.Equal(0, Take());
        Assert.False(_inbox.TryTake(out _));
    }

    [Fact]
    public void ATurnOfUrgentThingsEndsAndHasOneOfTheBulkToo()
    {
        for (var i = 0; i < 1000; i++) Post(InboxSource.Node, InboxClass.Urgent, Thing(i));
        Post(Peer(0), InboxClass.Bulk, Thing(-1));
        _inbox.BeginTurn();
        Assert.Equal([.. Enumerable.Range(0, EngineInbox.TurnInputsMax - 1), -1], Enumerable.Range(0, EngineInbox.TurnInputsMax).Select(_ => Take()));
        Assert.False(_inbox.TryTake(out _));
    }

    [Fact]
    public async Task TheReaderWakesForEachPost()
    {
        for (var i = 0; i < 3; i++)
        {
            var wait = _inbox.WaitAsync();
            Assert.False(wait.IsCompleted);
            Post(Peer(0), i == 1 ? InboxClass.Bulk : InboxClass.Urgent, Thing(i));
            Assert.True(await wait);
            Assert.True(await _inbox.WaitAsync()); // it is still there
            _inbox.BeginTurn();
            Assert.Equal(i, Take());
        }
    }

    [Fact]
    public void PostingWaitingAndTakingAllocateNothing()
    {
        var item = Thing(1);
        for (var i = 0; i < 100; i++) Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) Cycle();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);

        void Cycle()
        {
            var wait = _inbox.WaitAsync();
            _ = _inbox.PostAsync(Peer(1), InboxClass.Urgent, item, 200);
            _ = _inbox.PostAsync(InboxSource.Node, InboxClass.Urgent, item);
            _ = _inbox.PostAsync(Peer(2), InboxClass.Bulk, item, 200);
            if (!wait.GetAwaiter().GetResult()) throw new InvalidOperationException("closed");
            _inbox.BeginTurn();
            while (_inbox.TryTake(out _)) { }
        }
    }

    [Fact]
    public async Task ClosingEndsAllWaiting()
    {
        var reader = _inbox.WaitAsync();
        _inbox.Close();
        Assert.False(await reader);

        var full = new EngineInbox(_time);
        for (var i = 0; i < EngineInbox.BulkPlaces; i++) await full.PostAsync(Peer(0), InboxClass.Bulk, Thing(i));
        var sender = full.PostAsync(Peer(0), InboxClass.Bulk, Thing(0));
        Assert.False(sender.IsCompleted);
        full.Close();
        await sender;
        await full.PostAsync(Peer(0), InboxClass.Bulk, Thing(0)); // and nobody waits from now on
        Assert.False(await full.WaitAsync());
        full.BeginTurn();
        Assert.False(full.TryTake(out _));
    }

    [Fact]
    public async Task ManySendersLoseNothingAndKeepTheirOrder()
    {
        const int senders = 8, each = 5_000;
        var sending = Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++) await _inbox.PostAsync(Peer(sender), (InboxClass)(sender % 2), Thing((sender * each) + i));
        })).ToArray();
        var next = new int[senders];
        for (var taken = 0; taken < senders * each;)
        {
            Assert.True(await _inbox.WaitAsync());
            _inbox.BeginTurn();
            while (_inbox.TryTake(out var item))
            {
                var number = NumberOf(item);
                Assert.Equal(next[number / each]++, number % each);
                taken++;
            }
        }

        await Task.WhenAll(sending);
    }

    private static InboxSource Peer(int number) => Peers[number];

    // A number that looks like an input.
    private static InboxItem Thing(int number) => new(new EngineInput.TimerElapsed(new EngineTimer.SyncRetry((ulong)(number + 10))));

    private static int NumberOf(InboxItem item) => (int)((EngineTimer.SyncRetry)((EngineInput.TimerElapsed)item.Input!).Timer).Attempt - 10;

    private void Post(InboxSource source, InboxClass lane, InboxItem item, int bytes = 0) =>
        Assert.True(_inbox.PostAsync(source, lane, item, bytes).IsCompletedSuccessfully, "it has its place at once");

    private int Take()
    {
        Assert.True(_inbox.TryTake(out var item));
        return NumberOf(item);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
