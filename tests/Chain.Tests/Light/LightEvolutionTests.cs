namespace NeuroChain.Chain.Tests;

/// <summary>
/// Random validator sets that change as they like. An honest server leads to every height; whatever is trusted is the chain's; and a liar who
/// serves forged headers signed by strangers, former validators or minorities never gets one believed.
/// </summary>
public sealed class LightEvolutionTests
{
    private const int Heights = 60;

    private static readonly LightOptions Options = new() { TrustingPeriodMs = 1_000_000 };

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 25).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnHonestServerLeadsToEveryHeight(ulong seed)
    {
        var stream = new SeededStream(seed);
        var chain = Evolve(stream);
        for (var run = 0; run < 3; run++)
        {
            var client = Start(chain, stream);
            for (var ask = 0; ask < 4; ask++)
            {
                var target = 1 + stream.NextBelow(Heights);
                chain.Follow(client, target, out var fault);
                Assert.Equal(LightFault.None, fault);
                Assert.Equal(chain[target].Header.Hash, client.At(new Height(target))!.Hash);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void ALiarNeverGetsAForgedHeaderBelieved(ulong seed)
    {
        var stream = new SeededStream(1_000 + seed);
        var chain = Evolve(stream);
        var client = LightClient.FromGenesis(chain.Genesis, Options);
        var strangers = chain.Equal(900, 4);
        for (var ask = 0; ask < 6; ask++) chain.Follow(client, 1 + stream.NextBelow(Heights), out _, Serve);
        for (ulong height = 1; height <= Heights; height++)
            if (client.At(new Height(height)) is { } trusted)
                Assert.Equal(chain[height].Header.Hash, trusted.Hash);
        Assert.Null(client.Fork);

        LightBlock Serve(ulong height) => stream.NextBelow(5) switch
        {
            0 => chain.Forge(height, h => h with { StateRoot = default }, strangers),
            1 => chain.Forge(height, h => h with { StateRoot = default }, null, Minority(chain[height].Validators)),
            2 => chain.Forge(height, h => h with { StateRoot = default }, WithStrangers(chain[height].Validators)),
            3 => chain[height] with { Validators = strangers },
            _ => chain[height],
        };

        // At most a third of the power of the height's own set.
        Func<Address, bool> Minority(ValidatorSet set)
        {
            ulong power = 0;
            return who => !set.HasHonest(power + set.PowerOf(who)) && (power += set.PowerOf(who)) > 0;
        }

        // One of the chain's least validators among many strangers.
        ValidatorSet WithStrangers(ValidatorSet set)
        {
            var least = set.Validators.MinBy(v => v.Power);
            Assert.True(ValidatorSet.TryCreate([.. strangers.Validators, least with { Power = 1 }], out var mixed));
            return mixed;
        }
    }

    private static LightClient Start(LightChain chain, SeededStream stream)
    {
        if (stream.NextChance(1, 2)) return LightClient.FromGenesis(chain.Genesis, Options);
        var first = 1 + stream.NextBelow(Heights);
        Assert.True(LightClient.TryStart(chain[first], new Height(first), chain[first].Header.Hash, Options, out var client, out _));
        return client;
    }

    // Seven validators of power 2 to 3 of twenty; from time to time one to three of them are others, or all. No one of them has a third.
    private static LightChain Evolve(SeededStream stream)
    {
        var keys = Enumerable.Range(0, 7).ToArray();
        var members = new List<(int, ulong)[]>();
        for (var height = 0; height <= Heights + 2; height++)
        {
            var changed = stream.NextBelow(8) switch { 0 => 1UL, 1 => 3UL, 2 => stream.NextChance(1, 4) ? 7UL : 0, _ => 0UL };
            for (ulong i = 0; i < changed; i++) keys[(int)stream.NextBelow(7)] = (int)stream.NextBelow(20);
            members.Add([.. keys.Distinct().Select(key => (key, 2 + stream.NextBelow(2)))]);
            while (members[^1].Length < 4) members[^1] = [.. Enumerable.Range(0, 7).Select(key => (key, 2UL))];
        }

        return new LightChain((chain, height) => chain.SetOf(members[(int)Math.Min(height, Heights + 2)]));
    }
}
