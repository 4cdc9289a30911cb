using System.Collections.Immutable;
using System.Text;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What an evaluation of a round came to.</summary>
internal abstract record RoundResult
{
    private RoundResult() { }

    /// <param name="Statement">What every honest validator attests.</param>
    /// <param name="PrivateLosses">
    /// Of each validator that was asked for: the incumbent's on its samples, then each judged candidate's; zeros for a model that has none, and the greatest loss
    /// on a sample of which a model makes nothing finite.
    /// </param>
    public sealed record Found(TrainingStatement Statement, IReadOnlyList<IReadOnlyList<uint>> PrivateLosses) : RoundResult;

    /// <param name="Reason">A fixed word, as metrics have it.</param>
    /// <param name="Model">The checkpoint that it is about.</param>
    public sealed record Abstained(string Reason, BlobHash Model) : RoundResult;
}

/// <summary>
/// Evaluates a training round by its rules: losses, balance, similarity, regression and, for whoever would win, the probe. One request a checkpoint,
/// so that one that is slow or kills the evaluator is known by name. The same for a validator that attests and for whoever verifies it.
/// </summary>
/// <param name="evaluator">Where numbers come from.</param>
/// <param name="read">The checkpoint of a model; null where it is not here.</param>
internal sealed class RoundEvaluation(ICheckpointEvaluator evaluator, Func<BlobHash, byte[]?> read)
{
    /// <summary>Why a validator abstains from a round one of whose candidates took too long. Time is no verdict: a later round may find otherwise.</summary>
    public const string Stalls = "checkpoint_stalls";

    /// <summary>Why a validator abstains from a round one of whose candidates ended the evaluator twice, by itself and in time.</summary>
    public const string Crashes = "checkpoint_crashes";

    /// <summary>Why everybody abstains: the checkpoint to beat has no losses, so nobody who found any attests what is so.</summary>
    public const string IncumbentRefused = "incumbent_refused";

    public static readonly TimeSpan IncumbentLimit = TimeSpan.FromMinutes(2);

    /// <summary>Why a validator abstains whose evaluator did not start, was killed or had too little memory: no checkpoint's fault, and tried again.</summary>
    public const string EvaluatorFailed = "evaluator_failed";

    private static readonly TimeSpan CandidateLimitMin = TimeSpan.FromSeconds(20);

    /// <summary>A candidate has the incumbent's shapes: what takes it so many times as long for the same work is no honest work.</summary>
    private const int CandidateLimitFactor = 10;

    private const int Tries = 2;

    private readonly ICheckpointEvaluator _evaluator = evaluator;
    private readonly Func<BlobHash, byte[]?> _read = read;

    /// <summary>Every blob that an evaluation of the round in progress reads: checkpoints, and sealed sets.</summary>
    public static ImmutableArray<BlobHash> Blobs(IStateReader state, Hash256 task)
    {
        var round = TrainingRoundRecord.Get(state, task)!;
        var kin = round.Judged.SelectMany(judged => Kinship.Of(state, round, RevealRecord.Get(state, task, judged.Index)!.Manifest));
        return [.. round.Judged.Select(judged => judged.Candidate.Model).Prepend(round.Incumbent).Concat(kin.Select(model => model.Model)).Concat(SealedSamples.Blobs(state, task)).Distinct()];
    }

