namespace NeuroChain.Learning;

/// <summary>
/// Counts the multiply-adds of engines that share it, by what they are asked to compute: lanes that a vector carries for nothing are not counted.
/// </summary>
public sealed class WorkMeter
{
    /// <summary>A step of training is a forward pass and a backward one of twice its work.</summary>
    public const int PassesPerTrainedSample = 3;

    private long _forward;
    private long _training;

    /// <summary>Of evaluations.</summary>
    public long Forward => Interlocked.Read(ref _forward);

    /// <summary>Of gradients, forward and backward.</summary>
    public long Training => Interlocked.Read(ref _training);

    public long Total => Forward + Training;

    internal void CountForward(ModelPlan plan, int samples) => Interlocked.Add(ref _forward, samples * plan.MultiplyAdds);

    internal void CountTraining(ModelPlan plan, int samples) => Interlocked.Add(ref _training, samples * plan.MultiplyAdds * PassesPerTrainedSample);
}
