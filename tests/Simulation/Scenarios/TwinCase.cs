using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// One case of a twins test: whose key is twinned, and which machines hear each other in each of the first rounds; after them everybody hears
/// everybody.
/// </summary>
/// <remarks>
/// After Bano et al., "Twins: BFT Systems Made Robust" (2020), which enumerates leaders and partitions round by round. Leaders are the schedule's
/// here: rounds 0, 1, 2 and 3 of a height are led by four keys in turn, and what is left to choose is which of them is twinned.
/// </remarks>
/// <param name="Role">The round of the height that the twinned key leads, from 0 to 3.</param>
/// <param name="Partitions">
/// For each round the number of the side that each machine is on: the machines of the keys that lead rounds 0 to 3, then the second machine of the
/// twinned key. Sides are numbered as they come up.
/// </param>
public sealed record TwinCase(int Role, ImmutableArray<ImmutableArray<int>> Partitions)
{
    public const int Keys = 4;
    public const int Machines = Keys + 1;

    /// <summary>All ways to part the machines, from one side to five.</summary>
    public static ImmutableArray<ImmutableArray<int>> Sides { get; } = [.. Part([], 0)];

    public override string ToString() => $"{Role}:{string.Join(',', Partitions.Select(sides => string.Concat(sides)))}";

    /// <summary>
    /// Each case of so many rounds that is not another one with machines renamed: the two of one key are alike, and so are the keys that lead none
    /// of these rounds. Of the latter one stands for all where it is the twinned one.
    /// </summary>
    public static IEnumerable<TwinCase> All(int rounds)
    {
        for (var role = 0; role < Math.Min(rounds + 1, Keys); role++)
        {
            var renamings = Renamings(role, rounds);
            foreach (var partitions in Sequences(rounds))
                if (renamings.TrueForAll(renaming => Compare(partitions, renaming) <= 0))
                    yield return new TwinCase(role, partitions);
        }
    }

    /// <summary>Cases of so many rounds, each of all that there are drawn once at most, and as they are: alike ones are not left out.</summary>
    public static IEnumerable<TwinCase> Sample(int rounds, int count, SeededStream draw)
    {
        var drawn = new HashSet<string>();
        while (drawn.Count < count)
        {
            var next = new TwinCase((int)draw.NextBelow(Keys), [.. Enumerable.Range(0, rounds).Select(_ => Sides[(int)draw.NextBelow((ulong)Sides.Length)])]);
            if (drawn.Add(next.ToString())) yield return next;
        }
    }

    private static IEnumerable<ImmutableArray<int>> Part(ImmutableArray<int> begun, int sides)
    {
        if (begun.Length == Machines) return [begun];
        return Enumerable.Range(0, sides + 1).SelectMany(side => Part(begun.Add(side), Math.Max(sides, side + 1)));
    }

    private static IEnumerable<ImmutableArray<ImmutableArray<int>>> Sequences(int rounds) => rounds == 0
        ? [[]]
        : Sequences(rounds - 1).SelectMany(begun => Sides.Select(begun.Add));

    // Ways to give machines other names that change nothing: the twins', and those of keys that lead none of the rounds.
    private static List<int[]> Renamings(int role, int rounds)
    {
        var idle = Enumerable.Range(0, Keys).Where(key => key >= rounds && key != role).ToArray();
        return [.. from order in Orders(idle) from areSwapped in new[] { false, true } select Renaming(order, areSwapped)];

        int[] Renaming(int[] order, bool areSwapped)
        {
            var renaming = Enumerable.Range(0, Machines).ToArray();
            for (var i = 0; i < idle.Length; i++) renaming[idle[i]] = order[i];
            if (areSwapped) (renaming[role], renaming[Keys]) = (renaming[Keys], renaming[role]);
            return renaming;
        }
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany(first => Orders([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));

    // Below zero where the sequence comes before what the renaming makes of it.
    private static int Compare(ImmutableArray<ImmutableArray<int>> partitions, int[] renaming)
    {
        foreach (var sides in partitions)
        {
            var numbers = new Dictionary<int, int>();
            for (var i = 0; i < Machines; i++)
            {
                var side = sides[renaming[i]];
                if (!numbers.TryGetValue(side, out var number)) numbers[side] = number = numbers.Count;
                if (sides[i] != number) return sides[i].CompareTo(number);
            }
        }

        return 0;
    }
}
