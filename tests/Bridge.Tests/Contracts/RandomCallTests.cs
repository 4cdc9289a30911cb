using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Random calls, good and bad, in random order: after each of them the books, the events and the rules of the vault hold.</summary>
public sealed class RandomCallTests(VaultFixture fixture, ITestOutputHelper output) : VaultTest(fixture)
{
    private static readonly int Steps = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 600 : 120;

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public async Task TheInvariantsHoldAfterEveryCall(ulong seed)
    {
        var caller = await RandomCaller.CreateAsync(World, seed);
        var watcher = new VaultWatcher(World);
        await watcher.CheckAsync("the beginning");
        for (var step = 0; step < Steps; step++)
        {
            var said = await caller.StepAsync();
            await watcher.CheckAsync($"seed {seed}, step {step}: {said}");
        }

        output.WriteLine(string.Join('\n', caller.Done.Select(count => $"{count.Value,4} {count.Key}")));
        // A run in which nothing works would prove nothing.
        foreach (var kind in new[] { "lock", "release", "follow", "pause", "unpause", "flush", "limits", "rescue" }) Assert.True(caller.Done.ContainsKey(kind), kind);
        foreach (var kind in new[] { "release twice", "release of an old set", "changed amount", "too few signers" }) Assert.True(caller.Done.ContainsKey($"{kind}: refused"), kind);
    }

    [Theory]
    [InlineData(4UL)]
    [InlineData(5UL)]
    public async Task AForkedOrRetiredVaultStaysSoAndPaysNobody(ulong seed)
    {
        var caller = await RandomCaller.CreateAsync(World, seed);
        var watcher = new VaultWatcher(World);
        for (var step = 0; step < Steps / 4; step++) await watcher.CheckAsync($"seed {seed}, step {step}: {await caller.StepAsync()}");
        await caller.EndAsync(byFork: seed == 4);
        await watcher.CheckAsync("the end");
        var balance = await World.BalanceAsync(World.Bob);
        for (var step = 0; step < Steps / 4; step++)
        {
            var said = await caller.StepAsync();
            await watcher.CheckAsync($"seed {seed}, step {step} after the end: {said}");
        }

        Assert.Equal(balance, await World.BalanceAsync(World.Bob));
    }
}
