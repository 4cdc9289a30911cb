using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Derives one ended training round again: the losses, who attested what is not so, the winner, the proof and the reward.</summary>
internal sealed class RoundCheck(RoundEnding ending, StatementEvaluator evaluator)
{
    private readonly List<VerificationFinding> _findings = [];

    public IReadOnlyList<VerificationFinding> Findings => _findings;

    public RoundReport Run(bool evaluate)
    {
        CheckCertificate();
        CheckReward();
        if (evaluate) CheckAttestations();
        var verdict = _findings.Any(finding => !finding.IsGap) ? RoundVerdict.Refuted
            : _findings.Count > 0 ? RoundVerdict.NotVerified
            : evaluate ? RoundVerdict.Derived : RoundVerdict.NotAsked;
        var certificate = ending.Certificate;
        return new RoundReport(ending.Height, ending.Task.Name, ending.Outcome, certificate, certificate?.Signatures.Length ?? 0, verdict);
    }

    private void CheckCertificate()
    {
        if (ending.Certificate is not { } certificate) return;
        var fault = certificate.Check(ending.Validators);
        if (fault != CertificateFault.None) Find(FindingKind.CertificateInvalid, fault.ToString());
        if (ending.Evidence.Seed is { } seed && certificate.Statement.Seed != seed)
            Find(FindingKind.SeedDiffers, $"{certificate.Statement.Seed} is attested, the shares give {seed}");

        var (statement, outcome) = (certificate.Statement, ending.Outcome);
        var (model, after) = statement.Winner is { } winner ? (statement.Candidates[winner].Model, statement.Candidates[winner].LossSum) : (default, 0UL);
        if (outcome.Model != model || outcome.LossBefore != statement.IncumbentLossSum || outcome.LossAfter != after)
            Find(FindingKind.OutcomeDiffers, $"model {outcome.Model} is on record, {model} wins by the certificate");
        if (ending.Proof() is not { } proof) return;
        if (proof.Root != outcome.ProofRoot) Find(FindingKind.OutcomeDiffers, $"proof {outcome.ProofRoot} is on record, the certificate gives {proof.Root}");
        var proofFault = proof.Check(ending.Before.GenesisHash, ending.Validators);
        if (proofFault != TrainingProofFault.None) Find(FindingKind.ProofInvalid, proofFault.ToString());
    }

    private void CheckReward()
    {
        var (outcome, paid) = (ending.Outcome, Amount.Zero);
        var roles = new HashSet<string>(StringComparer.Ordinal);
        var number = ending.Round.Number.ToString(CultureInfo.InvariantCulture);
        foreach (var happened in ending.Result.Events.Where(e => e.Kind == "rewards.paid"))
        {
            var attributes = happened.Attributes.ToDictionary(a => a.Key, a => a.Value);
            if (attributes["task"] != ending.Round.Task.ToString() || attributes["training_round"] != number) continue;
            roles.Add(attributes["role"]);
            if (Amount.TryParseNtk(attributes["amount"], out var share)) paid += share;
        }

        if (paid != outcome.Reward) Find(FindingKind.RewardDiffers, $"{outcome.Reward} NTK on record, the shares sum up to {paid}");
        if (ending.Proof() is not { } proof) return;
        var supplier = DatasetsModule.Get(ending.After, Hash256.FromBytes(proof.Manifest.TrainingSet.Span))?.Supplier;
        var parameters = ending.Before.Parameters.Training;
        var shares = parameters.TrainerPercent;
        var producer = KeyRotations.Present(ending.After, proof.Producer);
        var wasJailed = ValidatorRecord.IsJailedAt(ending.Before, producer);
        var isJailed = JailInBlock.AtCertificate(ending.Result.Events, producer, wasJailed, ending.Round.Task, ending.Round.Number);
        if (!isJailed) shares += parameters.ProducerPercent;
        if (roles.Contains("attester")) shares += parameters.AttesterPercent;
        if (supplier is { IsZero: false }) shares += parameters.SupplierPercent;
        if (TrainingSets.OfLine(ending.After, ending.Round.Task)!.Winners.Any(winner => winner.Adds > 0)) shares += parameters.ProposerPercent;
        var task = TrainingQueries.Task(ending.After, ending.Round.Task)!;
        var figure = RewardFigure.Of(
            proof.Certificate.Statement,
            proof.Candidate,
            task.RewardBase,
            SupplyRecord.Get(ending.Before),
            SupplyRecord.Get(ending.After),
            outcome.Reward,
            shares,
            HalvingEpoch.Get(ending.Before).Number,
            task.Origin?.BarOn(proof.Certificate.Statement.PaidSamples) ?? ulong.MaxValue);
        if (!figure.Covers(outcome.Reward))
            Find(FindingKind.RewardDiffers, $"{outcome.Reward} NTK were paid, the formula gives {figure.Least / 1e18:F9} to {figure.Most / 1e18:F9}");
    }

