using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace NeuroChain.Chain;

/// <summary>A bug was found: a rule that the code itself must keep does not hold. The process must stop.</summary>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>Checks that stay on in release: better a stopped validator than one that signs the wrong thing.</summary>
public static class Invariant
{
    /// <param name="condition">What must hold.</param>
    /// <param name="why">Why it must hold, as a sentence for whoever reads the crash.</param>
    /// <exception cref="InvariantException">The condition is false.</exception>
    [StackTraceHidden]
    public static void Check([DoesNotReturnIf(false)] bool condition, string why)
    {
        if (!condition) Fail(why);
    }

    /// <summary>The same with a sentence that names values: it is put together only where the check fails.</summary>
    [StackTraceHidden]
    public static void Check([DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref InvariantMessage why)
    {
        if (!condition) Fail(why.ToString());
    }

    [DoesNotReturn]
    [StackTraceHidden]
    public static void Fail(string why) => throw new InvariantException(why);
}
