using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation;

/// <summary>The rules that every run is held to.</summary>
public static class StandardCheckers
{
    /// <summary>Blocks until evidence must have counted, one more for each validator: some of those who lead are the guilty ones.</summary>
    private const ulong PunishedWithin = 10;

    public static IEnumerable<IChecker> Of(Cluster cluster)
    {
        var genesis = cluster.Genesis;
        var validators = genesis.ValidatorSet();
        var failing = FailingOf(cluster);
        var sets = new HeightSets(validators);
        return
        [
            new AgreementChecker(),
            new StateEqualityChecker(),
            new ValidityChecker(validators, cluster.Offered, genesis.Parameters.Governance),
            new CertificateChecker(genesis.Hash, sets.Of),
            new TimeChecker(() => LatestOf(cluster), genesis.Parameters.Consensus.PrecisionMs),
            new SignerChecker(),
            new SaidOnceChecker(failing),
            .. SilenceOf(cluster, sets),
            new HonestEvidenceChecker(failing),
            new PunishmentChecker(failing, node => cluster.Core is { } core && core.Contains(node.Index), PunishedWithin + (ulong)cluster.Keys.Count),
            new RefusalChecker(cluster),
            new BeliefChecker(cluster.Hosts),
            new DurabilityChecker(),
            new SupplyChecker(),
            new ConvergenceChecker(cluster.Options),
            new LogChecker(),
            .. TrainingOf(cluster, sets),
            new EventTally(IsCounted),
        ];
    }

    /// <summary>What holds even where more than a third of the power breaks the rules.</summary>
    public static IEnumerable<IChecker> OfMany(Cluster cluster)
    {
        var failing = FailingOf(cluster);
        return
        [
            new AgreementChecker(mayFork: true),
            new SignerChecker(),
            new SaidOnceChecker(failing),
            new HonestEvidenceChecker(failing),
            new PunishmentChecker(failing, isHealthy: _ => false, blocks: 0), // nobody is bound to report where liars may keep a report out: only that nobody honest is punished
            new DurabilityChecker(),
            new SupplyChecker(),
            new LogChecker(),
            new ForkChecker(cluster.Genesis, failing, cluster.Hosts),
            new EventTally(IsCounted),
        ];
    }

    // It knows the nodes' keys from genesis: where keys are changed by vote it would ask the wrong ones.
    private static IEnumerable<IChecker> SilenceOf(Cluster cluster, HeightSets sets) => cluster.Options.Governs
        ? []
        : [new SilenceChecker(cluster.Genesis, sets.Of, (ulong)(SigningGate.Patience * cluster.Options.RebroadcastEvery.TotalMilliseconds), () => cluster.Events.Now)];

    private static Timestamp LatestOf(Cluster cluster) =>
        cluster.Hosts.Where(host => !cluster.Cast.Byzantine.Contains(host.Node.Index)).Max(host => host.Node.Clock.HighestUntil(cluster.Events.Now));

    private static HashSet<Address> FailingOf(Cluster cluster) =>
        cluster.Cast.Byzantine.Concat(cluster.Cast.Spoilt).Select(i => cluster.Keys[i].Address).ToHashSet();

    private static IEnumerable<IChecker> TrainingOf(Cluster cluster, HeightSets sets) =>
        cluster.Trainings.Select(training => new TrainingChecker(training, sets.Of, cluster.IsFailing));

    // All but what a load of transfers brings.
    private static bool IsCounted(string kind) => !kind.StartsWith("accounts.", StringComparison.Ordinal);
}
