using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Holds what validators found in re-checks of private losses against what evaluation gives. Each re-check is computed once.</summary>
/// <param name="genesis">The chain.</param>
/// <param name="evaluator">Where losses come from.</param>
/// <param name="from">Re-checks of rounds that were certified below this height are not computed again.</param>
/// <param name="to">Nor those above this one.</param>
internal sealed class RecheckVerifier(GenesisDocument genesis, StatementEvaluator evaluator, Height from, Height to)
{
    private readonly Dictionary<Hash256, (ulong Round, uint? Wrong)> _derived = []; // the last one of each task

    /// <param name="before">The state below the block.</param>
    /// <param name="transactions">Of the block, which the replay has taken.</param>
    /// <param name="height">Of the block.</param>
    /// <param name="findings">Where what is false goes.</param>
    public void Check(IStateReader before, IEnumerable<Transaction> transactions, Height height, List<VerificationFinding> findings)
    {
        foreach (var transaction in transactions)
        {
            if (transaction.Kind != TransactionBody.MessageOneofCase.PrivateRecheck) continue;
            var said = transaction.Body.PrivateRecheck;
            var recheck = TrainingQueries.Recheck(before, Hash256.FromBytes(said.Task.Span));
            Invariant.Check(recheck is not null && recheck.Number == said.TrainingRound, "the replay takes no finding without its re-check");
            if (recheck.Opened < from || recheck.Opened > to) continue;
            var task = TaskDefinitions.Get(before, genesis, recheck.Task);
            if (Derive(before, task, recheck, height, findings) is not { } wrong || wrong == said.Wrong) continue;
            findings.Add(new VerificationFinding(
                FindingKind.FalseRecheck, height, $"training round {recheck.Number} of {task.Name}: {transaction.Sender} finds {Names(recheck, said.Wrong)}, evaluation gives {Names(recheck, wrong)}"));
        }
    }

    private uint? Derive(IStateReader before, GenesisTask task, RecheckRecord recheck, Height height, List<VerificationFinding> findings)
    {
        if (_derived.TryGetValue(recheck.Task, out var known) && known.Round == recheck.Number) return known.Wrong;
        var gaps = evaluator.Gaps(task, recheck.Models);
        foreach (var (kind, model) in gaps) findings.Add(new VerificationFinding(kind, height, $"re-check of training round {recheck.Number} of {task.Name}: checkpoint {model}"));
        var wrong = gaps.Count > 0 ? null : evaluator.Recheck(before, task, recheck);
        if (gaps.Count == 0 && wrong is null)
            findings.Add(new VerificationFinding(FindingKind.EvaluationFailed, height, $"re-check of training round {recheck.Number} of {task.Name}: its private losses could not be computed"));
        _derived[recheck.Task] = (recheck.Number, wrong);
        return wrong;
    }

    private static string Names(RecheckRecord recheck, uint wrong) => wrong == 0
        ? "no losses wrong"
        : $"those of {string.Join(", ", recheck.Targets.Where((_, i) => (wrong >> i & 1) != 0).Select(target => recheck.AttesterOf(target).Key))} wrong";
}
