namespace NeuroChain.Learning;

/// <param name="Loss">In nats, not clamped.</param>
/// <param name="SumOfExponentials">Of the logits less their maximum; what turns the exponentials into probabilities.</param>
internal readonly record struct SampleLoss(float Loss, float SumOfExponentials, bool LogitsAreFinite, bool IsCorrect);

/// <summary>
/// Softmax cross-entropy of one sample. The maximum first (the first of equals), then e^(logit - maximum) summed from +0 in the order of
/// the classes, then log(sum) - (logit of the label - maximum).
/// </summary>
internal static unsafe class SoftmaxLoss
{
    /// <param name="stride">Floats from one class's logit to the next.</param>
    /// <param name="exponentials">One per class; left for the gradient.</param>
    public static SampleLoss Compute(float* logits, int stride, int classes, int label, float[] exponentials)
    {
        var (best, finite) = (0, true);
        for (var i = 0; i < classes; i++)
        {
            finite &= float.IsFinite(logits[i * stride]);
            if (logits[i * stride] > logits[best * stride]) best = i;
        }
        var max = logits[best * stride];
        var sum = 0f;
        for (var i = 0; i < classes; i++)
        {
            exponentials[i] = CanonicalMath.Exp(logits[i * stride] - max);
            sum += exponentials[i];
        }
        return new SampleLoss(CanonicalMath.Log(sum) - (logits[label * stride] - max), sum, finite, best == label);
    }
}
