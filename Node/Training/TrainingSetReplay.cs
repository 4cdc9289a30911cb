using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>A step from one version of a training set to the next: which blob says it, and what must come out.</summary>
internal readonly record struct TrainingSetStep(BlobHash Blob, Hash256 Root, uint Adds, uint Removes);

/// <summary>Makes a version of a training set again from the set of the genesis and the blobs of all deltas since, checking each root.</summary>
internal static class TrainingSetReplay
{
    /// <summary>False with the step that failed, in words.</summary>
    public static bool TryRun(Dataset first, IEnumerable<(TrainingSetStep Step, byte[]? Blob)> steps, [NotNullWhen(true)] out Dataset? set, out string fault)
    {
        set = first;
        foreach (var (step, blob) in steps)
        {
            if (TryStep(set, step, blob, out var next, out fault))
            {
                set = next;
                continue;
            }

            set = null;
            return false;
        }

        fault = "";
        return true;
    }

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
