using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class SnapshotFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly TransferChain _chain = new();
    private readonly SnapshotFolder _snapshots;
    private readonly LedgerState _tenth;

    public SnapshotFolderTests()
    {
        _snapshots = new SnapshotFolder(Path.Combine(_folder, "snapshots"));
        _chain.StepTo(10);
        _tenth = _chain.State;
        _chain.StepTo(15);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatIsWrittenIsReadBackVerified()
    {
        Assert.True(Write(_tenth) > 0);
        Assert.Equal([_tenth.Height], _snapshots.Heights);
        var snapshot = Read(_tenth.Height, out var fault);
        Assert.Equal("", fault);
        Assert.Equal(_tenth.Mark, snapshot!.State.Mark);
        Assert.Equal([5, 6, 7, 8, 9, 10, 11], snapshot.Blocks.Select(kept => kept.Block.Height.Value));
        Assert.Equal(10UL, snapshot.Transactions);
        Assert.True(snapshot.IsOfGenesisValidators);
    }

    [Fact]
    public void EveryFileIsNeededAndEveryBitOfItCounts()
    {
        Write(_tenth);
        foreach (var file in Directory.GetFiles(_snapshots.PathOf(_tenth.Height)))
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 8; at < bytes.Length; at += Math.Max(1, bytes.Length / 40)) // the first eight bytes of the blocks are a count that nothing covers
            {
                byte[] changed = [.. bytes];
                changed[at] ^= 1;
                File.WriteAllBytes(file, changed);
                Assert.Null(Read(_tenth.Height, out var fault));
                Assert.NotEqual("", fault);
            }

            File.WriteAllBytes(file, bytes.AsSpan(0, bytes.Length - 1));
            Assert.Null(Read(_tenth.Height, out _));
            File.Delete(file);
            Assert.Null(Read(_tenth.Height, out _));
            File.WriteAllBytes(file, bytes);
            Assert.NotNull(Read(_tenth.Height, out _));
        }
    }

    [Fact]
    public void AWriteThatWasCutIsNoSnapshotAndIsDoneAgain()
    {
        using var cut = new CancellationTokenSource();
        cut.Cancel();
        Assert.Throws<OperationCanceledException>(() => _snapshots.Write(_tenth, _chain.Chain, cut.Token));
        Assert.Empty(_snapshots.Heights);
        Assert.True(Write(_tenth) > 0);
        Assert.NotNull(Read(_tenth.Height, out _));
        Assert.Equal(0, Write(_tenth));
    }

    [Fact]
    public void OnlyTheNewestStayAndWhatIsUnfinishedGoes()
    {
        var snapshotter = new Snapshotter(_snapshots, _chain.Chain, () => _chain.State, every: 5, kept: 2);
        var written = new List<ulong>();
        for (var height = 16UL; height <= 31; height++)
        {
            if (snapshotter.Write(CancellationToken.None) is { } at) written.Add(at.Value);
            _chain.StepTo(height);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "snapshots", "7.unfinished"));
        if (snapshotter.Write(CancellationToken.None) is { } last) written.Add(last.Value);
        Assert.Equal([10, 15, 20, 25, 30], written);
        Assert.Equal([new Height(25), new Height(30)], _snapshots.Heights);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(_folder, "snapshots")).Length);
        Assert.NotNull(Read(new Height(30), out _));
    }

    [Fact]
    public void ZeroWritesNone()
    {
        Assert.Null(new Snapshotter(_snapshots, _chain.Chain, () => _chain.State, every: 0, kept: 2).Write(CancellationToken.None));
        Assert.Empty(_snapshots.Heights);
    }

    [Fact]
    public async Task ARestoredNodeGoesOnAsIfItHadBeenThere()
    {
        var home = MakeHome();
        Write(_tenth);
        using var output = new StringWriter();
        Assert.Equal(0, await RestoreAsync(home, _snapshots, Trust(), output));
        Assert.Contains("goes on after height 11", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, DatabaseCommand.Verify(home, isFast: false, output));

        using (var store = DatabaseCommand.Open(home))
        {
            var chain = new ChainStore(store);
            Assert.Equal(new Height(5), chain.EarliestBlock);
            Assert.Equal(new Height(10), chain.EarliestState);
            Assert.Equal(11UL, chain.TransactionsTotal);
            Assert.True(LedgerMark.TryDecode(chain.Mark, out var mark));
            Assert.True(LedgerState.TryLoad(TransferChain.Genesis, mark, chain.StateRecords, out var state));
            for (var height = new Height(12); height <= _chain.State.Height; height = height.Next())
            {
                var (block, certificate) = _chain.Chain.Get(height)!;
                Assert.True(BlockValidator.TryValidate(state, block, NoTransactions.Instance, out var validated, out var refusal), refusal.ToString());
                Assert.True(certificate.TryVerify(state.GenesisHash, state.Next.Validators, out var commit, out _));
                chain.Commit(state, validated, commit);
                state = validated.Result.Next;
            }

            Assert.Equal(_chain.State.Root, state.Root);
        }

        Assert.Equal(0, DatabaseCommand.Verify(home, isFast: false, output));
        await Assert.ThrowsAsync<OperatorException>(() => RestoreAsync(home, _snapshots, Trust(), TextWriter.Null));
    }

    // Whole in itself, and signed by all of its validators: only a header from outside shows that nobody elected them.
    [Fact]
    public async Task ASnapshotOfValidatorsThatItInventsIsWholeAndIsNotRestored()
    {
        var forged = TransferChain.Forged();
        forged.StepTo(10);
        var then = forged.State;
        forged.StepTo(15);
        var folder = new SnapshotFolder(Path.Combine(_folder, "forged"));
        Assert.True(folder.Write(then, forged.Chain, CancellationToken.None) > 0);
        Assert.NotNull(SnapshotFolder.TryRead(folder.PathOf(then.Height), TransferChain.Genesis, out _));

        await IsRefusedAsync(folder, Trust(), "header 2 is needed on the way from the genesis to the snapshot");
        for (var height = 5UL; height <= 11; height++) await IsRefusedAsync(folder, Trust(HeaderOf(_chain, height)), $"header {height} is refused: NotTheTrustedHeader");
        Assert.Equal(0, await RestoreAsync(MakeHome(), folder, Trust(HeaderOf(forged, 11)), TextWriter.Null)); // who trusts them has them
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task AHeaderThatTheSnapshotHasLeadsToItWithoutANode(ulong trusted)
    {
        Write(_tenth);
        Assert.Equal(0, await RestoreAsync(MakeHome(), _snapshots, Trust(HeaderOf(_chain, trusted)), TextWriter.Null));
    }

    [Fact]
    public async Task WhatIsTooOldOrOutOfReachIsRefusedByName()
    {
        Write(_tenth);
        var light = new LightOptions();
        var late = _chain.Chain.Get(new Height(5))!.Block.Header.Time.Plus(light.TrustingPeriodMs);
        await IsRefusedAsync(_snapshots, Trust(now: late), "header 11 is refused: TrustExpired (trust a newer header");
        await IsRefusedAsync(_snapshots, Trust(HeaderOf(_chain, 5), late), "header 11 is refused: TrustExpired (trust a newer header");
        Assert.Equal(0, await RestoreAsync(MakeHome(), _snapshots, Trust(HeaderOf(_chain, 11), late), TextWriter.Null)); // no other header is needed
        await IsRefusedAsync(_snapshots, Trust(HeaderOf(_chain, 4)), "header 4 is needed on the way from header 4 to the snapshot");
        await IsRefusedAsync(_snapshots, Trust(HeaderOf(_chain, 15)), "header 15 is needed on the way from header 15 to the snapshot");
    }

    private async Task IsRefusedAsync(SnapshotFolder folder, SnapshotTrust trust, string words)
    {
        var home = MakeHome();
        using var output = new StringWriter();
        Assert.Equal(1, await RestoreAsync(home, folder, trust, output));
        Assert.Contains(words, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("restored       NO", output.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(home.StoreFolder));
    }

    private NodeHome MakeHome()
    {
        var home = new NodeHome(Path.Combine(_folder, $"home{Directory.GetDirectories(_folder).Length}"));
        Directory.CreateDirectory(home.DataFolder);
        File.WriteAllBytes(home.GenesisFile, TransferChain.Genesis.ToJson());
        return home;
    }

    private static Task<int> RestoreAsync(NodeHome home, SnapshotFolder folder, SnapshotTrust trust, TextWriter output) =>
        SnapshotCommand.RestoreAsync(home, folder.PathOf(folder.Heights[^1]), trust, output, TestContext.Current.CancellationToken);

    private SnapshotTrust Trust((Height, BlockHash)? header = null, Timestamp? now = null) =>
        new(TransferChain.Genesis, header, null, new LightOptions(), new FixedTime(now ?? _chain.State.Time.Plus(1_000)));

    private static (Height, BlockHash) HeaderOf(TransferChain chain, ulong height) => (new Height(height), chain.Chain.Get(new Height(height))!.Block.Hash);

    private sealed class FixedTime(Timestamp now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((long)now.Milliseconds);
    }

    private long? Write(LedgerState state) => _snapshots.Write(state, _chain.Chain, CancellationToken.None);

    private StoredSnapshot? Read(Height height, out string fault) => SnapshotFolder.TryRead(_snapshots.PathOf(height), TransferChain.Genesis, out fault);
}