    /// <param name="state">One in which the round has its seed and is not over.</param>
    /// <param name="genesis">The chain's document.</param>
    /// <param name="task">Whose round.</param>
    /// <param name="validators">Whose private samples are evaluated too.</param>
    /// <param name="seed">Null for the seed on record.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RoundResult> RunAsync(
        IStateReader state, GenesisDocument genesis, Hash256 task, IReadOnlyList<Address> validators, Hash256? seed, CancellationToken cancellationToken)
    {
        foreach (var set in SealedSamples.Blobs(state, task))
            if (_read(set) is null)
                return new RoundResult.Abstained("sealed_set_missing", set);
        var round = RoundMaterial.Of(state, genesis, task, seed, _read);
        var run = new Run(this, round, [.. validators.Select(validator => KeyRotations.Identity(state, validator))], cancellationToken);
        try
        {
            return await run.EvaluateAsync(state).ConfigureAwait(false);
        }
        catch (NoAnswerException missing)
        {
            return new RoundResult.Abstained(missing.Message, missing.Model);
        }
    }

    private sealed class NoAnswerException(string reason, BlobHash model) : Exception(reason)
    {
        public BlobHash Model { get; } = model;
    }

    /// <summary>One evaluation, from the incumbent to the statement.</summary>
    private sealed class Run(RoundEvaluation owner, RoundMaterial round, IReadOnlyList<Address> validators, CancellationToken cancellationToken)
    {
        private readonly Dictionary<BlobHash, float[]?> _kinLogits = [];
        private readonly IReadOnlyList<DrawnSamples> _draws = [round.Common, .. round.PrivateOf(validators)];
        private (TimeSpan Time, long Work)? _incumbent;

        public async Task<RoundResult> EvaluateAsync(IStateReader state)
        {
            var asked = Full(round.Record.Incumbent);
            var (incumbent, took) = await AskAsync(asked, round.Record.Incumbent, isCandidate: false).ConfigureAwait(false);
            if (incumbent.Verdict != CandidateVerdict.Evaluated) return new RoundResult.Abstained(IncumbentRefused, round.Record.Incumbent);
            _incumbent = (took, Math.Max(asked.Work, 1));
            _kinLogits[round.Record.Incumbent] = incumbent.Logits;

            var candidates = new List<JudgedCandidate>();
            foreach (var (place, candidate, manifest) in round.Candidates)
            {
                var report = HasItsTensors(manifest)
                    ? (await AskAsync(Full(candidate.Model) with { IsBalanceDemanded = round.Record.Rules.IsBalanceDemanded }, candidate.Model, isCandidate: true).ConfigureAwait(false)).Report
                    : new CheckpointReport(CandidateVerdict.Malformed);
                if (report.Verdict == CandidateVerdict.Evaluated)
                    foreach (var kin in Kinship.Of(state, round.Record, manifest))
                        await MeasureKinAsync(kin.Model).ConfigureAwait(false);
                candidates.Add(new JudgedCandidate(candidate, manifest, report));
            }

            var judgement = new CandidateJudgement(state, round, incumbent, _kinLogits);
            var outcomes = judgement.Judge(candidates);
            var statement = await ProbeAsync(state, incumbent, outcomes).ConfigureAwait(false);
            return new RoundResult.Found(statement, [.. Enumerable.Range(0, validators.Count).Select(i => PrivateLosses(i, incumbent, candidates))]);
        }

        // The best candidate is tried before it wins; where it fails, the next one would win.
        private async Task<TrainingStatement> ProbeAsync(IStateReader state, CheckpointReport incumbent, CandidateOutcome[] outcomes)
        {
            var tried = new HashSet<int>();
            while (true)
            {
                var statement = StatementBuilder.Build(state, round.Genesis, round.Task.Id, round.Common.Numbers, incumbent.Losses[0], outcomes, round.Sealed.Names) with { Seed = round.Seed };
                if (round.Record.Rules.ProbeSteps == 0 || statement.Winner is not { } winner || !tried.Add(winner)) return statement;
                var model = statement.Candidates[winner].Model;
                var order = new ProbeOrder(
                    round.Task.TrainingSet, TrainingSeed.ProbeSamples(round.Seed), (int)round.Record.Rules.ProbeSteps, (int)round.Record.Rules.ProbeBatch);
                var (report, _) = await AskAsync(Request(model) with { Probe = order }, model, isCandidate: true).ConfigureAwait(false);
                if (report.Probe == ProbeFault.None) return statement;
                outcomes[winner] = (CandidateOutcome.Evaluated)outcomes[winner] with { Verdict = CandidateVerdict.Untrainable, Detail = (uint)report.Probe };
            }
        }

        private async Task MeasureKinAsync(BlobHash model)
        {
            if (_kinLogits.ContainsKey(model)) return;
            var few = new DrawnSamples(round.Common.Seed, [.. round.Common.Numbers.Take((int)round.Record.Rules.SimilaritySamples)]);
            var (report, _) = await AskAsync(Request(model) with { Draws = [few], LogitSamples = few.Numbers.Count }, model, isCandidate: false).ConfigureAwait(false);
            // One that gives no finite numbers on these samples computes nothing that could be copied.
            _kinLogits[model] = report.Verdict == CandidateVerdict.Evaluated ? report.Logits : null;
        }

        private EvaluationRequest Full(BlobHash model) => Request(model) with
        {
            Draws = _draws,
            LogitSamples = (int)round.Record.Rules.SimilaritySamples,
            Triggers = round.Stamped.Numbers.Count > 0 ? round.Triggers : [],
            TriggerSamples = round.Stamped,
        };

        private EvaluationRequest Request(BlobHash model) => new(
            round.EvaluationSet, round.Spec, owner._read(model) ?? throw new NoAnswerException("checkpoint_missing", model))
        { Sealed = round.Sealed };

        private async Task<(CheckpointReport Report, TimeSpan Took)> AskAsync(EvaluationRequest request, BlobHash model, bool isCandidate)
        {
            var why = isCandidate ? Crashes : EvaluatorFailed;
            for (var i = 0; i < Tries; i++)
            {
                var answer = await owner._evaluator.EvaluateAsync(request, LimitOf(request), cancellationToken).ConfigureAwait(false);
                if (answer.Report is not { } report)
                {
                    if (!answer.IsTheCheckpoints) why = EvaluatorFailed;
                    else if (answer.Fault == EvaluatorFault.TooLong && why == Crashes) why = Stalls;
                    continue;
                }

                if (!report.IsSourceHere) throw new NoAnswerException("dataset_missing", model);
                if (Answers(report, request)) return (report, answer.Took);
            }

            throw new NoAnswerException(why, model);
        }

        // In terms of work: a probe may be many times what the losses are.
        private TimeSpan LimitOf(EvaluationRequest request)
        {
            if (_incumbent is not (var time, var work)) return IncumbentLimit;
            var limit = time * ((double)CandidateLimitFactor * request.Work / work);
            return limit > CandidateLimitMin ? limit : CandidateLimitMin;
        }

        // What crashes may also write nonsense: a report must have all that it was asked for.
        private bool Answers(CheckpointReport report, EvaluationRequest request)
        {
            if (report.Verdict != CandidateVerdict.Evaluated) return true;
            if (report.Losses.Count != request.Draws.Count || report.TriggerLosses.Count != request.Triggers.Count) return false;
            if (request.Draws.Count == 0) return true;
            var samples = request.Draws[0].Numbers.Count;
            return report.Losses[0].Length == samples && report.Labels.Length == samples && report.Labels.All(label => label < round.Plan.Classes)
                && report.Logits.Length == Math.Min(request.LogitSamples, samples) * round.Plan.Classes
                && report.Losses.Zip(request.Draws).All(pair => pair.First.Length == pair.Second.Numbers.Count)
                && report.TriggerLosses.All(losses => losses.Length == 0 || losses.Length == request.TriggerSamples.Numbers.Count);
        }

        private bool HasItsTensors(Types.V1.CandidateManifest manifest) =>
            manifest.Tensors.Count == round.Plan.Tensors.Count
            && manifest.Tensors.Zip(round.Plan.Tensors).All(
                pair => pair.First.Name == pair.Second.Name && pair.First.Shape.SequenceEqual(pair.Second.Shape.Select(extent => (uint)extent)));

        private List<uint> PrivateLosses(int validator, CheckpointReport incumbent, List<JudgedCandidate> candidates)
        {
            var each = (int)round.Record.PrivateSamples;
            if (each == 0) return [];
            var none = new uint[each];
            return
            [
                .. candidates.Select(candidate => candidate.Report).Prepend(incumbent)
                    .SelectMany(report => report.Losses.Count > 0 ? report.Losses[1 + validator] : none),
            ];
        }
    }
}

