using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class CrashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;

    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Each moment is opened and verified whole, which takes its time: of the writes before the last thirty only a long run takes more than a twentieth.</summary>
    [Fact]
    public void AfterEachOfTheLastThirtyWritesAndInALongRunAfterEveryWriteTheStoreIsAtAWholeBlock()
    {
        using var store = new RecordingStore();
        var chain = new TransferChain(store);
        var pruner = new Pruner(chain.Chain, 130, 129);
        for (var height = 1UL; height <= 180; height++)
        {
            chain.StepTo(height);
            pruner.Step(chain.State.Height);
        }

        var heights = new List<ulong>();
        var last = store.Moments.Count - (IsLong ? store.Moments.Count : 30);
        foreach (var moment in store.Moments.Where((_, i) => i % 20 == 0 || i >= last))
        {
            using var next = RecordingStore.Reopen(moment);
            var survivor = new ChainStore(next);
            Assert.True(LedgerMark.TryDecode(survivor.Mark, out var mark));
            Assert.True(LedgerState.TryLoad(TransferChain.Genesis, mark, survivor.StateRecords, out var state));
            var report = new StoreVerifier(TransferChain.Genesis, survivor, withSignatures: false, _ => { }).Run();
            Assert.Empty(report.Faults.First);
            heights.Add(state.Height.Value);
        }

        Assert.Equal(heights.Order(), heights);
        Assert.Equal(180UL, heights[^1]);
    }

    [Fact]
    public void APruneThatWasCutIsGoneOnWith()
    {
        using var store = new RecordingStore();
        var chain = new TransferChain(store);
        chain.StepTo(300);
        var before = store.Moments.Count;
        Prune(chain.Chain, chain.State.Height);
        Assert.True(store.Moments.Count > before + 8);
        var whole = Content(store.Moments[^1]);
        foreach (var moment in store.Moments.Skip(before - 1))
        {
            using var next = RecordingStore.Reopen(moment);
            Prune(new ChainStore(next), chain.State.Height);
            using var end = next.Snapshot();
            Assert.Equal(whole, Content(end));
        }
    }

    // A copy of the files of an open store is what a killed process leaves.
    [Fact]
    public void AKilledProcessLeavesAWholeBlockOnARealDisk()
    {
        var path = Path.Combine(_folder, "store");
        using var store = RocksStore.Open(path, ChainStore.Columns);
        var chain = new TransferChain(store);
        chain.StepTo(140);
        var pruner = new Pruner(chain.Chain, 128, 128);
        for (var life = 0; life < 5; life++)
        {
            chain.StepTo(chain.State.Height.Value + 7);
            pruner.Step(chain.State.Height);
            if (life == 3) pruner.Compact();
            var copy = Path.Combine(_folder, $"killed-{life}");
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.EnumerateFiles(path)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            using var survivor = RocksStore.Open(copy, ChainStore.Columns);
            var report = new StoreVerifier(TransferChain.Genesis, new ChainStore(survivor), withSignatures: false, _ => { }).Run();
            Assert.Empty(report.Faults.First);
            Assert.Equal(chain.State.Mark, report.Mark);
        }
    }

    private static void Prune(ChainStore chain, Height newest)
    {
        var pruner = new Pruner(chain, 130, 129);
        while (pruner.Step(newest)) ;
    }

    private static List<string> Content(ISnapshot moment) =>
        [.. ChainStore.Columns.SelectMany(column => moment.Scan(column, KeyRange.All).Select(entry => $"{column} {Hex.Encode(entry.Key)} {Hex.Encode(entry.Value)}"))];
}
