using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Node.Tests;

/// <summary>One of the bridge's equations, S1 to S9, or what follows from them, does not hold.</summary>
internal sealed class BrokenEquationException(string equation, string detail) : Exception($"{equation} does not hold: {detail}");

internal static class Equation
{
    /// <param name="name">S1 to S9, as docs/protocol/bridge.md defines them.</param>
    /// <param name="holds">Whether it does.</param>
    /// <param name="detail">Both sides.</param>
    /// <exception cref="BrokenEquationException">It does not.</exception>
    public static void Holds(string name, [DoesNotReturnIf(false)] bool holds, string detail)
    {
        if (!holds) throw new BrokenEquationException(name, detail);
    }

    public static void Equal<T>(string name, T expected, T actual, string what)
        where T : notnull => Holds(name, expected.Equals(actual), $"{what}: {expected} expected, {actual} there");
}
