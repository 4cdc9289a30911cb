namespace NeuroChain.Chain;

/// <summary>Puts the samples of a judgement that come from sealed sets among the others, so that those which pay are like those which judge.</summary>
public static class SealedOrder
{
    /// <summary>
    /// All in an order that the seed gives. Sealed sample i stands as ~i, below zero; the others by their own numbers. Without sealed ones the others stay as
    /// they are.
    /// </summary>
    /// <param name="seed">The round's.</param>
    /// <param name="sealedSamples">How many there are.</param>
    /// <param name="others">Not below zero.</param>
    public static int[] Mix(Hash256 seed, int sealedSamples, IReadOnlyList<int> others)
    {
        int[] mixed = [.. Enumerable.Range(0, sealedSamples).Select(i => ~i), .. others];
        if (sealedSamples == 0) return mixed;
        var stream = new SeededStream(Domain.SealedOrder.Hash(seed.ToArray()));
        for (var i = 0; i < mixed.Length - 1; i++)
        {
            var j = i + (int)stream.NextBelow((ulong)(mixed.Length - i));
            (mixed[i], mixed[j]) = (mixed[j], mixed[i]);
        }

        return mixed;
    }
}
