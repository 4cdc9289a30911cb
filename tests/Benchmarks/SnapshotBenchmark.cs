using System.Diagnostics;
using System.Security.Cryptography;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>
/// A snapshot of a large state: cut into chunks, written to disk and made durable, read back, every chunk verified against the state root, and
/// put together to a state again. The limit is to write, read and hash the same bytes and nothing else.
/// </summary>
internal static class SnapshotBenchmark
{
    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        Progress.Say($"a state of {options.Accounts:N0} accounts");
        var accounts = new GenesisAllocation[options.Accounts];
        Parallel.For(0, accounts.Length, i => accounts[i] = new(Address.FromBytes(Hash256.Sha256(BitConverter.GetBytes(i)).ToArray().AsSpan(0, Address.Size)), Amount.FromNtk(1)));
        var genesis = BenchmarkChain.Genesis([]) with { Allocations = [.. accounts] };
        var state = LedgerState.FromGenesis(genesis);

        using var folder = new TemporaryFolder();
        Progress.Say("writing");
        var clock = Stopwatch.StartNew();
        Invariant.Check(SnapshotWriter.TryCreate(state, SnapshotWriter.DefaultChunkBytes, out var writer), "a state of accounts can be cut");
        foreach (var (index, bytes) in writer!.Chunks) Write(Path.Combine(folder.Path, $"chunk-{index}"), bytes);
        Write(Path.Combine(folder.Path, "manifest"), writer.Manifest.Encode());
        var written = clock.Elapsed;

        Progress.Say("reading and verifying");
        Invariant.Check(SnapshotManifest.TryDecode(File.ReadAllBytes(Path.Combine(folder.Path, "manifest")), out var manifest), "what was written can be read");
        var reader = new SnapshotReader(genesis, manifest!);
        foreach (var index in reader.Missing.ToList())
            Invariant.Check(reader.Add(index, File.ReadAllBytes(Path.Combine(folder.Path, $"chunk-{index}"))) == SnapshotFault.None, "every chunk verifies");
        Invariant.Check(reader.TryFinish(out var again, out _) && again!.Root == state.Root, "the state is the same");
        var seconds = clock.Elapsed.TotalSeconds;

        var total = TemporaryFolder.BytesOf(folder.Path);
        var limit = options.Accounts / Limit(folder.Path);
        return BenchmarkResult.Of(
            "snapshot",
            options.Accounts / seconds,
            "accounts/s",
            limit,
            seconds,
            ("accounts", options.Accounts),
            ("write_seconds", written.TotalSeconds),
            ("read_and_verify_seconds", seconds - written.TotalSeconds),
            ("chunks", manifest!.ChunkCount),
            ("megabytes", total / 1e6));
    }

    // Seconds that the bytes alone take.
    private static double Limit(string folder)
    {
        var files = Directory.GetFiles(folder).Select(File.ReadAllBytes).ToList();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < files.Count; i++) Write(Path.Combine(folder, $"limit-{i}"), files[i]);
        for (var i = 0; i < files.Count; i++) SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, $"limit-{i}")));
        return clock.Elapsed.TotalSeconds;
    }

    private static void Write(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }
}
