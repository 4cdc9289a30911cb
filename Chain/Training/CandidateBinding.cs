namespace NeuroChain.Chain;

/// <summary>The hashes that bind a candidate to those who made it, so that whoever sees it cannot take it.</summary>
public static class CandidateBinding
{
    public static Hash256 ManifestRoot(ReadOnlySpan<byte> manifest) => Domain.Candidate.Hash(manifest);

    /// <summary>hash(manifest root, trainer, producer, task, parent, salt): what is on chain before anything is shown.</summary>
    public static Hash256 Commitment(Hash256 manifestRoot, Address trainer, Address producer, Hash256 task, BlobHash parent, Hash256 salt) =>
        Domain.CandidateCommitment.Hash(
            new ByteWriter().Hash(manifestRoot).Address(trainer).Address(producer).Hash(task).Hash(parent.Value).Hash(salt).ToArray());

    /// <summary>
    /// What the producer signs: that it will lead for the candidate of this trainer behind this commitment. It signs blindly, before it sees
    /// manifest or checkpoint, so that it cannot commit them first under another trainer. It is for one training round: whoever is no longer
    /// among the producer's trainers has nothing that is of use in the next.
    /// </summary>
    public static TaggedContent Consent(
        GenesisHash genesis, Hash256 task, ulong trainingRound, Hash256 commitment, Address trainer, Address producer) => new(
        Domain.CandidateConsent,
        new ByteWriter().Hash(genesis.Value).Hash(task).UInt64(trainingRound).Hash(commitment).Address(trainer).Address(producer).ToArray());

    public static Hash256 ConsentDigest(
        GenesisHash genesis, Hash256 task, ulong trainingRound, Hash256 commitment, Address trainer, Address producer) =>
        Consent(genesis, task, trainingRound, commitment, trainer, producer).Digest;

    /// <summary>H(source kind 1 | root of the set 32 | samples in it 4 | the drawn ones, 4 each, in the order of the draw).</summary>
    public static Hash256 SampleList(SampleSource source, Hash256 evaluationSet, uint population, IReadOnlyList<int> samples)
    {
        var writer = new ByteWriter().Byte((byte)source).Hash(evaluationSet).UInt32(population);
        foreach (var sample in samples) writer.UInt32(unchecked((uint)sample));
        return Domain.SampleList.Hash(writer.ToArray());
    }

    /// <summary>
    /// Where sealed samples are among the drawn ones: H(the list above, in which sealed sample i stands as 2^32 - 1 - i 32 | for each of these: blob of its
    /// set 32, number 4).
    /// </summary>
    public static Hash256 SampleList(
        SampleSource source, Hash256 evaluationSet, uint population, IReadOnlyList<int> samples, IReadOnlyList<(BlobHash Set, int Sample)> sealedSamples)
    {
        var list = SampleList(source, evaluationSet, population, samples);
        if (sealedSamples.Count == 0) return list;
        var writer = new ByteWriter().Hash(list);
        foreach (var (set, sample) in sealedSamples) writer.Hash(set.Value).UInt32((uint)sample);
        return Domain.SealedSampleList.Hash(writer.ToArray());
    }

    /// <summary>hash(statement digest, private losses, validator, salt): an attestation before it is shown.</summary>
    public static Hash256 AttestationCommitment(Hash256 statementDigest, IReadOnlyList<uint> privateLosses, Address validator, Hash256 salt)
    {
        var writer = new ByteWriter().Hash(statementDigest).Address(validator).Hash(salt).UInt32((uint)privateLosses.Count);
        foreach (var loss in privateLosses) writer.UInt32(loss);
        return Domain.AttestationCommitment.Hash(writer.ToArray());
    }

    /// <summary>One step of a validator's hash chain: from the share of a round to that of the round before.</summary>
    public static Hash256 PreviousShare(Hash256 share) => Domain.SeedShare.Hash(share.ToArray());

    /// <summary>Root over the per-sample losses, in the order of the draw.</summary>
    public static Hash256 LossesRoot(IReadOnlyList<uint> losses)
    {
        var writer = new ByteWriter().UInt32((uint)losses.Count);
        foreach (var loss in losses) writer.UInt32(loss);
        return Domain.Losses.Hash(writer.ToArray());
    }
}
