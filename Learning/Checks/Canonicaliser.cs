using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <param name="Parameters">In balance, unless a parameter that no unit can shrink is beyond 2^30.</param>
/// <param name="Flushed">Values too small for the range that became zero. None in almost every model; without any, no logit changes.</param>
public sealed record CanonicalForm(ModelParameters Parameters, int Flushed);

/// <summary>
/// Brings a trained model into the balance that <see cref="BalanceCheck"/> demands, without changing what it computes. Units are doubled or
/// halved only. A power of two is exact through every operation of the engine, so the logits keep their bits as long as no value inside the
/// network leaves the normal range.
/// </summary>
/// <remarks>
/// Ends, for each step lowers the sum of all squares: halving one side and doubling the other turns a + b into a/4 + 4b, which is less
/// exactly where a is greater than 4b; and below a given sum there are only finitely many ways to shift finitely many units.
/// </remarks>
public static class Canonicaliser
{
    public static CanonicalForm Canonicalise(ModelParameters trained)
    {
        Invariant.Check(trained.IsFinite, "a model that has diverged has no canonical form");
        var result = trained.Copy();
        var layers = HiddenLayer.Of(result.Plan);
        // A subnormal number that is halved may lose a bit: these go before anything is scaled.
        var flushed = Flush(result.Values, 1.17549435e-38f);
        while (true)
        {
            while (Sweep(layers, result.Values)) { }
            // What is too small now is so beside balanced neighbours. A value that becomes zero may bring its unit out of balance.
            var now = Flush(result.Values, BalanceCheck.MagnitudeMin);
            flushed += now;
            if (now == 0) return new CanonicalForm(result, flushed);
        }
    }

    private static int Flush(Span<float> values, float below)
    {
        var flushed = 0;
        foreach (ref var value in values)
        {
            if (value == 0f || MathF.Abs(value) >= below) continue;
            value = 0f;
            flushed++;
        }
        return flushed;
    }

    /// <returns>Whether anything changed.</returns>
    private static bool Sweep(IReadOnlyList<HiddenLayer> layers, Span<float> values)
    {
        var changed = false;
        foreach (var layer in layers)
        {
            for (var unit = 0; unit < layer.Units; unit++)
            {
                for (var side = BalanceCheck.Compare(layer, values, unit); side != 0; side = BalanceCheck.Compare(layer, values, unit))
                {
                    layer.Scale(values, unit, side > 0 ? 0.5f : 2f, side > 0 ? 2f : 0.5f);
                    changed = true;
                }
            }
        }
        return changed;
    }
}
