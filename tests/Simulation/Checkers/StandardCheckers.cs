using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>The rules that every run is held to.</summary>
public static class StandardCheckers
{
    /// <summary>Heights until evidence must have counted, one more for each validator: some of those who lead are the guilty ones.</summary>
    private const ulong PunishedWithin = 10;

    public static IEnumerable<IChecker> Of(Cluster cluster)
    {
        var genesis = cluster.Genesis;
        var validators = genesis.ValidatorSet();
        var failing = cluster.Cast.Byzantine.Concat(cluster.Cast.Spoilt).Select(i => cluster.Keys[i].Address).ToHashSet();
        var sets = new HeightSets(validators);
        return
        [
            new AgreementChecker(),
            new StateEqualityChecker(),
            new ValidityChecker(validators, cluster.Offered),
            new CertificateChecker(genesis.Hash, sets.Of),
            new SignerChecker(),
            new SaidOnceChecker(failing),
            new SilenceChecker(genesis, sets.Of, (ulong)(SigningGate.Patience * cluster.Options.RebroadcastEvery.TotalMilliseconds), () => cluster.Events.Now),
            new HonestEvidenceChecker(failing),
            new PunishmentChecker(failing, node => cluster.Core is { } core && core.Contains(node.Index), PunishedWithin + (ulong)validators.Count),
            new RefusalChecker(cluster),
            new BeliefChecker(cluster.Hosts),
            new DurabilityChecker(),
            new SupplyChecker(),
            new ConvergenceChecker(cluster.Options),
            new LogChecker(),
        ];
    }
}
