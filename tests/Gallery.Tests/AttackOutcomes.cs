namespace NeuroChain.Gallery.Tests;

/// <summary>What each attack came to, run once for all tests of the class.</summary>
public sealed class AttackOutcomes
{
    private readonly Dictionary<(string, int), Outcome> _known = [];

    internal Outcome Of(string name, int validators)
    {
        if (!_known.TryGetValue((name, validators), out var outcome)) _known[(name, validators)] = outcome = AllAttacks.Find(name)!.Run(validators);
        return outcome;
    }
}