/// <summary>What a round is judged by, read from the state.</summary>
internal sealed record RoundMaterial
{
    public required GenesisHash Genesis { get; init; }

    public required GenesisTask Task { get; init; }

    public required TrainingRoundRecord Record { get; init; }

    public required Hash256 Seed { get; init; }

    public required ReadOnlyMemory<byte> Spec { get; init; }

    public required ModelPlan Plan { get; init; }

    public required Hash256 EvaluationSet { get; init; }

    public required int Population { get; init; }

    /// <summary>Sealed samples among those.</summary>
    public required SealedSamples Sealed { get; init; }

    /// <summary>The samples that judge and pay.</summary>
    public required DrawnSamples Common { get; init; }

    /// <summary>Those that the triggers are stamped on.</summary>
    public required DrawnSamples Stamped { get; init; }

    public required IReadOnlyList<TriggerPatch> Triggers { get; init; }

    public required IReadOnlyList<(int Place, RoundCandidate Candidate, Types.V1.CandidateManifest Manifest)> Candidates { get; init; }

    public static RoundMaterial Of(IStateReader state, GenesisDocument genesis, Hash256 id, Hash256? other, Func<BlobHash, byte[]?> read)
    {
        var (round, record) = (TrainingRoundRecord.Get(state, id), TaskRecord.Get(state, id));
        Invariant.Check(round is not null && record is not null, "a round in progress is evaluated");
        var task = TaskDefinitions.Get(state, genesis, id);
        var spec = InitialModels.SpecOf(task);
        var (seed, population) = (other ?? round.Seed, (int)DatasetsModule.Get(state, record.EvaluationSet)!.Samples);
        var opened = SealedSamples.Of(state, id, read);
        var drawn = SampleDraw.Draw(TrainingSeed.CommonSamples(seed), (int)round.Samples - opened.Count, population);
        var stamped = task.Triggers.Length == 0 ? 0 : Math.Min((int)round.Rules.TriggerSamples, population);
        return new RoundMaterial
        {
            Genesis = genesis.Hash,
            Task = task,
            Record = round,
            Seed = seed,
            Spec = Encoding.UTF8.GetBytes(task.Model.ToJsonString()),
            Plan = spec.Plan,
            EvaluationSet = record.EvaluationSet,
            Population = population,
            Sealed = opened,
            Common = new DrawnSamples(TrainingSeed.CommonSamples(seed), SealedOrder.Mix(seed, opened.Count, drawn)),
            Stamped = Draw(TrainingSeed.TriggerSamples(seed), stamped, population),
            Triggers = [.. task.Triggers.Select(trigger => new TriggerPatch((ImageCorner)trigger.Corner, (int)trigger.Size, (byte)trigger.Value))],
            Candidates = [.. round.Judged.Select((judged, place) => (place, judged.Candidate, RevealRecord.Get(state, id, judged.Index)!.Manifest))],
        };
    }

    public IEnumerable<DrawnSamples> PrivateOf(IReadOnlyList<Address> validators) => Record.PrivateSamples == 0
        ? []
        : validators.Select(validator => Draw(TrainingSeed.PrivateSamples(Seed, validator), (int)Record.PrivateSamples, Population));

    private static DrawnSamples Draw(Hash256 seed, int count, int population) => new(seed, SampleDraw.Draw(seed, count, population));
}
