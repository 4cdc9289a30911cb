using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>A step from one version of a training set to the next: which blob says it, and what must come out.</summary>
internal readonly record struct TrainingSetStep(BlobHash Blob, Hash256 Root, uint Adds, uint Removes);

/// <summary>Makes the next version of a training set from the one before and the blob of its delta, checking the root.</summary>
internal static class TrainingSetReplay
{
    /// <summary>One delta. The numbers of samples count as much as the root: the chain knows the size of the set from them.</summary>
    public static bool TryStep(Dataset set, TrainingSetStep step, byte[]? blob, [NotNullWhen(true)] out Dataset? next, out string fault)
    {
        next = null;
        fault = $"delta {step.Blob} is not to be had";
        if (blob is null) return false;
        if (!DatasetDelta.TryDecode(blob, out var delta, out var error) || !delta.TryApply(set, out var made, out error))
        {
            fault = $"delta {step.Blob}: {error}";
            return false;
        }

        fault = $"delta {step.Blob} gives the root {made.Root}, {step.Root} is named";
        if (made.Root != step.Root) return false;
        fault = $"delta {step.Blob} adds {delta.Adds} and leaves {made.Count} samples, others are named";
        if (delta.Adds != step.Adds || made.Count != set.Count + (long)step.Adds - step.Removes) return false;
        (next, fault) = (made, "");
        return true;
    }
}
