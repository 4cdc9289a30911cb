namespace NeuroChain.Learning;

/// <summary>What a valid model scored; everything after these integers is integer arithmetic.</summary>
public sealed class EvaluationResult
{
    internal EvaluationResult(uint[] losses, int correct, float[] logits)
    {
        Losses = losses;
        Correct = correct;
        Logits = logits;
        foreach (var loss in losses) LossSum += loss;
    }

    /// <summary>Per sample, in units of 2^-20 nats, at most 64 nats (2^26 units).</summary>
    public uint[] Losses { get; }

    public ulong LossSum { get; }

    /// <summary>Samples whose largest logit (the first of equals) is the label's.</summary>
    public int Correct { get; }

    /// <summary>[sample][class], for comparing what two models compute.</summary>
    public float[] Logits { get; }
}
