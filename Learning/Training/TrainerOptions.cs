using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Stochastic gradient descent with momentum and weight decay, as a trainer's operator sets it.</summary>
public sealed record TrainerOptions
{
    public const int BatchMax = 8192;

    public float LearningRate { get; init; } = 0.05f;

    public float Momentum { get; init; } = 0.9f;

    public float WeightDecay { get; init; }

    /// <summary>Samples a step.</summary>
    public int Batch { get; init; } = 32;

    /// <exception cref="OperatorException">A value is out of range, or the model does not take these images.</exception>
    public void Demand(ModelPlan plan, Dataset dataset)
    {
        Demand(dataset);
        if (!plan.Fits(dataset))
            throw new OperatorException(
                $"the model takes {plan.Input} images in {plan.Classes} classes, the dataset has {dataset.Shape} in "
                + $"{dataset.Classes}: choose a dataset that fits the task");
    }

    /// <exception cref="OperatorException">A value is out of range.</exception>
    public void Demand(Dataset dataset)
    {
        if (!float.IsFinite(LearningRate) || LearningRate <= 0)
            throw new OperatorException($"learning rate {LearningRate}: set a positive number");
        if (!float.IsFinite(Momentum) || Momentum < 0 || Momentum >= 1)
            throw new OperatorException($"momentum {Momentum}: set a number from 0 to below 1");
        if (!float.IsFinite(WeightDecay) || WeightDecay < 0)
            throw new OperatorException($"weight decay {WeightDecay}: set zero or a positive number");
        if (Batch < 1 || Batch > BatchMax || Batch > dataset.Count)
            throw new OperatorException($"batch {Batch}: set a number from 1 to {Math.Min(BatchMax, dataset.Count)}");
    }
}
