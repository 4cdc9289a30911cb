using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>How daring a trainer is.</summary>
internal sealed record TrainerCaution
{
    /// <summary>To open a round: times z standard errors. The own measurement is as noisy as the chain's.</summary>
    public double OpenFactor { get; init; } = 1.5;

    /// <summary>To join a round that somebody opened: losing costs a small fee, and only the best wins.</summary>
    public double JoinFactor { get; init; } = 1.15;

    /// <summary>Times the gain that the task requires.</summary>
    public double RequiredFactor { get; init; } = 1.3;

    /// <summary>Added to both factors for each candidate on the same incumbent that was judged and found wanting.</summary>
    public double FactorPerFailure { get; init; } = 0.25;

    /// <summary>
    /// Blocks that a trainer leaves to the others after it won, so that leadership goes round. Where nobody opens a round in them, it does.
    /// </summary>
    public ulong BlocksLeftToOthers { get; init; } = 8;

    /// <summary>Steps before a round is opened.</summary>
    public int StepsMin { get; init; } = 50;

    /// <summary>Times that learning is taken up again at once. Where that gave nothing either, learning is at a plateau.</summary>
    public int AttemptsMax { get; init; } = 5;

    /// <summary>Blocks between later attempts: a plateau costs little, and is left when it can be.</summary>
    public ulong BlocksPerLateAttempt { get; init; } = 100;

    /// <summary>Commits of one round that may fail one after the other; from then on there are as many blocks between them as between late attempts.</summary>
    public int CommitsMax { get; init; } = 2;
}

/// <summary>
/// What a trainer does, as a pure object: told what a block left and how far learning is, it says what is next. What became of its
/// transactions it is told by name.
/// <code>
/// stage       sees                                            does                          then
/// any         another incumbent                               Begin                         Learning
/// any         the same incumbent, another round               GoOn where it rested          Learning
/// Learning    idle or commit window, a good enough candidate  Commit                        Committing
/// Learning    steps spent                                     GoOn; seldom after a while    Learning
/// Learning    diverged                                        Begin with smaller steps      Learning
/// Committing  commit in a block / failed                      -                             Committed / Learning
/// Committed   reveal window                                   Reveal                        Revealing
/// Committed   a later window                                  Missed                        Waiting
/// Revealing   reveal in a block or failed / vanished          -                             Waiting / Committed
/// </code>
/// </summary>
internal sealed class TrainerPlan(TrainerCaution caution)
{
    private enum Stage
    {
        Learning,
        Committing,
        Committed,
        Revealing,
        Waiting,
    }

    private TrainerView? _last;
    private Stage _stage = Stage.Learning;
    private bool _hasBegun;
    private bool _isResting;
    private int _attempt;
    private int _divergences;
    private Height _attempted;
    private int _failures;
    private int _failedCommits;
    private Height _commitFailed;
    private Height _entered;

    /// <summary>Whether a commit of this round is on its way or on the chain: until the round is over there is something to lose.</summary>
    public bool IsBound => _stage != Stage.Learning;

    /// <summary>Takes up a commit of this round that was sent before the process was restarted. Whether a block has it is told next.</summary>
    public void Resume(TrainerView view)
    {
        Invariant.Check(_last is null, "a commit is taken up again before the first step");
        _last = view;
        _stage = Stage.Committing;
        _isResting = true;
    }

    public IReadOnlyList<TrainerAction> Step(TrainerView view, TrainerProgress progress)
    {
        var actions = new List<TrainerAction>();
        var last = _last;
        _last = view;
        if (last is null || view.Round != last.Round || view.Incumbent != last.Incumbent) EnterRound(last, view, actions);
        else StepInRound(view, progress, actions);
        return actions;
    }

    public void CommitTaken() => Move(Stage.Committing, Stage.Committed);

    public void CommitFailed()
    {
        if (_stage == Stage.Committing && _last is { } last) (_failedCommits, _commitFailed) = (_failedCommits + 1, last.Height);
        Move(Stage.Committing, Stage.Learning);
    }

    public void RevealTaken() => Move(Stage.Revealing, Stage.Waiting);

    /// <param name="isFinal">It is in a block and did nothing; else it was lost on the way and is sent again.</param>
    public void RevealFailed(bool isFinal) => Move(Stage.Revealing, isFinal ? Stage.Waiting : Stage.Committed);

