using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Learning.Torch;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>The best weights so far, with the gain that was measured for them.</summary>
/// <param name="Gain">Over the incumbent.</param>
/// <param name="Parameters">The weights.</param>
/// <param name="Incumbent">Where learning began.</param>
/// <param name="Measuring">The data that both were measured on.</param>
/// <param name="Samples">Which of it.</param>
/// <param name="IncumbentLosses">On those samples.</param>
internal sealed record MeasuredModel(TrainerGain Gain, ModelParameters Parameters, ModelParameters Incumbent, Dataset Measuring, int[] Samples, uint[] IncumbentLosses);

/// <summary>
/// Learns in a thread of its own, one mini-batch after the other, and measures itself against the incumbent every so often, until its goal is
/// reached. What it measures and offers is a running average of the weights along the way, which is better than the weights of any one step
/// (Polyak and Juditsky, SIAM J. Control Optim. 30, 1992).
/// </summary>
internal sealed class TrainerLearner : IDisposable
{
    private readonly TrainerData _data;
    private readonly TrainerSettings _settings;
    private readonly CanonicalEngine _measuring;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _changed = new(false);

    // Handed to the thread under the lock.
    private Work? _next;
    private volatile bool _isResting = true;
    private volatile bool _isStopping;

    // Handed back by the thread.
    private volatile Snapshot _snapshot = new(LearnerStatus.Learning, 0, null);
    private volatile Exception? _failure;

    /// <param name="backend">Null for the one that the settings name.</param>
    /// <exception cref="OperatorException">The settings ask for what is not to be had.</exception>
    public TrainerLearner(ModelPlan plan, TrainerData data, TrainerSettings settings, TrainingBackend? backend = null)
    {
        _data = data;
        _settings = settings;
        settings.Options.Demand(data.Learning);
        Backend = backend ?? TrainingBackend.Choose(settings.Backend);
        Device = TrainerDevice.RecordOf(Backend);
        _measuring = new CanonicalEngine(plan, new EngineOptions(settings.Threads));
        _thread = new Thread(Run) { IsBackground = true, Name = "learner" };
        _thread.Start();
    }

    public TrainingBackend Backend { get; }

    /// <summary>What this learner trains on.</summary>
    public DeviceRecord Device { get; }

    /// <summary>How far it is.</summary>
    /// <exception cref="OperatorException">The device has too little memory.</exception>
    /// <exception cref="InvalidOperationException">Learning failed; the reason is inside.</exception>
    public TrainerProgress Progress
    {
        get
        {
            if (_failure is TorchException { Status: TorchStatus.OutOfMemory } full)
                throw new OperatorException($"{full.Message}: set a smaller batch or device \"cpu\" in trainer.json, or free the device", full);
            if (_failure is { } failure) throw new InvalidOperationException("the learner failed", failure);
            var (status, steps, best) = _snapshot;
            return new TrainerProgress(status, steps, best?.Gain);
        }
    }

    /// <summary>The best weights since learning began from the incumbent; null while none are better.</summary>
    public MeasuredModel? Best => _snapshot.Best;

    /// <summary>The gain of other weights on the samples that a model was measured on; null where they compute what is not finite.</summary>
    public TrainerGain? Measure(MeasuredModel beside, ModelParameters other)
    {
        using var engine = new CanonicalEngine(other.Plan, new EngineOptions(_settings.Threads)); // the other one is the thread's
        return engine.TryEvaluate(other, beside.Measuring, beside.Samples, out var result, out _) ? TrainerGain.Of(beside.IncumbentLosses, result.Losses) : null;
    }

    /// <summary>
    /// Learns from an incumbent, or from the best of other models where one measures better than it. What was learned before is forgotten.
    /// </summary>
    public void Begin(ModelParameters incumbent, Hash256 batches, Hash256 measuring, float rateFactor, TrainerGoal goal, IReadOnlyList<ModelParameters>? others = null) =>
        Hand(new Work(incumbent, batches, measuring, rateFactor, goal) { Others = others ?? [] });

    /// <summary>Learns on from where it stands, against the same incumbent, with fresh steps and other mini-batches.</summary>
    public void GoOn(Hash256 batches, float rateFactor, TrainerGoal goal) => Hand(new Work(null, batches, Hash256.Zero, rateFactor, goal));

    /// <summary>Leaves the processor to others.</summary>
    public void Rest() => _isResting = true;

    public void Dispose()
    {
        _isStopping = true;
        _changed.Set();
        _thread.Join();
        _changed.Dispose();
        _measuring.Dispose();
    }

    private void Hand(Work work)
    {
        lock (_gate)
        {
            _next = work;
            _snapshot = work.Incumbent is null ? _snapshot with { Status = LearnerStatus.Learning } : new Snapshot(LearnerStatus.Learning, 0, null);
            _isResting = false;
        }

        _changed.Set();
    }

    private void Run()
    {
        try
        {
            TrainerPriority.LowerThisThread();
            Job? job = null;
            while (!_isStopping)
            {
                if (TakeNext() is { } work)
                {
                    job?.Dispose();
                    job = new Job(this, work, job);
                    if (job.Status != LearnerStatus.Learning) Publish(new Snapshot(job.Status, 0, null), job);
                }

                if (job is null || _isResting || job.Status != LearnerStatus.Learning) _changed.WaitOne();
                else Publish(job.StepOn(), job);
            }

            job?.Dispose();
        }
        catch (Exception failure)
        {
            _failure = failure; // the loop that owns this learner learns of it at its next question
        }
    }

