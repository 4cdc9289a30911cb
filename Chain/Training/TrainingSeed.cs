namespace NeuroChain.Chain;

/// <summary>What a training round is judged on, and how it follows from the shares that the validators opened.</summary>
public static class TrainingSeed
{
    /// <summary>H(genesis 32 | task 32 | training round 8 | the opened shares, 32 each, ascending by the identity of their validators).</summary>
    public static Hash256 Of(GenesisHash genesis, Hash256 task, ulong trainingRound, IEnumerable<Hash256> shares)
    {
        var writer = new ByteWriter().Hash(genesis.Value).Hash(task).UInt64(trainingRound);
        foreach (var share in shares) writer.Hash(share);
        return Domain.TrainingSeed.Hash(writer.ToArray());
    }

    /// <summary>Seed of the stream that draws the samples which every validator evaluates.</summary>
    public static Hash256 CommonSamples(Hash256 seed) => Domain.Samples.Hash(seed.ToArray());

    /// <summary>Seed of the samples that the best candidate is trained on for a few steps.</summary>
    public static Hash256 ProbeSamples(Hash256 seed) => Domain.ProbeSamples.Hash(seed.ToArray());

    /// <summary>Seed of the stream that draws the samples on which a task's triggers are stamped.</summary>
    public static Hash256 TriggerSamples(Hash256 seed) => Domain.TriggerSamples.Hash(seed.ToArray());

    /// <summary>
    /// Seed of the stream that draws the samples which this validator alone evaluates. By its identity, the first of its keys: else whoever takes
    /// a new key once the seed is known chooses its samples among as many draws as it makes keys.
    /// </summary>
    public static Hash256 PrivateSamples(Hash256 seed, Address identity) => Domain.PrivateSamples.Hash(seed.ToArray(), identity.ToArray());

    /// <summary>
    /// Draws whose private losses the others compute again, and on which samples: H(seed 32 | the salts of the attestations that were shown, 32 each, ascending by the
    /// address that committed). The salts were bound before the first of them was shown.
    /// </summary>
    public static Hash256 PrivateRecheck(Hash256 seed, IEnumerable<Hash256> salts)
    {
        var writer = new ByteWriter().Hash(seed);
        foreach (var salt in salts) writer.Hash(salt);
        return Domain.PrivateRecheck.Hash(writer.ToArray());
    }
}
