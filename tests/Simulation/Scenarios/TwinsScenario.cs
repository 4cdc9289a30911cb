using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which runs twice with one key: every way in which their machines may be parted in the first two rounds of a height,
/// with the key that leads the first, the second or neither twinned; and a sample of the ways for more rounds. Nobody decides two things, and
/// once they hear each other again they go on.
/// </summary>
/// <param name="rounds">All cases of so many rounds.</param>
/// <param name="most">No more of those than this, drawn; all where it is null.</param>
/// <param name="sampledRounds">Rounds of the cases that are sampled besides.</param>
/// <param name="sampled">How many of those.</param>
/// <param name="seed">Of the samples.</param>
public sealed class TwinsScenario(int rounds = 2, int? most = null, int sampledRounds = 4, int sampled = 300, ulong seed = 1) : IScenario
{
    // The height whose rounds are parted: what starts up is past, and there is a last block.
    private static readonly Height Parted = new(2);

    // More than any round takes in which anybody can go on.
    private const ulong RoundMs = 600;

    // What a capped timeout is by default.
    private const ulong MostMs = 10_000;

    // For each round that the twinned key may lead a seed of a cluster in which it does.
    private readonly Dictionary<int, ulong> _seeds = [];

    public string Name => "twins";

    public ScenarioResult Run()
    {
        var cases = TwinCase.All(rounds).ToList();
        var (all, draw) = (cases.Count, new SeededStream(seed));
        while (cases.Count > most) cases.RemoveAt((int)draw.NextBelow((ulong)cases.Count));
        var told = cases.Count;
        cases.AddRange(TwinCase.Sample(sampledRounds, sampled, draw));
        for (var role = 0; role < TwinCase.Keys; role++) _ = SeedFor(role);
        // Each in a thread of its own, and the sums are the same in any order.
        var played = cases.AsParallel().Select(Play).ToList();
        var slowest = played.Max(one => one.Ms);
        return new ScenarioResult(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"four validators one of which runs twice, in {told} of the {all} cases of {rounds} rounds and {sampled} of {sampledRounds}: no two decisions of one height, and all went on within {slowest} ms of the healing"),
            new Dictionary<string, double>
            {
                ["cases"] = cases.Count,
                [$"cases_of_{rounds}_rounds"] = told,
                [$"cases_of_{rounds}_rounds_in_all"] = all,
                [$"cases_sampled_of_{sampledRounds}_rounds"] = sampled,
                ["cases_with_the_twin_convicted"] = played.Count(one => one.IsConvicted),
                ["cases_decided_after_round_0"] = played.Count(one => one.Round > 0),
                ["slowest_after_healing_ms"] = slowest,
            },
            [
                ScenarioBar.AtMost("ms after the healing until all have decided that height and one more", slowest, MostMs),
            ]);
    }

    /// <summary>Tells one case.</summary>
    /// <returns>Whether somebody has evidence against the twinned key, the round in which the height was decided, and how long it took after the healing.</returns>
    /// <exception cref="SimulationFailedException">A rule was broken; the message has the case.</exception>
    public (bool IsConvicted, uint Round, ulong Ms) Play(TwinCase twins)
    {
        try
        {
            using var story = new Story(Name, OptionsOf(SeedFor(twins.Role)), 5);
            return Play(story, twins);
        }
        catch (SimulationFailedException failed)
        {
            throw new SimulationFailedException($"case {twins}: {failed.Message}");
        }
    }

    private static (bool IsConvicted, uint Round, ulong Ms) Play(Story story, TwinCase twins)
    {
        var cluster = story.Cluster;
        var machines = MachinesOf(cluster);
        cluster.Begin();
        story.Until(() => story.Heights.Min() == Height.First, 60_000, "height 1 by all");

        // A round is over when somebody is in the next, and where none can go on, after a while: then it is parted anew.
        for (var round = 0; round < twins.Partitions.Length; round++)
        {
            Part(cluster, machines, twins.Partitions[round]);
            var (next, isOver) = ((uint)round + 1, false);
            cluster.Events.After(RoundMs, () => isOver = true);
            story.Until(() => isOver || RoundOf(cluster) >= next || story.Heights.Min() >= Parted, RoundMs, $"the end of round {round}");
        }

        Part(cluster, machines, [.. machines.Select(_ => 0)]);
        var (healed, honest) = (story.Now, cluster.Hosts.Where(host => host.Node.IsHonest).Select(host => host.Node.Index).ToList());
        story.Until(() => honest.TrueForAll(node => story.HeightOf(node) > Parted), MostMs, "a decision of that height and one more by all who follow the rules");
        story.End();
        var decided = cluster.Hosts[honest[0]].Node.Chain.Get(Parted)!.Certificate.Round.Value;
        return (cluster.Checkers.OfType<HonestEvidenceChecker>().Single().Convicted > 0, decided, story.Now - healed);
    }

    private static SimulationOptions OptionsOf(ulong seed) => new()
    {
        Seed = seed,
        BlockIntervalMs = 100,
        IsWild = false,
        DelayMax = 4,
        TransfersPerSecond = 0,
        ByzantineMax = 1,
        Twins = true,
        Timeouts = new TimeoutSettings
        {
            Propose = TimeSpan.FromMilliseconds(100),
            Prevote = TimeSpan.FromMilliseconds(50),
            Precommit = TimeSpan.FromMilliseconds(50),
            Delta = TimeSpan.FromMilliseconds(20),
        },
        RebroadcastEvery = TimeSpan.FromMilliseconds(60),
        SyncPatience = TimeSpan.FromMilliseconds(300),
    };

    // The furthest round of the height that anybody is in.
    private static uint RoundOf(Cluster cluster) =>
        cluster.Hosts.Select(host => host.Node.Engine).Max(engine => engine is { State.Height.Value: 1, Round: var round } ? round.Value : 0);

    // Those of the keys that lead rounds 0 to 3 of the height, then the second of the twinned key.
    private static int[] MachinesOf(Cluster cluster)
    {
        var schedule = new LeaderSchedule(Parted, cluster.Genesis.ValidatorSet(), null, []);
        return [.. Enumerable.Range(0, TwinCase.Keys).Select(round => cluster.Ring.OwnerOf(schedule.Leader(new Round((uint)round)))!.Value), TwinCase.Keys];
    }

    private static void Part(Cluster cluster, int[] machines, IReadOnlyList<int> sides)
    {
        for (var a = 0; a < machines.Length; a++)
            for (var b = 0; b < machines.Length; b++)
                cluster.Network[machines[a], machines[b]].IsCut = sides[a] != sides[b];
    }

    private ulong SeedFor(int role)
    {
        for (ulong candidate = 1; !_seeds.ContainsKey(role); candidate++)
        {
            var cluster = new Cluster(OptionsOf(candidate));
            _seeds.TryAdd(Array.IndexOf(MachinesOf(cluster), cluster.Cast.Byzantine.Single()), candidate);
            cluster.Log.Dispose();
        }

        return _seeds[role];
    }
}
