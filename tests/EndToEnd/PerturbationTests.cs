using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Links that can be spoilt, payers, and something to learn where the data set is installed.</summary>
public sealed class PerturbedNetworkFixture : NetworkFixture
{
    private const int PayerCount = 40;

    public PerturbedNetworkFixture() : this(new ProxiedLayout(seed: 1)) { }

    private PerturbedNetworkFixture(ProxiedLayout links)
        : base(new NetworkShape { Layout = links, Payers = PayerCount, Trains = TrainingGenesis.IsAvailable, SmallDiskMegabytes = 1_024 }) => Links = links;

    internal ProxiedLayout Links { get; }
}

/// <summary>A network in use, to which one thing after another happens; and what must hold, holds all the time.</summary>
public sealed class PerturbationTests(PerturbedNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<PerturbedNetworkFixture>
{
    private const int LongSeeds = 10;

    /// <summary>No timeout is longer: by then every node is in one round.</summary>
    private static readonly TimeSpan RecoveredWithin = new TimeoutSettings().Cap;

    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    /// <summary>One seed, or those of a long run; NEUROCHAIN_PERTURBATION_SEED names another.</summary>
    private static IEnumerable<ulong> Seeds =>
        Environment.GetEnvironmentVariable("NEUROCHAIN_PERTURBATION_SEED") is { Length: > 0 } given ? [ulong.Parse(given, CultureInfo.InvariantCulture)]
        : IsLong ? Enumerable.Range(1, LongSeeds).Select(seed => (ulong)seed)
        : [1];

    [Fact]
    public async Task WhateverHappensTheChainIsOneAndGoesOn()
    {
        await Network.AllReachAsync(2);
        await using var chain = new Invariants(Network);
        chain.Watch();
        await using var load = new TransferLoad(Network, chain, new SeededStream(1));
        load.Start();
        var perturber = new Perturber(Network, network.Links);
        var rows = new List<PerturbationRow>();
        var kinds = Enum.GetValues<PerturbationKind>().Where(kind => kind != PerturbationKind.FullDisk || Network.SmallDisk is not null).ToList();
        if (Network.SmallDisk is null)
        {
            const string without = "without a full disk: the right to mount a small one is wanted";
            DemandedMachine.Lacks(without);
            Output.WriteLine(without);
        }

        foreach (var seed in Seeds)
            foreach (var perturbation in IsLong ? Perturbation.Plan(seed, kinds, 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)) : Perturbation.Plan(seed, kinds, 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)))
            {
                rows.Add(await PerturbAsync(perturber, chain, seed, perturbation));
                Output.WriteLine(rows[^1].ToString());
            }

        await load.SettleAsync();
        await chain.AllShownAsync(chain.Highest);
        await chain.CheckAsync();
        Assert.True(load.Accepted > rows.Count * 10, $"only {load.Accepted} transfers were accepted: that was no load");
        if (TrainingGenesis.IsAvailable) Assert.True(await Network.TrainsAsync() > 0 || !IsLong, "nothing was certified");
        Output.WriteLine($"height {chain.Highest}, {load.Accepted} transfers accepted, all in blocks\n{Network.TrainerOutput}");
        PerturbationReport.Write(rows, Network, chain, load.Accepted);
    }

    private static async Task<PerturbationRow> PerturbAsync(Perturber perturber, Invariants chain, ulong seed, Perturbation perturbation)
    {
        var before = chain.Highest;
        await perturber.StrikeAsync(perturbation);
        await Task.Delay(perturbation.Lasts, Cancelled);
        var during = chain.Highest - before;
        await perturber.HealAsync(perturbation);
        var (first, all) = await chain.RecoveredAsync();
        // Of the run that is for the records, on a machine that does nothing else.
        if (IsLong) Assert.True(first <= RecoveredWithin, $"{perturbation}: the first new block came {first.TotalSeconds:F1} s after it was over");
        await chain.CheckAsync();
        return new PerturbationRow(seed, perturbation, during, first, all);
    }
}
