namespace NeuroChain.Simulation;

/// <summary>The rules that every run is held to.</summary>
public static class StandardCheckers
{
    public static IEnumerable<IChecker> Of(Cluster cluster)
    {
        var genesis = cluster.Genesis;
        var validators = genesis.ValidatorSet();
        var failing = cluster.Cast.Byzantine.Concat(cluster.Cast.Spoilt).Select(i => cluster.Keys[i].Address).ToHashSet();
        var power = validators.Validators.ToDictionary(v => v.Address, v => v.Power);
        return
        [
            new AgreementChecker(),
            new StateEqualityChecker(),
            new ValidityChecker(validators, cluster.Offered),
            new CertificateChecker(genesis.Hash, [.. validators.Validators.Select(v => v.Address)], power),
            new SignerChecker(),
            new SaidOnceChecker(failing),
            new HonestEvidenceChecker(failing),
            new RefusalChecker(cluster),
            new BeliefChecker(cluster.Hosts),
            new DurabilityChecker(),
            new SupplyChecker(),
            new ConvergenceChecker(cluster.Options),
            new LogChecker(),
        ];
    }
}
