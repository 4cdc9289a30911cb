using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Random calls, good and bad, in random order: after each of them the books, the events and the rules of all vaults hold.</summary>
public sealed class RandomCallTests(VaultFixture fixture, ITestOutputHelper output) : VaultTest(fixture)
{
    private static readonly int Steps = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 1200 : 240;

    // A run in which one of these never works, or one of those never is refused, would prove little.
    private static readonly string[] Works =
    [
        "lock", "release", "flush", "follow", "pause", "unpause", "complete unpause", "limits", "apply limits", "rescue", "guardian", "late order",
        "retire", "complete retirement", "start recovery", "finish recovery", "cancel recovery", "forward",
    ];

    private static readonly string[] Refused =
    [
        "lock", "release", "release twice", "release of an old set", "changed amount", "too few signers", "unpause", "late order", "complete retirement",
        "finish recovery", "cancel recovery", "forward", "no fork", "stranger",
    ];

    private readonly List<VaultWatcher> _watchers = [];

    [Fact]
    public async Task TheInvariantsHoldAfterEveryCall()
    {
        var done = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var seed in new[] { 1UL, 2UL, 3UL })
        {
            var snapshot = await Ethereum.SnapshotAsync();
            var caller = await RandomCaller.CreateAsync(World.Anew(), seed);
            _watchers.Clear();
            await CheckAsync(caller, "the beginning");
            for (var step = 0; step < Steps; step++) await CheckAsync(caller, $"seed {seed}, step {step}: {await caller.StepAsync()}");
            foreach (var (said, count) in caller.Done) done[said] = done.GetValueOrDefault(said) + count;
            output.WriteLine($"seed {seed}: {caller.Worlds.Count} vaults");
            await Ethereum.RevertAsync(snapshot);
        }

        output.WriteLine(string.Join('\n', done.Select(count => $"{count.Value,4} {count.Key}")));
        Assert.Empty(Works.Except(done.Keys));
        Assert.Empty(Refused.Select(kind => $"{kind}: refused").Except(done.Keys));
        Assert.DoesNotContain(done.Keys, said => said is "no fork" or "stranger" or "release twice" or "release of an old set" or "changed amount" or "too few signers");
    }

    [Theory]
    [InlineData(4UL)]
    [InlineData(5UL)]
    public async Task AForkedOrRetiredVaultStaysSoAndPaysNobody(ulong seed)
    {
        var caller = await RandomCaller.CreateAsync(World, seed);
        for (var step = 0; step < Steps / 8; step++) await CheckAsync(caller, $"seed {seed}, step {step}: {await caller.StepAsync()}");
        await caller.EndAsync(byFork: seed == 4);
        await CheckAsync(caller, "the end");
        var (vaults, balance) = (caller.Worlds.Count, await World.BalanceAsync(World.Bob));
        for (var step = 0; step < Steps / 8 && caller.Worlds.Count == vaults; step++)
            await CheckAsync(caller, $"seed {seed}, step {step} after the end: {await caller.StepAsync()}");

        Assert.Equal(balance, await World.BalanceAsync(World.Bob));
    }

    private async Task CheckAsync(RandomCaller caller, string when)
    {
        while (_watchers.Count < caller.Worlds.Count) _watchers.Add(new VaultWatcher(caller.Worlds[_watchers.Count]));
        foreach (var watcher in _watchers) await watcher.CheckAsync(when);
    }
}
