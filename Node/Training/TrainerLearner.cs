using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>The best weights so far, with the gain that was measured for them.</summary>
internal sealed record MeasuredModel(TrainerGain Gain, ModelParameters Parameters);

/// <summary>
/// Learns in a thread of its own, one mini-batch after the other, and measures itself against the incumbent every so often. The best that it
/// measured is what it offers: the last step of stochastic descent need not be the best one.
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

    public TrainerLearner(ModelPlan plan, TrainerData data, TrainerSettings settings)
    {
        _data = data;
        _settings = settings;
        settings.Options.Demand(data.Learning);
        _measuring = new CanonicalEngine(plan, new EngineOptions(settings.Threads));
        _thread = new Thread(Run) { IsBackground = true, Name = "learner" };
        _thread.Start();
    }

    /// <summary>How far it is.</summary>
    /// <exception cref="InvalidOperationException">Learning failed; the reason is inside.</exception>
    public TrainerProgress Progress
    {
        get
        {
            if (_failure is { } failure) throw new InvalidOperationException("the learner failed", failure);
            var (status, steps, best) = _snapshot;
            return new TrainerProgress(status, steps, best?.Gain);
        }
    }

    /// <summary>The best weights since learning began from the incumbent; null while none are better.</summary>
    public MeasuredModel? Best => _snapshot.Best;

    /// <summary>Learns from an incumbent. What was learned before is forgotten.</summary>
    public void Begin(ModelParameters incumbent, Hash256 batches, Hash256 measuring, float rateFactor) => Hand(new Work(incumbent, batches, measuring, rateFactor));

    /// <summary>Learns on from where it stands, against the same incumbent, with fresh steps and other mini-batches.</summary>
    public void GoOn(Hash256 batches, float rateFactor) => Hand(new Work(null, batches, Hash256.Zero, rateFactor));

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
                }

                if (job is null || _isResting || job.Status != LearnerStatus.Learning) _changed.WaitOne();
                else Publish(job.StepOnce(), job);
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

    private sealed record Work(ModelParameters? Incumbent, Hash256 Batches, Hash256 Measuring, float RateFactor);

    private sealed record Snapshot(LearnerStatus Status, int Steps, MeasuredModel? Best);

    /// <summary>One stretch of learning. For the learner's thread alone.</summary>
    private sealed class Job : IDisposable
    {
        private readonly TrainerLearner _learner;
        private readonly Trainer _trainer;
        private readonly int[] _samples;
        private readonly uint[] _incumbentLosses;
        private readonly int _stepsBefore;
        private MeasuredModel? _best;
        private int _steps;

        public Job(TrainerLearner learner, Work work, Job? before)
        {
            Invariant.Check(work.Incumbent is not null || before is not null, "one learns on only after one began");
            _learner = learner;
            var start = work.Incumbent ?? before!._trainer.Parameters;
            if (work.Incumbent is null)
            {
                (_samples, _incumbentLosses, _best, _stepsBefore) = (before!._samples, before._incumbentLosses, before._best, before._stepsBefore + before._steps);
            }
            else
            {
                var measured = learner._data.Measuring;
                _samples = SampleDraw.Draw(work.Measuring, Math.Min(learner._settings.MeasureSamples, measured.Count), measured.Count);
                _incumbentLosses = Losses(start) ?? [];
            }

            var options = learner._settings.Options;
            _trainer = new Trainer(
                start,
                learner._data.Learning,
                work.Batches,
                options with { LearningRate = options.LearningRate * work.RateFactor },
                new EngineOptions(learner._settings.Threads));
            if (_incumbentLosses.Length == 0) Status = LearnerStatus.Diverged;
        }

        public LearnerStatus Status { get; private set; }

        /// <summary>One step; a snapshot where there is something new to show.</summary>
        public Snapshot? StepOnce()
        {
            var result = _trainer.Step();
            _steps++;
            if (result.Fault != EvaluationFault.None) Status = LearnerStatus.Diverged;
            else if (_steps % _learner._settings.MeasureEvery == 0 || _steps == _learner._settings.StepsMax) Measure();
            else return null;
            if (Status == LearnerStatus.Learning && _steps >= _learner._settings.StepsMax) Status = LearnerStatus.Spent;
            return new Snapshot(Status, _stepsBefore + _steps, _best);
        }

        public void Dispose() => _trainer.Dispose();

        private void Measure()
        {
            var parameters = _trainer.Parameters;
            if (Losses(parameters) is not { } losses)
            {
                Status = LearnerStatus.Diverged;
                return;
            }

            var gain = TrainerGain.Of(_incumbentLosses, losses);
            if (gain.Mean > (_best?.Gain.Mean ?? 0)) _best = new MeasuredModel(gain, parameters);
        }

        private uint[]? Losses(ModelParameters parameters) =>
            _learner._measuring.TryEvaluate(parameters, _learner._data.Measuring, _samples, out var result, out _) ? result.Losses : null;
    }
}
