using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>How power is spread over the validators.</summary>
public enum PowerMode
{
    Equal,

    /// <summary>From 10 to 14.</summary>
    Weighted,

    /// <summary>From 1 to 3, and a total that three divides: only there do "more than a third" and "a third at least" differ.</summary>
    Thirds,
}

/// <summary>One run: who takes part and what goes wrong. Without further words everybody is honest and nothing does.</summary>
public sealed record SimulationOptions
{
    public required ulong Seed { get; init; }

    public int Validators { get; init; } = 4;

    public PowerMode Power { get; init; }

    /// <summary>Every node checks every signature itself; else a signature is checked once in the whole run. The run is the same.</summary>
    public bool RealSignatures { get; init; }

    /// <summary>Milliseconds from block to block.</summary>
    public uint BlockIntervalMs { get; init; } = 1000;

    public TimeoutSettings Timeouts { get; init; } = new();

    public TimeSpan RebroadcastEvery { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan SyncPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages lost, doubled and reordered one by one; else links keep the order and lose only by breaking.</summary>
    public bool IsWild { get; init; } = true;

    /// <summary>Messages lost, in thousandths; where links keep the order, chance that one breaks, in twenty-thousandths per message.</summary>
    public ulong LossThousandths { get; init; }

    /// <summary>Messages that arrive twice, in thousandths.</summary>
    public ulong DuplicateThousandths { get; init; }

    /// <summary>Least and greatest delay of a message in milliseconds.</summary>
    public ulong DelayMin { get; init; } = 1;

    public ulong DelayMax { get; init; } = 20;

    /// <summary>Delay between healthy nodes, at most.</summary>
    public ulong HealthyDelayMax { get; init; } = 20;

    /// <summary>What a node can send, of links that keep the order; 0 where nothing limits it. 125,000 are a gigabit per second.</summary>
    public ulong UploadBytesPerMs { get; init; }

    /// <summary>Milliseconds between partitions and clogged links, about; 0 for none.</summary>
    public ulong PartitionEveryMs { get; init; }

    public ulong PartitionMaxMs { get; init; } = 5_000;

    /// <summary>Chance that a turn ends in a crash, in hundred-thousandths.</summary>
    public ulong CrashPerTurn { get; init; }

    /// <summary>How long a crashed node stays away, at most.</summary>
    public ulong DownMaxMs { get; init; } = 5_000;

    /// <summary>Milliseconds that inputs wait for others to share their turn, at most.</summary>
    public ulong TurnDelayMaxMs { get; init; }

    /// <summary>How long a block may wait to be stored in the background; 0 stores it at once.</summary>
    public ulong BackgroundCommitMs { get; init; }

    /// <summary>Milliseconds between full disks, about; 0 for none.</summary>
    public ulong FullDiskEveryMs { get; init; }

    /// <summary>Whether sectors of some disks go bad. Their nodes count among those that fail.</summary>
    public bool SpoilsDisks { get; init; }

    /// <summary>How far a clock is off, at most, ahead or behind; one node in a run may be ten seconds off.</summary>
    public ulong ClockOffsetMaxMs { get; init; }

    public ulong ClockDriftMaxPpm { get; init; }

    /// <summary>Milliseconds between jumps of some clock, about; 0 for none.</summary>
    public ulong ClockJumpEveryMs { get; init; }

    /// <summary>How far the clocks of two healthy nodes are apart, at most: what proposer-based timestamps ask for.</summary>
    public ulong HealthyClockSkewMaxMs { get; init; } = 500;

    /// <summary>Transfers offered per second.</summary>
    public ulong TransfersPerSecond { get; init; } = 2;

    /// <summary>Whether the validators vote on who they are and by which parameters, while the run goes on.</summary>
    public bool Governs { get; init; }

    /// <summary>Nodes that are no validators at first, and may be voted in.</summary>
    public int Observers { get; init; }

    /// <summary>Whether there is a task to train, trainers who bring candidates, and validators who evaluate them.</summary>
    public bool Trains { get; init; }

    /// <summary>
    /// Whether the task has sealed hold-outs besides what a generator gives, and there is a second task, on a public hold-out. Only where something is
    /// trained and losses are drawn.
    /// </summary>
    public bool Seals { get; init; }

    /// <summary>Who says what losses a checkpoint has.</summary>
    public EvaluatorKind Evaluator { get; init; }

    /// <summary>Who has 1000 NTK besides those who make the transfers.</summary>
    public ImmutableArray<Address> Holders { get; init; } = [];

    /// <summary>Validators that break the rules, at most; always less than a third of the power, together with spoilt disks.</summary>
    public int ByzantineMax { get; init; }

    /// <summary>What they do: names of <see cref="Behaviour"/>; one or two of them each.</summary>
    public ImmutableArray<string> Behaviours { get; init; } = [];

    /// <summary>
    /// Whether those that break the rules have more than a third of the power, and less than two thirds: then the chain may fork, and what is
    /// promised is that evidence names who did it.
    /// </summary>
    public bool ManyByzantine { get; init; }

    /// <summary>Whether those that break the rules are twins: the same key on two machines that both believe to be honest.</summary>
    public bool Twins { get; init; }

    /// <summary>Virtual milliseconds with faults, unless so many heights are decided before.</summary>
    public ulong FaultyForMs { get; init; } = 20_000;

    public ulong FaultyHeightsMax { get; init; } = 1_000;

    /// <summary>Heights that the healthy core must decide.</summary>
    public ulong HealthyHeights { get; init; } = 4;

    /// <summary>Virtual milliseconds that the core has for that.</summary>
    public ulong HealthyForMs { get; init; } = 300_000;

    /// <summary>Whether the healthy core is more than two thirds drawn from the sound nodes while all others go on failing; else it is all of them.</summary>
    public bool HealsCoreOnly { get; init; }
}
