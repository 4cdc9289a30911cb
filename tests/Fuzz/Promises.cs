namespace NeuroChain.Fuzz;

/// <summary>What every decoder promises for every input: a value or a refusal, one encoding per value, and no more memory than the input pays for.</summary>
public static class Promises
{
    /// <summary>Null where all was kept; else what was broken, in words that are the same for the same fault.</summary>
    /// <param name="target">Called before with a good case: what is made once must not be counted here.</param>
    /// <param name="input">Any bytes.</param>
    /// <param name="wasTaken">Whether the decoder took it.</param>
    public static string? Break(FuzzTarget target, byte[] input, out bool wasTaken)
    {
        wasTaken = false;
        var given = (byte[])input.Clone();
        try
        {
            var encoded = Run(target, given, out var allocated);
            wasTaken = encoded is not null;
            if (!given.AsSpan().SequenceEqual(input)) return "the input was changed";
            var most = target.BytesAlways + ((long)target.BytesPerByte * input.Length);
            // Once more: an exception's texts and whatever else is made the first time are not the input's.
            if (allocated > most) encoded = Run(target, given, out allocated);
            if (allocated > most) return "more was allocated than the input pays for";
            return encoded is null ? null : BreakOfSpelling(target, input, encoded);
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            return $"threw {unexpected.GetType().Name}: {FirstLine(unexpected.Message)} at {Where(unexpected)}";
        }
    }

    /// <summary>What an input costs, in bytes; null where it throws.</summary>
    public static long? Allocated(FuzzTarget target, byte[] input)
    {
        try
        {
            _ = Run(target, (byte[])input.Clone(), out var allocated);
            return allocated;
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static byte[]? Run(FuzzTarget target, byte[] given, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var encoded = target.Reencode(given);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return encoded;
    }

    private static string? BreakOfSpelling(FuzzTarget target, byte[] input, byte[] encoded) => target.Spelling switch
    {
        Spelling.One => encoded.AsSpan().SequenceEqual(input) ? null : "what was taken encodes to other bytes",
        Spelling.Several => target.Reencode(encoded) is { } again && again.AsSpan().SequenceEqual(encoded) ? null : "what it encodes to is refused, or encodes to other bytes",
        _ => null,
    };

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    private static string Where(Exception thrown) =>
        thrown.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("NeuroChain.", StringComparison.Ordinal))?.Trim() ?? "an unknown place";
}