    private void EnterRound(TrainerView? last, TrainerView view, List<TrainerAction> actions)
    {
        var tookPart = _stage is Stage.Committed or Stage.Revealing or Stage.Waiting;
        _stage = Stage.Learning;
        _failedCommits = 0;
        _entered = view.Height;
        if (last is not null && tookPart)
        {
            var wasJudged = view.Incumbent != last.Incumbent || view.IncumbentLossSum != last.IncumbentLossSum;
            actions.Add(new TrainerAction.Ended(last.Round, view.Incumbent, wasJudged));
            if (wasJudged) _failures++;
        }

        if (last is null || view.Incumbent != last.Incumbent)
        {
            (_failures, _attempt, _divergences) = (0, 0, 0);
            Begin(view, actions);
        }
        else if (_isResting)
        {
            GoOn(view, actions);
        }
    }

    private void StepInRound(TrainerView view, TrainerProgress progress, List<TrainerAction> actions)
    {
        switch (_stage)
        {
            case Stage.Learning when IsOffered(view, progress):
                _stage = Stage.Committing;
                _isResting = true;
                actions.Add(new TrainerAction.Commit(view.Round, view.Incumbent));
                break;
            case Stage.Learning when _isResting && MayCommit(view):
                GoOn(view, actions); // a commit failed
                break;
            case Stage.Learning when progress.Status == LearnerStatus.Diverged && MayTryAgain(view):
                _attempt++;
                _divergences++;
                Begin(view, actions);
                break;
            case Stage.Learning when progress.Status == LearnerStatus.Spent && MayTryAgain(view):
                _attempt++;
                GoOn(view, actions);
                break;
            case Stage.Committed when view.Phase == TrainingPhase.Reveal:
                _stage = Stage.Revealing;
                actions.Add(new TrainerAction.Reveal(view.Round));
                break;
            case Stage.Committed when view.Phase > TrainingPhase.Reveal:
                _stage = Stage.Waiting;
                actions.Add(new TrainerAction.Missed(view.Round));
                break;
        }
    }

    private bool IsOffered(TrainerView view, TrainerProgress progress)
    {
        if (view.IsClosed || progress.Best is not { } best || !MayCommit(view)) return false;
        if (view.IsOurs && view.Height < _entered.Plus(caution.BlocksLeftToOthers)) return false;
        return view.Phase switch
        {
            null => IsWorthIt(view, best, progress.Steps),
            TrainingPhase.Commit => view.Candidates < Limits.CandidatesMax && IsWorthIt(view, best, progress.Steps),
            _ => false,
        };
    }

    /// <summary>Whether a gain is enough for the round as it stands: to open one takes more than to join.</summary>
    public bool IsWorthIt(TrainerView view, TrainerGain gain, int steps) =>
        Goal(view, view.Phase is null ? caution.OpenFactor : caution.JoinFactor).IsReached(gain, steps);

    private bool MayTryAgain(TrainerView view) => _attempt < caution.AttemptsMax || view.Height >= _attempted.Plus(caution.BlocksPerLateAttempt);

    // An idle round has no end but by a commit: who gave up for good might wait for ever.
    private bool MayCommit(TrainerView view) => _failedCommits < caution.CommitsMax || view.Height >= _commitFailed.Plus(caution.BlocksPerLateAttempt);

    private TrainerGoal Goal(TrainerView view, double factor)
    {
        var extra = _failures * caution.FactorPerFailure;
        return new TrainerGoal(view.Bar, factor + extra, caution.RequiredFactor + extra, caution.StepsMin);
    }

    private void Begin(TrainerView view, List<TrainerAction> actions)
    {
        (_hasBegun, _isResting, _attempted) = (true, false, view.Height);
        actions.Add(new TrainerAction.Begin(view.Incumbent, view.Round, _attempt, _divergences, Goal(view, caution.OpenFactor)));
    }

    private void GoOn(TrainerView view, List<TrainerAction> actions)
    {
        if (!_hasBegun)
        {
            Begin(view, actions); // after a restart there is nothing to go on from
            return;
        }

        (_isResting, _attempted) = (false, view.Height);
        actions.Add(new TrainerAction.GoOn(view.Round, _attempt, _divergences, Goal(view, caution.OpenFactor)));
    }

    private void Move(Stage from, Stage to)
    {
        if (_stage == from) _stage = to; // news of a round that is over changes nothing
    }
}
