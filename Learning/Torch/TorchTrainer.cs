using NeuroChain.Chain;

namespace NeuroChain.Learning.Torch;

/// <summary>
/// Trains as <see cref="Trainer"/> does, with the same mini-batches and the same update, by libtorch: on a GPU where there is one. Its sums are
/// formed in other orders, so its bits are its own and differ between machines; Learning/README.md says by how much. The data set lies on the
/// device for as long as the trainer lives.
/// </summary>
public sealed class TorchTrainer : ITrainingEngine
{
    private readonly MiniBatches _batches;
    private readonly Tensor _images;
    private readonly Tensor _labels;
    private readonly Sequential _model;
    private readonly SGD _optimizer;
    private readonly int[] _samples;
    private readonly long[] _indices;
    private readonly Device _device;
    private readonly bool _isBfloat16;
    private readonly int _threads;
    private ModelParameters _parameters;
    private EvaluationFault _fault;
    private int _steps;

    /// <param name="threads">For operations on the processor.</param>
    /// <exception cref="OperatorException">As for <see cref="Trainer"/>.</exception>
    /// <exception cref="TorchException">There is no such device, or its memory does not hold data set and model.</exception>
    public TorchTrainer(
        ModelParameters start, Dataset dataset, Hash256 seed, TrainerOptions options, Device device, bool isBfloat16, int threads)
    {
        options.Demand(start.Plan, dataset);
        (_device, _isBfloat16, _threads) = (device, isBfloat16, threads);
        _batches = new MiniBatches(dataset.Count, new SeededStream(seed));
        _parameters = start.Copy();
        _samples = new int[options.Batch];
        _indices = new long[options.Batch];
        _fault = start.IsFinite ? EvaluationFault.None : EvaluationFault.NonFiniteParameter;
        TorchLibrary.SetThreads(threads);
        TorchLibrary.AllowTf32(isBfloat16);
        // They live as long as the trainer, whatever scope it is made in.
        using var outside = DisposeScope.Outside();
        // Whatever of these was made is given back where a later one cannot be.
        var made = new Stack<IDisposable>();
        try
        {
            made.Push(_images = Tensor.From(dataset.Images, [dataset.Count, dataset.Shape.Channels, dataset.Shape.Height, dataset.Shape.Width], device));
            made.Push(_labels = Tensor.Labels(dataset.Labels, start.Plan.Classes, device));
            made.Push(_model = new Sequential(start, device));
            made.Push(_optimizer = new SGD(_model.Parameters, options.LearningRate, options.Momentum, options.WeightDecay));
        }
        catch
        {
            foreach (var one in made) one.Dispose();
            throw;
        }
    }

    public ModelParameters Parameters => _parameters.Copy();

    /// <summary>Reads the loss only after the last step, so that the device need not wait for the processor.</summary>
    public StepResult Run(int steps)
    {
        Invariant.Check(steps > 0, "a run has steps");
        var mean = float.NaN;
        if (_fault != EvaluationFault.None) return new StepResult(_steps, 0, _fault);
        TorchLibrary.SetThreads(_threads);
        for (var i = 0; i < steps; i++)
        {
            using var scope = new DisposeScope();
            _batches.Fill(_samples);
            for (var at = 0; at < _samples.Length; at++) _indices[at] = _samples[at];
            _optimizer.ZeroGrad();
            var loss = Loss();
            loss.Backward();
            _optimizer.Step();
            _steps++;
            if (i == steps - 1) mean = loss.Item();
        }
        if (!float.IsFinite(mean)) _fault = EvaluationFault.NonFiniteLoss;
        _parameters = _model.Read();
        if (_fault == EvaluationFault.None && !_parameters.IsFinite) _fault = EvaluationFault.NonFiniteParameter;
        // In which of them it diverged was not looked at: none of them counts as work.
        if (_fault != EvaluationFault.None) _steps -= steps;
        return new StepResult(_steps, _fault == EvaluationFault.None ? LossScale.ToUnits(mean) : 0, _fault);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _labels.Dispose();
        _images.Dispose();
    }

    private Tensor Loss()
    {
        var (pixels, targets) = Functional.Batch(_images, _labels, _indices);
        // The backward pass takes the precision of the forward pass by itself and stays outside.
        using var autocast = _isBfloat16 ? new Autocast(_device) : null;
        return Functional.CrossEntropy(_model.Forward(pixels), targets);
    }
}
