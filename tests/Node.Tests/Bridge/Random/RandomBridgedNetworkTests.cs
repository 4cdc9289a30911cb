using System.Diagnostics;
using System.Globalization;
using NeuroChain.Bridge.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>
/// A real Ethereum node with the real vault, four whole nodes, and whatever may happen to them in any order: locks, burns, releases, claims, other powers
/// and keys, pauses on both sides, reorganisations, endpoints that lie or are away, nodes that end. After every step the equations S1 to S9 of the
/// bridge hold and all nodes have one state; and when peace comes everybody has what is his.
/// </summary>
public sealed class RandomBridgedNetworkTests(ITestOutputHelper output)
{
    private const string SeedVariable = "NEUROCHAIN_BRIDGE_SEED";

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    private static readonly int Decks = IsLong ? 4 : 1;

    public static TheoryData<ulong> Seeds => Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } one
        ? [ulong.Parse(one, CultureInfo.InvariantCulture)]
        : [.. Enumerable.Range(1, IsLong ? 12 : 2).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task WhateverComesTheEquationsHoldAndPeacePaysEverybody(ulong seed)
    {
        var started = Stopwatch.GetTimestamp();
        var (step, doing) = (0, "the beginning");
        await using var run = await BridgeRun.StartAsync();
        using var account = await SendingWorld.OnAsync(run.World.Ethereum);
        var holders = new HolderSteps(run);
        var (relay, validators, mishaps) = (new RelaySteps(run, account), new ValidatorSteps(run, holders), new MishapSteps(run, holders));
        var deck = new BridgeDeck(seed, holders, relay, validators, mishaps, mayHang: IsLong);
        try
        {
            await BeginAsync(run, holders, deck);
            foreach (var (name, take) in deck.Deal(Decks))
            {
                (step, doing) = (step + 1, name);
                var said = await take();
                output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  {step,3} {name}: {said}");
                doing = $"{name}: {said}";
                await run.CheckAsync();
            }

            doing = "peace";
            await new Settlement(run, holders, relay, validators, mishaps).SettleAsync(deck.StreamOf(Decks, 0));
            output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s  peace at height {run.State.Height}");
            doing = "books that are wrong";
            WrongBooks.AreFound(run);
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException(
                $"seed {seed}, step {step} ({doing}): {broken.Message}\nthe same steps again: {SeedVariable}={seed}{(IsLong ? " NEUROCHAIN_LONG_TESTS=1" : "")} dotnet artifacts/bin/NeuroChain.Node.Tests/release/NeuroChain.Node.Tests.dll -class \"*{nameof(RandomBridgedNetworkTests)}\"",
                broken);
        }

        output.WriteLine(string.Join(", ", run.Done.Select(pair => $"{pair.Key} {pair.Value}")));
        output.WriteLine(string.Join(", ", run.Expected.Happened.Select(pair => $"{pair.Key} {pair.Value}")));
        // Or the run would show little.
        string[] happened = ["bridge.credited", "bridge.quarantined", "bridge.credit_waits", "bridge.withdrawal", "bridge.certified", "bridge.released", "bridge.refunded", "bridge.followed", "bridge.set_changed", "bridge.paused", "bridge.resumed", "bridge.reserves", "claims.funded", "validators.key_rotated"];
        Assert.Empty(happened.Except(run.Expected.Happened.Keys));
        // What a step does on Ethereum a later one may take back, a pause of the vault too.
        string[] done = ["vault paused", "reorganised", "fell back", "one endpoint of three failed", "one validator deaf", "all validators deaf", "a validator lied", "node restarted"];
        Assert.Empty(done.Except(run.Done.Keys));
    }

    // Accounts have something to burn.
    private static async Task BeginAsync(BridgeRun run, HolderSteps holders, BridgeDeck deck)
    {
        await run.World.FinalizeAsync();
        await holders.LockAsync(deck.StreamOf(-1, 0));
        await holders.LockMuchAsync(deck.StreamOf(-1, 1));
        await run.World.FinalizeAsync();
        await run.HearAllAsync();
        await run.CheckAsync();
    }
}
