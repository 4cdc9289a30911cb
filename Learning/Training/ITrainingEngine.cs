namespace NeuroChain.Learning;

/// <summary>
/// One model in training on one dataset. The canonical engine gives the same bits everywhere; others are faster where there is hardware for
/// them. What comes out is a checkpoint of the same form, and only the canonical engine's losses of it ever count.
/// </summary>
public interface ITrainingEngine : IDisposable
{
    /// <summary>A copy of the parameters after the steps taken.</summary>
    ModelParameters Parameters { get; }

    /// <summary>Takes steps, fewer where the model diverges: then no further step will be taken, and those that led there need not count.</summary>
    /// <param name="steps">At least one.</param>
    /// <returns>The last step's result.</returns>
    StepResult Run(int steps);
}
