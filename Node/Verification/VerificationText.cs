using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A verification for people: one line per certificate as it comes, then a summary.</summary>
internal static class VerificationText
{
    private const int FindingsMax = 100;

    public static string Title { get; } = Row("height", "round", "task", "producer", "loss", "samples", "z", "attesters", "reward", "verdict");

    public static string Line(RoundReport report)
    {
        var outcome = report.Outcome;
        var losses = report.Certificate is null ? "-" : LossText.Mean(outcome.LossBefore, outcome.Samples);
        if (report.Winner is not null) losses += $" -> {LossText.Mean(outcome.LossAfter, outcome.Samples)}";
        return Row(
            report.Height.ToString(),
            Number(outcome.Number),
            report.Task,
            report.Winner is { } winner ? winner.Producer.ToString() : "-",
            losses,
            Number(outcome.Samples),
            report.Z is { } z ? z.ToString("F2", CultureInfo.InvariantCulture) : "-",
            Number((ulong)report.Attesters),
            report.Winner is null ? "-" : outcome.Reward.ToString(),
            report.Certificate is null ? $"no certificate, {Name(report.Verdict)}" : Name(report.Verdict));
    }

    public static void Summary(VerificationReport report, TextWriter output)
    {
        output.WriteLine();
        foreach (var finding in report.Findings.Take(FindingsMax)) output.WriteLine(finding);
        if (report.Findings.Count > FindingsMax) output.WriteLine($"and {report.Findings.Count - FindingsMax} more");

        var paid = report.Certificates.Aggregate(Amount.Zero, (sum, round) => sum + round.Outcome.Reward);
        Print(output, "blocks", $"{report.Replayed} of {report.Stored} replayed from genesis: {report.TermLed} led by terms, {report.Replayed.Value - report.TermLed} by caretakers");
        if (report.TermLedByRefuted > 0) Print(output, "", $"{report.TermLedByRefuted} led by the term of a refuted certificate");
        Print(
            output,
            "certificates",
            $"{report.Certificates.Count()}: {report.Count(RoundVerdict.Derived)} derived again, {report.Count(RoundVerdict.Refuted)} refuted, "
            + $"{report.Count(RoundVerdict.NotVerified)} not verified, {report.Count(RoundVerdict.NotAsked)} not asked for");
        Print(output, "void rounds", $"{report.Rounds.Count(round => round.Certificate is null)} without agreement, {report.EarlyVoid} before anybody attested");
        Print(output, "rewards", $"{paid} NTK");
        Print(output, "state root", $"{report.StateRoot} after block {report.Replayed}");
        Print(output, "findings", report.Findings.Count == 0 ? "none" : $"{report.Findings.Count(finding => !finding.IsGap)} wrong, {report.Findings.Count(finding => finding.IsGap)} missing");
        Print(output, "verified", report.IsVerified ? "yes" : "NO");
    }

    public static void Print(TextWriter output, string name, string value) => output.WriteLine($"{name,-13} {value}");

    public static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Name(RoundVerdict verdict) => verdict switch
    {
        RoundVerdict.Derived => "derived again",
        RoundVerdict.Refuted => "REFUTED",
        RoundVerdict.NotVerified => "not verified",
        _ => "not asked for",
    };

    private static string Row(
        string height, string round, string task, string producer, string loss, string samples, string z, string attesters, string reward, string verdict) =>
        $"{height,8} {round,6} {task,-12} {producer,-42} {loss,-18} {samples,7} {z,7} {attesters,9} {reward,26}  {verdict}";
}
