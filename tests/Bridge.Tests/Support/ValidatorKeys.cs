using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>A validator set with its keys, in the set's order.</summary>
internal sealed record ValidatorKeys(ImmutableArray<PrivateKey> Keys, ValidatorSet Set)
{
    /// <param name="count">Validators.</param>
    /// <param name="seed">The same seed gives the same keys.</param>
    /// <param name="power">Of the validator at an index of the set; one each where null.</param>
    public static ValidatorKeys Of(int count, ulong seed, Func<int, ulong>? power = null)
    {
        var stream = new SeededStream(seed);
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, count).Select(_ => PrivateKey.FromSeed(stream.NextHash())).OrderBy(key => key.Address)];
        var created = ValidatorSet.TryCreate(keys.Select((key, i) => new Validator(key.Address, power?.Invoke(i) ?? 1)), out var set);
        Assert.True(created);
        return new ValidatorKeys(keys, set!);
    }
}