    // Evaluates what was judged, and holds every attestation of the round against it: those of the certificate and those that lost.
    private void CheckAttestations()
    {
        if (evaluator.Gaps(ending.Task, RoundEvaluation.Blobs(ending.Before, ending.Round.Task)) is { Count: > 0 } gaps)
        {
            foreach (var (kind, model) in gaps) Find(kind, $"checkpoint {model}");
            return;
        }

        var attestations = ending.Evidence.Attestations;
        var result = evaluator.Evaluate(ending, ending.Evidence.Seed ?? ending.Round.Seed, [.. attestations.Select(shown => shown.Validator)]);
        if (result is RoundResult.Abstained { Reason: "dataset_missing" })
        {
            Find(FindingKind.DatasetMissing, $"{Sets()}: add their folders to datasets in config.json");
            return;
        }

        // Whether a candidate stalls this evaluator, or it failed, says nothing of those who attested.
        if (result is RoundResult.Abstained { Reason: not RoundEvaluation.IncumbentRefused } abstained)
        {
            Find(FindingKind.EvaluationFailed, $"{abstained.Reason}, checkpoint {abstained.Model}");
            return;
        }

        var found = result as RoundResult.Found;
        if (ending.Certificate is { } certificate && Difference(certificate.Statement, found?.Statement) is { } certified) Find(FindingKind.StatementDiffers, certified);
        for (var i = 0; i < attestations.Count; i++)
        {
            var isStatement = TrainingStatement.TryDecode(attestations[i].Statement, out var attested);
            Invariant.Check(isStatement, "the replay takes no reveal without a statement");
            if (Difference(attested!, found?.Statement) is { } falsehood) Find(FindingKind.FalseAttestation, $"{attestations[i].Validator}: {falsehood}");
            if (found is not null) CheckPrivateLosses(attestations[i], found.PrivateLosses[i]);
        }
    }

    private string Sets() => string.Join(
        ", ",
        new[] { ending.Task.EvaluationSet, ending.Task.TrainingSet }.Distinct()
            .Select(root => $"data set {ending.Before.Genesis.Datasets.First(dataset => dataset.Root == root).Name} {root}"));

    private static string? Difference(TrainingStatement attested, TrainingStatement? derived) =>
        derived is null ? "an incumbent that cannot be evaluated was attested" : StatementDifference.Between(attested, derived);

    private void CheckPrivateLosses(ShownAttestation shown, IReadOnlyList<uint> derived)
    {
        var each = (int)ending.Round.PrivateSamples;
        if (each == 0) return;
        for (var model = 0; model * each < derived.Count; model++)
        {
            if (shown.PrivateLosses.Skip(model * each).Take(each).SequenceEqual(derived.Skip(model * each).Take(each))) continue;
            var name = model == 0 ? "the incumbent" : $"candidate {model - 1}";
            Find(FindingKind.PrivateLossesDiffer, $"{shown.Validator}: the losses of its private samples for {name} are others");
            return;
        }
    }

    private void Find(FindingKind kind, string detail) =>
        _findings.Add(new VerificationFinding(kind, ending.Height, $"training round {ending.Round.Number} of {ending.Task.Name}: {detail}"));
}
