using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>Every order of a small set of messages, told to validator 3 of four.</summary>
public sealed class AllOrdersTests
{
    private readonly Script _script = new(self: 3);

    [Fact]
    public void ARoundDecidesInEveryOrder() => Assert.Equal(5040, DecideInEveryOrder(Round.Zero, "proposal 0 A", "prevote 0 A by 0 1 2", "precommit 0 A by 0 1 2"));

    [Fact]
    public void AReproposedRoundDecidesInEveryOrder() => Assert.Equal(5040, DecideInEveryOrder(new Round(1), "proposal 1 A vr 0", "prevote 0 A by 0 1 2", "precommit 1 A by 0 1 2"));

    [Fact]
    public void AnEquivocatingLeaderAndVoterChangeNoOrder() =>
        Assert.Equal(5040, DecideInEveryOrder(Round.Zero, "proposal 0 A", "proposal 0 B", "prevote 0 B by 0", "prevote 0 A by 0", "precommit 0 A by 0 1 2"));

    [Fact]
    public void ARoundIsLockedInEveryOrder()
    {
        var inputs = new[] { "proposal 0 A", "prevote 0 A by 0 1 2", "precommit 0 nil by 0 1" }.SelectMany(_script.Parse).ToArray();
        foreach (var order in Orders(inputs))
        {
            var (driver, effects) = Run(order);
            Assert.Equal((Round.Zero, Round.Zero, Step.Precommit), (driver.LockedRound, driver.ValidRound, driver.CurrentStep));
            Assert.Single(effects, e => e is Effect.CastVote { Vote: Precommit { Block: not null } });
            Assert.Single(effects, e => e is Effect.ScheduleTimeout { Timeout.Kind: TimeoutKind.Precommit });
        }
    }

    private int DecideInEveryOrder(Round round, params string[] messages)
    {
        var count = 0;
        foreach (var order in Orders(messages.SelectMany(_script.Parse).ToArray()))
        {
            var (driver, effects) = Run(order);
            var decided = Assert.Single(effects.OfType<Effect.Decide>()).Certificate;
            Assert.Equal((round, Committee.Block("A")), (decided.Round, decided.Block));
            Assert.True(driver.IsDecided);
            // Between two votes for the same place it must not waver.
            var votes = effects.OfType<Effect.CastVote>().Select(c => c.Vote).ToList();
            Assert.Equal(votes.Count, votes.Select(v => (v is Prevote, v.Round)).Distinct().Count());
            Assert.DoesNotContain(votes, v => v is Precommit { Block: null });
            Assert.All(effects.OfType<Effect.FoundEvidence>(), found => Assert.Equal(_script.Committee.Set[0].Address, found.Evidence.Guilty));
            count++;
        }

        return count;
    }

    private (Driver Driver, List<Effect> Effects) Run(Input[] order)
    {
        var driver = new Driver(_script.Committee.Set[3].Address, new TimeoutSettings());
        var effects = driver.Step(new Input.StartHeight(_script.Committee.Height, _script.Committee.Schedule)).ToList();
        foreach (var input in order)
        {
            var next = effects.Count;
            effects.AddRange(driver.Step(input));
            for (; next < effects.Count; next++)
                if (effects[next] is Effect.CastVote cast)
                    effects.AddRange(driver.Step(new Input.VoteReceived(_script.Committee.Sign(cast.Vote, 3))));
        }

        return (driver, effects);
    }

    // Heap's algorithm.
    private static IEnumerable<T[]> Orders<T>(T[] items)
    {
        var swaps = new int[items.Length];
        yield return items;
        for (var i = 0; i < items.Length;)
        {
            if (swaps[i] >= i)
            {
                swaps[i++] = 0;
                continue;
            }

            var other = i % 2 == 0 ? 0 : swaps[i];
            (items[other], items[i]) = (items[i], items[other]);
            yield return items;
            swaps[i]++;
            i = 0;
        }
    }
}
