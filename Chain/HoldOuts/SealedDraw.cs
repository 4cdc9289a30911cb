using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>A sealed set as a draw sees it.</summary>
/// <param name="Supplier">Whose it is; sets of one supplier share its cap.</param>
/// <param name="Classes">Samples of each class; those of class 0 come first, then those of class 1, and so on.</param>
/// <param name="IsUsed">One for each sample: it has judged, or its key was shown.</param>
public sealed record DrawableSet(Address Supplier, ImmutableArray<uint> Classes, IReadOnlyList<bool> IsUsed);

/// <summary>One drawn sample: the set by its place in the list, and its number in the set.</summary>
public readonly record struct DrawnSample(int Set, int Sample) : IComparable<DrawnSample>
{
    public int CompareTo(DrawnSample other) => Set != other.Set ? Set.CompareTo(other.Set) : Sample.CompareTo(other.Sample);
}

/// <summary>
/// Draws sealed samples by a seed: equal parts from each supplier up to a cap, and of each supplier equal parts from each class, as far as unused ones
/// are there. So nobody fills a judgement with samples of its own, or with the class that its model is good at. Integers only.
/// </summary>
public static class SealedDraw
{
    /// <param name="seed">The round's.</param>
    /// <param name="sets">In an order that all agree on.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="supplierMax">Of one supplier at most.</param>
    /// <returns>Distinct, ascending; fewer than wanted where caps or used samples leave no more.</returns>
    public static ImmutableArray<DrawnSample> Draw(Hash256 seed, IReadOnlyList<DrawableSet> sets, int count, int supplierMax)
    {
        var stream = new SeededStream(Domain.SealedDraw.Hash(seed.ToArray()));
        var suppliers = sets.Select(set => set.Supplier).Distinct().Order().ToArray();
        var strata = suppliers.Select(supplier => Strata(sets, supplier)).ToArray();
        var quotas = Divide(count, [.. strata.Select(classes => Math.Min(supplierMax, classes.Sum(stratum => stratum.Count)))], stream);
        var drawn = ImmutableArray.CreateBuilder<DrawnSample>();
        for (var i = 0; i < suppliers.Length; i++)
        {
            var perClass = Divide(quotas[i], [.. strata[i].Select(stratum => stratum.Count)], stream);
            for (var label = 0; label < strata[i].Count; label++) Take(strata[i][label], perClass[label], stream, drawn);
        }

        drawn.Sort();
        return drawn.ToImmutable();
    }

    /// <summary>As equal parts as the bounds allow: each round gives every open part the same, and what is left over by lot.</summary>
    internal static int[] Divide(int total, int[] bounds, SeededStream stream)
    {
        var parts = new int[bounds.Length];
        var left = Math.Min(total, bounds.Sum());
        while (left > 0)
        {
            var open = Enumerable.Range(0, bounds.Length).Where(i => parts[i] < bounds[i]).ToList();
            var each = Math.Min(left / open.Count, open.Min(i => bounds[i] - parts[i]));
            foreach (var i in open) parts[i] += each;
            left -= each * open.Count;
            if (each > 0) continue;
            // Fewer are left than there are parts.
            for (; left > 0; left--)
            {
                var lot = (int)stream.NextBelow((ulong)open.Count);
                parts[open[lot]]++;
                open.RemoveAt(lot);
            }
        }

        return parts;
    }

    // Unused samples of one supplier, by class.
    private static List<List<DrawnSample>> Strata(IReadOnlyList<DrawableSet> sets, Address supplier)
    {
        var strata = new List<List<DrawnSample>>();
        for (var set = 0; set < sets.Count; set++)
        {
            if (sets[set].Supplier != supplier) continue;
            var sample = 0;
            for (var label = 0; label < sets[set].Classes.Length; label++)
            {
                while (strata.Count <= label) strata.Add([]);
                for (var end = sample + (int)sets[set].Classes[label]; sample < end; sample++)
                    if (!sets[set].IsUsed[sample])
                        strata[label].Add(new DrawnSample(set, sample));
            }
        }

        return strata;
    }

    // The first steps of a Fisher-Yates shuffle.
    private static void Take(List<DrawnSample> from, int count, SeededStream stream, ImmutableArray<DrawnSample>.Builder drawn)
    {
        for (var i = 0; i < count; i++)
        {
            var j = i + (int)stream.NextBelow((ulong)(from.Count - i));
            (from[i], from[j]) = (from[j], from[i]);
            drawn.Add(from[i]);
        }
    }
}