    private Work? TakeNext()
    {
        lock (_gate)
        {
            var work = _next;
            _next = null;
            return work;
        }
    }

    // What was learned for an older task of this thread must not show after a newer one was handed over.
    private void Publish(Snapshot? snapshot, Job job)
    {
        if (snapshot is null) return;
        lock (_gate)
            if (_next is null)
                _snapshot = snapshot with { Status = job.Status };
    }

    private sealed record Work(ModelParameters? Incumbent, Hash256 Batches, Hash256 Measuring, float RateFactor, TrainerGoal Goal)
    {
        /// <summary>To begin from where they are better.</summary>
        public IReadOnlyList<ModelParameters> Others { get; init; } = [];
    }

    private sealed record Snapshot(LearnerStatus Status, int Steps, MeasuredModel? Best);

    /// <summary>One stretch of learning. For the learner's thread alone.</summary>
    private sealed class Job : IDisposable
    {
        private readonly TrainerLearner _learner;
        private readonly TrainerGoal _goal;
        private readonly ITrainingEngine _trainer;
        private readonly WeightAverage _average;
        private readonly ModelParameters _incumbent;
        private readonly Dataset _measuring;
        private readonly int[] _samples;
        private readonly uint[] _incumbentLosses;
        private readonly int _stepsBefore;
        private MeasuredModel? _best;
        private int _steps;

        public Job(TrainerLearner learner, Work work, Job? before)
        {
            Invariant.Check(work.Incumbent is not null || before is not null, "one learns on only after one began");
            (_learner, _goal) = (learner, work.Goal);
            var start = work.Incumbent ?? before!._trainer.Parameters;
            if (work.Incumbent is null)
            {
                (_incumbent, _measuring, _samples, _incumbentLosses, _average) = (before!._incumbent, before._measuring, before._samples, before._incumbentLosses, before._average);
                (_best, _stepsBefore) = (before._best, before.Steps);
            }
            else
            {
                _incumbent = start;
                _measuring = learner._data.MeasuringFor(work.Measuring);
                _samples = SampleDraw.Draw(work.Measuring, Math.Min(learner._settings.MeasureSamples, _measuring.Count), _measuring.Count);
                _incumbentLosses = Losses(start) ?? [];
                if (_incumbentLosses.Length > 0)
                    foreach (var other in work.Others)
                        Consider(other);
                start = _best?.Parameters ?? start;
                _average = new WeightAverage(start);
            }

            var options = learner._settings.Options;
            _trainer = learner.Backend.Start(
                start, learner._data.LearningFor(work.Batches), work.Batches, options with { LearningRate = options.LearningRate * work.RateFactor });
            if (_incumbentLosses.Length == 0) Status = LearnerStatus.Diverged;
        }

        public LearnerStatus Status { get; private set; }

        private int Steps => _stepsBefore + _steps;

        /// <summary>The steps up to the next one after which there is something to do here; a snapshot where there is something new to show.</summary>
        public Snapshot? StepOn()
        {
            var settings = _learner._settings;
            var next = Math.Min(settings.StepsMax, Math.Min(After(WeightAverage.Stride), After(settings.MeasureEvery)));
            var result = _trainer.Run(next - _steps);
            _steps = next;
            if (result.Fault != EvaluationFault.None) Status = LearnerStatus.Diverged;
            else if (!TryMeasure()) return null;
            return new Snapshot(Status, Steps, _best);
        }

        public void Dispose() => _trainer.Dispose();

        /// <summary>The first multiple that is ahead.</summary>
        private int After(int every) => (_steps / every * every) + every;

        private bool TryMeasure()
        {
            var isLast = _steps >= _learner._settings.StepsMax;
            if (_steps % WeightAverage.Stride == 0) _average.Add(_trainer.Parameters);
            if (!isLast && _steps % _learner._settings.MeasureEvery != 0) return false;
            var parameters = _average.Parameters;
            if (Consider(parameters))
            {
                if (_best is not null && _goal.IsReached(_best.Gain, Steps)) Status = LearnerStatus.Ready;
                else if (isLast) Status = LearnerStatus.Spent;
            }
            else
            {
                Status = LearnerStatus.Diverged;
            }

            return true;
        }

        // False where the weights compute what is not finite.
        private bool Consider(ModelParameters parameters)
        {
            if (Losses(parameters) is not { } losses) return false;
            var gain = TrainerGain.Of(_incumbentLosses, losses);
            if (gain.Mean > (_best?.Gain.Mean ?? 0)) _best = new MeasuredModel(gain, parameters, _incumbent, _measuring, _samples, _incumbentLosses);
            return true;
        }

        private uint[]? Losses(ModelParameters parameters) =>
            _learner._measuring.TryEvaluate(parameters, _measuring, _samples, out var result, out _) ? result.Losses : null;
    }

    /// <summary>An average of weights that forgets what is long past, and forgets faster at the beginning.</summary>
    private sealed class WeightAverage(ModelParameters start)
    {
        /// <summary>Steps from one sample of the weights to the next: neighbours are almost equal.</summary>
        public const int Stride = 5;

        private const float OldShareMax = 0.9f; // about the last 50 steps

        private readonly float[] _values = [.. start.Values];
        private int _added;

        public ModelParameters Parameters => new(start.Plan, [.. _values]);

        public void Add(ModelParameters parameters)
        {
            _added++;
            var oldShare = Math.Min(OldShareMax, _added / (_added + 2f));
            for (var i = 0; i < _values.Length; i++) _values[i] = (oldShare * _values[i]) + ((1 - oldShare) * parameters.Values[i]);
        }
    }
}
