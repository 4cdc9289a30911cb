using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A candidate with what was measured about it.</summary>
internal sealed record JudgedCandidate(RoundCandidate Candidate, CandidateManifest Manifest, CheckpointReport Report);

/// <summary>
/// Turns what was measured into outcomes: whose function a candidate has, and whether it forgot a class or answers to a trigger. A pure function of
/// its arguments, so that everybody comes to the same.
/// </summary>
/// <param name="state">Says who descends from whom.</param>
/// <param name="round">The rules.</param>
/// <param name="incumbent">Whose losses candidates are compared with.</param>
/// <param name="kinLogits">Of the models that candidates are compared with; null for one that gave none.</param>
internal sealed class CandidateJudgement(
    IStateReader state, RoundMaterial round, CheckpointReport incumbent, IReadOnlyDictionary<BlobHash, float[]?> kinLogits)
{
    /// <summary>Triggers are told from classes by it in <see cref="CandidateResult.Detail"/>.</summary>
    public const uint FirstTrigger = 1 << 16;

    private CheckRules Rules => round.Record.Rules;

    /// <param name="candidates">In the order of commitment.</param>
    public CandidateOutcome[] Judge(IReadOnlyList<JudgedCandidate> candidates) => [.. candidates.Select((candidate, i) => Judge(candidate, [.. candidates.Take(i)]))];

    private CandidateOutcome Judge(JudgedCandidate candidate, IReadOnlyList<JudgedCandidate> earlier)
    {
        var report = candidate.Report;
        if (report.Verdict != CandidateVerdict.Evaluated) return new CandidateOutcome.Refused(report.Verdict, report.Detail);
        // The incumbent gives finite losses under a trigger and this one none: it could not be compared.
        if (incumbent.TriggerLosses.Zip(report.TriggerLosses).Any(pair => pair.First.Length > pair.Second.Length))
            return new CandidateOutcome.Refused(CandidateVerdict.NotFinite);
        var outcome = Similar(candidate, earlier);
        return outcome.Verdict == CandidateVerdict.Evaluated ? Regressed(outcome, report) : outcome;
    }

    private CandidateOutcome.Evaluated Similar(JudgedCandidate candidate, IReadOnlyList<JudgedCandidate> earlier)
    {
        var outcome = new CandidateOutcome.Evaluated(candidate.Report.Losses[0]);
        if (Rules.SimilaritySamples == 0) return outcome;
        var others = new List<(Kin Kin, Hash256 Name)>();
        foreach (var (model, isAncestor) in Kinship.Of(state, round.Record, candidate.Manifest))
            if (kinLogits[model] is { } logits)
                others.Add((new Kin(isAncestor ? KinKind.Ancestor : KinKind.Certified, logits), model.Value));
        // Who offers two of its own takes nothing from anybody.
        foreach (var other in earlier)
            if (other.Report.Verdict == CandidateVerdict.Evaluated && other.Candidate.Trainer != candidate.Candidate.Trainer)
                others.Add((new Kin(KinKind.EarlierCandidate, other.Report.Logits), other.Candidate.ManifestRoot));

        var bounds = SimilarityBounds.OfThousandths(Rules.CopyThousandths, Rules.RelativeThousandths);
        var (fault, closest, distance) = SimilarityCheck.Check(candidate.Report.Logits, [.. others.Select(other => other.Kin)], round.Plan.Classes, bounds);
        if (closest is not { } index) return outcome;
        var verdict = fault switch
        {
            SimilarityFault.Copy => CandidateVerdict.Copy,
            SimilarityFault.UndeclaredParent => CandidateVerdict.UndeclaredParent,
            _ => CandidateVerdict.Evaluated,
        };
        return outcome with { Verdict = verdict, Relative = others[index].Name, Distance = distance };
    }

    // Only the samples that judge: those that pay judge nobody.
    private CandidateOutcome.Evaluated Regressed(CandidateOutcome.Evaluated outcome, CheckpointReport report)
    {
        if (Rules.RegressionMillionths == 0) return outcome;
        var judged = (int)(round.Record.Samples - round.Record.PaidSamples);
        var triggers = incumbent.TriggerLosses.Zip(report.TriggerLosses, (one, two) => new TriggerLosses(one, one.Length == 0 ? [] : two)).ToList();
        var found = RegressionCheck.Check(
            incumbent.Labels.AsSpan(0, judged),
            incumbent.Losses[0].AsSpan(0, judged),
            report.Losses[0].AsSpan(0, judged),
            round.Plan.Classes,
            triggers,
            round.Record.ZThousandths,
            Rules.RegressionMillionths);
        return found.Group is not { } group ? outcome
            : outcome with { Verdict = CandidateVerdict.Regressed, Detail = (uint)group + (found.IsTrigger ? FirstTrigger : 0) };
    }
}
