using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// The faults of a run, drawn from its seed: every run is a different bad day, and on most days most things work, so that what is rare in
/// company comes alone as well. Of ten seeds in a row three have honest validators only, six some that break the rules, and one has twins. Of
/// thirty in a row seven govern, six train, two do both, and in two more than a third of the power breaks the rules; the others, the first
/// twelve among them, make transfers only.
/// </summary>
public static class Swarm
{
    private const ulong MixPeriod = 10;
    private const ulong HonestSeeds = 3;
    private const ulong TwinSeed = 8;
    private const ulong LoadPeriod = 30;
    private const int ObserversMax = 2;

    /// <param name="seed">Of the run.</param>
    /// <param name="validators">How many; 4, 7 or 10 where it is null.</param>
    /// <param name="loads">What is done on the chain.</param>
    /// <param name="liars">How many break the rules.</param>
    public static SimulationOptions Draw(ulong seed, int? validators = null, LoadMix loads = LoadMix.Drawn, LiarMix liars = LiarMix.Drawn)
    {
        var options = DrawFaults(seed, validators);
        var isMany = liars == LiarMix.Many || (liars == LiarMix.Drawn && seed % LoadPeriod is 26 or 27);
        // Where the chain may fork nothing is promised of what is done on it. Whoever tries is found out soon: faults that spoil the first try are few.
        if (isMany)
            return options with
            {
                ManyByzantine = true,
                ByzantineMax = options.Validators,
                Twins = false,
                SpoilsDisks = false,
                Behaviours = [],
                LossThousandths = options.LossThousandths / 8,
                CrashPerTurn = options.CrashPerTurn / 4,
            };
        var (governs, trains) = loads == LoadMix.Drawn ? LoadsOf(seed) : (loads is LoadMix.Governance or LoadMix.All, loads is LoadMix.Training or LoadMix.All or LoadMix.Sealed);
        options = options with { Governs = governs, Observers = governs ? (int)(seed % (ObserversMax + 1)) : 0, Trains = trains };
        // A set is taken up before a round draws from it, and what a round lacks keys of takes long: such a day must be longer.
        return loads == LoadMix.Sealed ? options with { Seals = true, FaultyForMs = 3 * options.FaultyForMs, FaultyHeightsMax = 3 * options.FaultyHeightsMax } : options;
    }

    private static (bool Governs, bool Trains) LoadsOf(ulong seed) => (seed % LoadPeriod) switch
    {
        13 or 14 or 15 or 18 or 20 or 21 or 28 => (true, false),
        16 or 17 or 22 or 23 or 24 or 29 => (false, true),
        19 or 25 => (true, true),
        _ => (false, false),
    };

    private static SimulationOptions DrawFaults(ulong seed, int? validators)
    {
        var draw = new SeededStream(seed);
        var mix = seed % MixPeriod;
        var drawn = draw.NextBelow(10) switch
        {
            < 5 => 4,
            < 8 => 7,
            _ => 10,
        };
        // A third of the runs is slow as the defaults are; quicker timers see more rounds in the same time.
        var pace = new[] { 1.0, 0.3, 0.1 }[(int)draw.NextBelow(3)];
        return new SimulationOptions
        {
            Seed = seed,
            Validators = validators ?? drawn,
            Power = (PowerMode)draw.NextBelow(3),
            BlockIntervalMs = new uint[] { 10, 50, 100, 250 }[(int)draw.NextBelow(4)],
            Timeouts = Paced(pace),
            RebroadcastEvery = TimeSpan.FromMilliseconds(1000 * pace),
            SyncPatience = TimeSpan.FromMilliseconds(5000 * pace),
            IsWild = draw.NextChance(1, 2),
            LossThousandths = Some(draw, 250),
            DuplicateThousandths = Some(draw, 200),
            DelayMin = draw.NextBelow(10),
            DelayMax = 10 + draw.NextBelow(draw.NextChance(1, 4) ? 1_500UL : 100UL),
            PartitionEveryMs = draw.NextChance(1, 3) ? 0 : 200 + draw.NextBelow(4_000),
            PartitionMaxMs = 200 + draw.NextBelow(4_000),
            CrashPerTurn = Some(draw, 1_500),
            DownMaxMs = 100 + draw.NextBelow(5_000),
            TurnDelayMaxMs = draw.NextChance(1, 2) ? 0 : draw.NextBelow(6),
            BackgroundCommitMs = draw.NextChance(1, 2) ? 0 : draw.NextBelow(50),
            FullDiskEveryMs = draw.NextChance(1, 4) ? 1_000 + draw.NextBelow(8_000) : 0,
            SpoilsDisks = draw.NextChance(1, 4),
            ClockOffsetMaxMs = Some(draw, 2_000),
            ClockDriftMaxPpm = Some(draw, 500),
            ClockJumpEveryMs = draw.NextChance(1, 4) ? 500 + draw.NextBelow(8_000) : 0,
            TransfersPerSecond = draw.NextBelow(6),
            ByzantineMax = mix < HonestSeeds ? 0 : 1 + (int)draw.NextBelow(3),
            Behaviours = [.. Behaviour.Names.Where(_ => draw.NextChance(1, 3))],
            Twins = mix == TwinSeed,
            FaultyForMs = 4_000 + draw.NextBelow(20_000),
            FaultyHeightsMax = 30 + draw.NextBelow(30),
            HealsCoreOnly = draw.NextChance(1, 2),
            HealthyHeights = 4 + draw.NextBelow(70),
        };
    }

    private static TimeoutSettings Paced(double pace)
    {
        var settings = new TimeoutSettings();
        return settings with { Propose = settings.Propose * pace, Prevote = settings.Prevote * pace, Precommit = settings.Precommit * pace, Delta = settings.Delta * pace };
    }

    private static ulong Some(SeededStream draw, ulong below) => draw.NextChance(1, 3) ? 0 : draw.NextBelow(below);
}
