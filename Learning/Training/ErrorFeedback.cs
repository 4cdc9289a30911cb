using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// What a trainer's deltas have left out so far, to be added to what it wants next (Seide et al., Interspeech 2014; Karimireddy et al.,
/// arXiv 1901.09847): a small change that is passed over each time adds up until it is among the great ones, so that nothing learned is lost for
/// good. It belongs to the trainer and is never sent.
/// </summary>
public sealed class ErrorFeedback(ModelPlan plan)
{
    private float[] _left = new float[plan.ParameterCount];

    /// <summary>The delta towards what is wanted now and what was left out before; it keeps what this one leaves out in turn.</summary>
    /// <param name="from">A model that others have.</param>
    /// <param name="wanted">What was learned, starting there.</param>
    /// <param name="changes">Changes of one block.</param>
    /// <param name="result">What the delta makes of the base: the candidate.</param>
    public SparseDelta Next(ModelParameters from, ModelParameters wanted, int changes, out ModelParameters result)
    {
        Invariant.Check(wanted.Values.Length == _left.Length, "one feedback belongs to one model");
        var sum = wanted.Copy();
        for (var i = 0; i < _left.Length; i++)
        {
            // At the end of the range of single precision what was left out is dropped, and not the trainer.
            var next = sum.Values[i] + _left[i];
            if (float.IsFinite(next)) sum.Values[i] = next;
        }
        var delta = SparseDelta.Between(from, sum, changes, out result);
        var left = new float[_left.Length];
        for (var i = 0; i < left.Length; i++) left[i] = Math.Clamp(sum.Values[i] - result.Values[i], float.MinValue, float.MaxValue);
        _left = left;
        return delta;
    }

    /// <summary>The same, to go on from without changing this one: a candidate is not taken before it is certified.</summary>
    public ErrorFeedback Copy() => new(plan) { _left = [.. _left] };

    /// <summary>Forgets: where others begin from another model, what was left out of the old one is no longer wanted.</summary>
    public void Reset() => _left = new float[_left.Length];
}
