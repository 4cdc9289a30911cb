using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// Who plays what in a run: powers, and those who fail. Together those have less than a third of the power; where the run says so, those who
/// break the rules have more than a third and less than two thirds.
/// </summary>
public sealed record Cast(ImmutableArray<ulong> Powers, ImmutableHashSet<int> Byzantine, ImmutableHashSet<int> Spoilt)
{
    public static Cast Draw(SeededStream draw, SimulationOptions options)
    {
        var powers = Enumerable.Range(0, options.Validators).Select(_ => options.Power switch
        {
            PowerMode.Weighted => 10 + draw.NextBelow(5),
            PowerMode.Thirds => 1 + draw.NextBelow(3),
            _ => 10UL,
        }).ToArray();
        if (options.Power == PowerMode.Thirds) powers[^1] += (3 - (powers.Aggregate((a, b) => a + b) % 3)) % 3;
        var total = powers.Aggregate((a, b) => a + b);

        if (options.ManyByzantine) return new Cast([.. powers], TakeMany(), []);
        ulong failing = 0;
        var byzantine = Take(options.ByzantineMax, []);
        return new Cast([.. powers], byzantine, Take(options.SpoilsDisks ? 1 : 0, byzantine));

        ImmutableHashSet<int> Take(int most, ImmutableHashSet<int> before)
        {
            var taken = ImmutableHashSet.CreateBuilder<int>();
            for (var tries = 0; taken.Count < most && tries < 20; tries++)
            {
                var candidate = (int)draw.NextBelow((ulong)powers.Length);
                // "Less than a third", in the plainest numbers: the rest must be more than two thirds.
                if (before.Contains(candidate) || 3 * (failing + powers[candidate]) >= total || !taken.Add(candidate)) continue;
                failing += powers[candidate];
            }

            return taken.ToImmutable();
        }

        // In a drawn order, each who leaves the others more than a third, until there is enough. Of four equal ones that is two.
        ImmutableHashSet<int> TakeMany()
        {
            var taken = ImmutableHashSet.CreateBuilder<int>();
            ulong power = 0;
            for (var tries = 1; 3 * power <= total; tries++)
            {
                if (tries % 20 == 0) // those who are in leave room for nobody: begin again
                {
                    taken.Clear();
                    power = 0;
                }

                var candidate = (int)draw.NextBelow((ulong)powers.Length);
                if (3 * (power + powers[candidate]) >= 2 * total || !taken.Add(candidate)) continue;
                power += powers[candidate];
            }

            // Enough for two sides to be more than two thirds with them, where the powers allow it.
            for (var i = 0; i < powers.Length; i++)
                if (draw.NextChance(1, 2) && 3 * (power + powers[i]) < 2 * total && taken.Add(i))
                    power += powers[i];
            return taken.ToImmutable();
        }
    }
}
